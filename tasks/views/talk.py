"""Filled next."""

from django.http import Http404, HttpRequest, HttpResponse


def complete(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def reopen(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def comment(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def attach(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
