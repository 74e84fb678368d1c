"""Filled next."""

from django.http import Http404, HttpRequest, HttpResponse


def attachment(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
