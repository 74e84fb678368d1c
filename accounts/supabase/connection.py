"""The one HTTP connection pool to Supabase that a process keeps."""

import os
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from accounts.supabase.errors import Unavailable

if TYPE_CHECKING:
    import httpx

    from accounts.supabase import transport
else:  # loaded with the first call: commands and pages that ask nothing do not wait for it
    httpx = SimpleLazyObject(lambda: import_module("httpx"))
    transport = SimpleLazyObject(lambda: import_module("accounts.supabase.transport"))


def http_client() -> "httpx.Client":
    """Return this process's client. It is thread-safe and made anew after a fork.

    A call takes at most five seconds, repetitions of reads included. After five failures
    in half a minute calls fail at once, but for one try every half minute. Answers are
    JSON of at most 5 MB; anything else raises httpx.HTTPError.
    """
    return _client_of_process(os.getpid())


@cache
def _client_of_process(pid: int) -> "httpx.Client":
    return transport.make_client(settings.SUPABASE_URL)


def fetch_json(url: str) -> Any:
    """Return the JSON behind a public address of the Auth server; raise Unavailable."""
    try:
        response = http_client().get(url)
        response.raise_for_status()
        return response.json()
    except (httpx.HTTPError, ValueError, RecursionError) as error:
        raise Unavailable(f"{url}: {type(error).__name__}") from error
