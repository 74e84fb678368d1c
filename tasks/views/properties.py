"""Filled next."""

from django.http import Http404, HttpRequest, HttpResponse


def set_status(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def set_owner(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def set_priority(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def set_due(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
