"""Bodies that are too large are refused before anything reads them."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import render

DRAIN_SECONDS = 20
DRAIN_BYTES = 256 * 1024 * 1024
CHUNK_BYTES = 64 * 1024


class BodyLimitMiddleware:
    """Answer 413 to a body over `settings.BODY_MAX_BYTES`.

    Stands before the CSRF check, which reads the whole body to find its token.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        length = request.META.get("CONTENT_LENGTH") or "0"
        # Without a readable length no server hands us a body.
        if not length.isdigit() or int(length) <= settings.BODY_MAX_BYTES:
            return None
        _drain(request)
        return too_large(request)


def too_large(request: HttpRequest) -> HttpResponse:
    """Return the page that says so. Needs nothing of the body."""
    allowed = {
        "count": settings.ATTACHMENT_MAX_COUNT,
        "megabytes": settings.ATTACHMENT_MAX_BYTES // 1024**2,
    }
    return render(request, "413.html", {"allowed": allowed}, status=413)


def _drain(request: HttpRequest) -> None:
    """Read what is being sent and forget it: a browser reads no answer before it has sent all."""
    until, left = time.monotonic() + DRAIN_SECONDS, DRAIN_BYTES
    try:
        while left > 0 and time.monotonic() < until:
            chunk = request.read(CHUNK_BYTES)
            if not chunk:
                return
            left -= len(chunk)
    except UnreadablePostError:  # it went away, so there is nobody to answer
        return
