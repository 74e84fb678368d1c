"""The one HTTP connection pool to Supabase that a process keeps."""

import json
import os
from functools import cache
from typing import Any

import httpx

from accounts.supabase.errors import Unavailable

TIMEOUT = httpx.Timeout(5, connect=2)  # seconds
MAX_JSON_BYTES = 1024 * 1024


def http_client() -> httpx.Client:
    """Return this process's client. It is thread-safe and made anew after a fork."""
    return _client_of_process(os.getpid())


@cache
def _client_of_process(pid: int) -> httpx.Client:
    # HTTP/2 connections shared between threads drop requests; a redirect would carry our key away.
    return httpx.Client(http2=False, timeout=TIMEOUT, follow_redirects=False)


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
