"""The public keys that sign access tokens, kept so that an outage or a flood changes little.

PyJWT's own client holds a lock while it fetches, forgets everything when a fetch fails and
starts its pause only after a success: a handful of unknown key ids stalls every thread.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import jwt
from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import KeySetSnapshot
from accounts.supabase.connection import fetch_json
from accounts.supabase.errors import Unavailable

logger = logging.getLogger(__name__)
RENEW_SECONDS = 5 * 60  # from here on a thread of its own asks for news
FRESH_SECONDS = 10 * 60  # from here on a token waits for them, unless the last try failed
STALE_SECONDS = 24 * 60 * 60
PAUSE_SECONDS = 30  # between two fetches, failed ones included
SHARE_SECONDS = 5  # between two looks at what other processes know
FIRST_FETCH_SECONDS = 6  # how long others wait for the very first answer


class SharedRow:
    """The row of KeySetSnapshot that all processes read and write.

    It survives a restart during an outage. A problem with our database is logged and
    costs nothing else: the keys in memory stay.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    def read(self) -> tuple[Any, datetime] | None:
        """Return (document, when it was fetched), or None."""
        try:
            with transaction.atomic():  # an error inside must not spoil the caller's transaction
                row = KeySetSnapshot.objects.filter(url=self.url).first()
        except DatabaseError as error:
            logger.warning("The kept signing keys cannot be read: %s", type(error).__name__)
            return None
        return (row.document, row.fetched_at) if row else None

    def write(self, document: Any) -> datetime | None:
        """Keep a document as the newest; return its time, which is later than the one before."""
        known = self.read()
        moment = timezone.now()
        if known:  # another machine's clock may be ahead
            moment = max(moment, known[1] + timedelta(milliseconds=1))
        row = KeySetSnapshot(url=self.url, document=document, fetched_at=moment)
        try:
            with transaction.atomic():
                KeySetSnapshot.objects.bulk_create(
                    [row],
                    update_conflicts=True,
                    unique_fields=["url"],
                    update_fields=["document", "fetched_at"],
                )
        except DatabaseError as error:
            logger.warning("The signing keys cannot be kept: %s", type(error).__name__)
            return None
        return moment


@dataclass(frozen=True)
class Snapshot:
    """What the Auth server published, and when."""

    keys: dict[str, jwt.PyJWK]
    document: Any
    fetched_at: float  # monotonic seconds
    shared_at: datetime | None = None  # time of the shared row that says the same


class Pause:
    """Lets one caller through, then nobody for ``seconds``. Thread-safe."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds, self._clock = seconds, clock
        self._lock = threading.Lock()  # never held while anybody fetches
        self._next_at = float("-inf")

    def is_over(self) -> bool:
        """Return whether it is this caller's turn, and begin the next pause if so."""
        now = self._clock()
        with self._lock:
            if now < self._next_at:
                return False
            self._next_at = now + self._seconds
            return True


class KeySet:
    """The keys behind one address. Readers take no lock; one thread at a time fetches.

    A token with a known key waits for a fetch at most once, when the keys are older than
    FRESH_SECONDS and the last fetch went well; so a key removed from the address is refused
    after that time as long as the address answers. During an outage nobody waits.
    """

    def __init__(
        self,
        url: str,
        fetch: Callable[[str], Any] = fetch_json,
        clock: Callable[[], float] = time.monotonic,
        shared: Any = None,
    ) -> None:
        self.url = url
        self._fetch = fetch
        self._clock = clock
        self._shared = shared or SharedRow(url)
        self._snapshot: Snapshot | None = None
        self._failing = False
        self._fetch_pause = Pause(PAUSE_SECONDS, clock)
        self._share_pause = Pause(SHARE_SECONDS, clock)
        self._swap = threading.Lock()
        self._first_answer = threading.Event()

    def find(self, kid: str) -> jwt.PyJWK | None:
        """Return the key, or None when the Auth server does not publish it.

        Raises Unavailable when there are no keys to judge by: none ever arrived, or the
        last ones are older than STALE_SECONDS.
        """
        if self._share_pause.is_over():
            self._share()
        snapshot = self._snapshot
        age = self._clock() - snapshot.fetched_at if snapshot else float("inf")
        limit = STALE_SECONDS if self._failing else FRESH_SECONDS
        if snapshot and kid in snapshot.keys and age < limit:
            if age > RENEW_SECONDS and self._fetch_pause.is_over():
                threading.Thread(target=self._refresh, daemon=True).start()
            return snapshot.keys[kid]
        if self._fetch_pause.is_over():
            self._refresh()
            self._share()
        elif snapshot is None:
            self._first_answer.wait(FIRST_FETCH_SECONDS)
        return self._judge(kid)

    def renew(self) -> list[str]:
        """Fetch now, tell all processes, and return the ids of the keys; raise Unavailable.

        The others know within SHARE_SECONDS.
        """
        self._take(self._fetch(self.url))
        self._share()
        return sorted(self._snapshot.keys)

    def _judge(self, kid: str) -> jwt.PyJWK | None:
        snapshot = self._snapshot
        if snapshot is None or self._clock() - snapshot.fetched_at > STALE_SECONDS:
            raise Unavailable(f"no keys from {self.url}")
        return snapshot.keys.get(kid)

    def _refresh(self) -> None:
        """Replace the snapshot; keep the old one when the fetch fails."""
        try:
            self._take(self._fetch(self.url))
        except Unavailable as error:
            self._failing = True
            logger.warning("The signing keys could not be fetched: %s", error)
        finally:
            self._first_answer.set()

    def _take(self, document: Any) -> None:
        fetched = Snapshot(_parse(document), document, self._clock())
        with self._swap:
            self._snapshot = fetched
        self._failing = False

    def _share(self) -> None:
        """Write what this process has fetched, or take over what another one has written."""
        known = self._snapshot
        if known and known.shared_at is None:
            self._replace(known, replace(known, shared_at=self._shared.write(known.document)))
            return
        row = self._shared.read()
        if row is None or (known and known.shared_at == row[1]):
            return
        age = max(0.0, (timezone.now() - row[1]).total_seconds())
        try:
            self._replace(known, Snapshot(_parse(row[0]), row[0], self._clock() - age, row[1]))
        except Unavailable as error:
            logger.warning("The kept signing keys cannot be used: %s", error)

    def _replace(self, known: Snapshot | None, new: Snapshot) -> None:
        """Swap the snapshot unless another thread has just fetched a newer one."""
        with self._swap:
            if self._snapshot is known:
                self._snapshot = new


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


def _of_project() -> KeySet:
    return _key_set(f"{settings.SUPABASE_AUTH_URL}/.well-known/jwks.json")


def find_key(kid: str) -> jwt.PyJWK | None:
    """Return the project's public key with this id, or None; raise Unavailable."""
    return _of_project().find(kid)


def renew() -> list[str]:
    """Fetch the project's keys now for all processes; return their ids. Raises Unavailable.

    The worker does so every five minutes, so that requests need not.
    """
    return _of_project().renew()
