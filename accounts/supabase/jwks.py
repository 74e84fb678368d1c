"""The public keys that sign access tokens, kept so that an outage or a flood changes little.

PyJWT's own client holds a lock while it fetches, forgets everything when a fetch fails and
starts its pause only after a success: a handful of unknown key ids stalls every thread.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
from django.conf import settings

from accounts.supabase.connection import fetch_json
from accounts.supabase.errors import Unavailable

logger = logging.getLogger(__name__)
FRESH_SECONDS = 10 * 60
STALE_SECONDS = 24 * 60 * 60
PAUSE_SECONDS = 30  # between two fetches, failed ones included
FIRST_FETCH_SECONDS = 6  # how long others wait for the very first answer


@dataclass(frozen=True)
class Snapshot:
    """What the Auth server published, and when (monotonic seconds)."""

    keys: dict[str, jwt.PyJWK]
    fetched_at: float


class KeySet:
    """The keys behind one address. Readers take no lock; one thread at a time fetches.

    The thread that fetches is the only one that waits. A removed key is refused by the
    first token after FRESH_SECONDS, as long as the address answers.
    """

    def __init__(
        self,
        url: str,
        fetch: Callable[[str], Any] = fetch_json,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url = url
        self._fetch = fetch
        self._clock = clock
        self._snapshot: Snapshot | None = None
        self._next_fetch_at = float("-inf")
        self._gate = threading.Lock()  # guards the line above, never held while fetching
        self._first_answer = threading.Event()

    def find(self, kid: str) -> jwt.PyJWK | None:
        """Return the key, or None when the Auth server does not publish it.

        Raises Unavailable when there are no keys to judge by: none ever arrived, or the
        last ones are older than STALE_SECONDS.
        """
        snapshot = self._snapshot
        if snapshot and self._age(snapshot) < FRESH_SECONDS and kid in snapshot.keys:
            return snapshot.keys[kid]
        if self._may_fetch():
            self._refresh()
        elif snapshot is None:
            self._first_answer.wait(FIRST_FETCH_SECONDS)
        snapshot = self._snapshot
        if snapshot is None or self._age(snapshot) > STALE_SECONDS:
            raise Unavailable(f"no keys from {self.url}")
        return snapshot.keys.get(kid)

    def _age(self, snapshot: Snapshot) -> float:
        return self._clock() - snapshot.fetched_at

    def _may_fetch(self) -> bool:
        """Let one caller through per pause."""
        now = self._clock()
        with self._gate:
            if now < self._next_fetch_at:
                return False
            self._next_fetch_at = now + PAUSE_SECONDS
            return True

    def _refresh(self) -> None:
        """Replace the snapshot; keep the old one when the fetch fails."""
        try:
            keys = _parse(self._fetch(self.url))
        except Unavailable as error:
            logger.warning("The signing keys could not be fetched: %s", error)
        else:
            self._snapshot = Snapshot(keys, self._clock())
        finally:
            self._first_answer.set()


def _parse(document: Any) -> dict[str, jwt.PyJWK]:
    """Return the usable keys by id; an empty list of keys is an answer too (HS256 projects)."""
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise Unavailable("the key set is not a key set")
    keys = {}
    for entry in entries:
        # A symmetric key in a public list would let anybody sign.
        if not isinstance(entry, dict) or entry.get("kty") not in ("EC", "RSA"):
            continue
        try:
            keys[str(entry["kid"])] = jwt.PyJWK(entry)
        except (jwt.PyJWTError, KeyError, ValueError, TypeError):
            logger.warning("A published key cannot be read and is left out")
    return keys


@cache
def _key_set(url: str) -> KeySet:
    return KeySet(url)


def find_key(kid: str) -> jwt.PyJWK | None:
    """Return the project's public key with this id, or None; raise Unavailable."""
    return _key_set(f"{settings.SUPABASE_AUTH_URL}/.well-known/jwks.json").find(kid)
