"""Filled next."""

from django.http import Http404, HttpRequest, HttpResponse


def task_detail(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
