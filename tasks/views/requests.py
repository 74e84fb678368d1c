"""Filled next."""

from django.http import Http404, HttpRequest, HttpResponse


def request_status(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
