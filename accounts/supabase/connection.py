"""The one HTTP connection pool to Supabase that a process keeps."""

import json
import os
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.utils.functional import SimpleLazyObject

from accounts.supabase.errors import Unavailable

if TYPE_CHECKING:
    import httpx
else:  # loaded with the first call: commands and pages that ask nothing do not wait for it
    httpx = SimpleLazyObject(lambda: import_module("httpx"))

MAX_JSON_BYTES = 1024 * 1024


def http_client() -> "httpx.Client":
    """Return this process's client. It is thread-safe and made anew after a fork."""
    return _client_of_process(os.getpid())


@cache
def _client_of_process(pid: int) -> "httpx.Client":
    # HTTP/2 connections shared between threads drop requests; a redirect would carry our key away.
    timeout = httpx.Timeout(5, connect=2)  # seconds
    return httpx.Client(http2=False, timeout=timeout, follow_redirects=False)


def fetch_json(url: str) -> Any:
    """Return the JSON behind a public address of the Auth server; raise Unavailable."""
    try:
        with http_client().stream("GET", url) as response:
            response.raise_for_status()
            body = b""
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > MAX_JSON_BYTES:
                    raise Unavailable(f"{url} answered more than {MAX_JSON_BYTES} bytes")
        return json.loads(body)
    except (httpx.HTTPError, ValueError, RecursionError) as error:
        raise Unavailable(f"{url}: {type(error).__name__}") from error
