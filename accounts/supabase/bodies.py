"""Bodies that Supabase posts to us: read with a bound, and JSON objects or nothing."""

import json
from typing import Any

from django.http import HttpRequest


class TooLarge(Exception):
    """The body is longer than anything we would read."""


class Malformed(Exception):
    """The body is not what is sent to this address."""


def read_body(request: HttpRequest, limit: int) -> bytes:
    """Return the raw body; raise TooLarge when it has more than ``limit`` bytes.

    Not more than that is read, whatever Content-Length says, and of a body that announces
    more nothing at all. Django takes a chunked body for an empty one; the server's own
    stream has it.
    """
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdecimal() and int(announced) > limit:
        raise TooLarge
    # Servers set this when their stream ends with the body.
    ends = "HTTP_TRANSFER_ENCODING" in request.META and request.META.get("wsgi.input_terminated")
    stream = request.META["wsgi.input"] if ends else request
    body = stream.read(limit + 1)
    if len(body) > limit:
        raise TooLarge
    return body


def parse(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body; raise Malformed for anything else."""
    try:
        message = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON") from error
    if not isinstance(message, dict):
        raise Malformed("not an object")
    return message


def _refuse_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are not JSON
