"""Filled next."""

from django.http import Http404, HttpRequest, HttpResponse


def triage(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def accept(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def decline(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
