"""Filled next."""

from django.http import Http404, HttpRequest, HttpResponse


def my_work(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
