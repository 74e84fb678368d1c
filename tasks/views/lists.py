"""Filled next."""

from django.http import Http404, HttpRequest, HttpResponse


def project_list(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def task_list(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
