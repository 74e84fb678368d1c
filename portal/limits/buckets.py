"""Spending from a bucket: one statement, which lets exactly the right number of racers pass."""

import logging
import math
import time
import unicodedata
from typing import NamedTuple

from django.db import Error, connection
from django.utils.crypto import salted_hmac

logger = logging.getLogger(__name__)
# The bucket's row holds the moment it is full again; a token costs `step` seconds of that.
# The second branch of CASE forgives a moment too far ahead: the clock was set back.
# No row is written, and none returned, when the tokens do not suffice.
SPEND = """
INSERT INTO limits_bucket (key, full_at) VALUES (%(key)s, %(now)s + %(step)s)
ON CONFLICT (key) DO UPDATE SET full_at = %(step)s + CASE
    WHEN limits_bucket.full_at BETWEEN %(now)s AND %(now)s + 2 * %(seconds)s
    THEN limits_bucket.full_at ELSE %(now)s END
WHERE limits_bucket.full_at + %(step)s <= %(now)s + %(seconds)s
    OR limits_bucket.full_at > %(now)s + 2 * %(seconds)s
RETURNING full_at
"""


class Decision(NamedTuple):
    """``retry_after``: whole seconds after which there is a token again, 0 when allowed."""

    allowed: bool
    retry_after: int = 0


def spend(
    name: str,
    key: str,
    *,
    limit: int = 5,
    seconds: int = 300,
    closed: bool = False,
    now: float | None = None,
) -> Decision:
    """Take a token from the bucket ``key`` of the limit ``name``; say whether there was one.

    ``limit`` calls pass at once, then one every ``seconds / limit``. Call it outside a
    transaction: one that rolls back would give the token back. When the database fails,
    everybody passes, and the log says so; with ``closed`` nobody does.
    """
    step = seconds / limit
    values = {
        "key": _hashed(name, key),
        "now": time.time() if now is None else now,
        "step": step,
        # A full bucket must hold `limit` steps in spite of rounding.
        "seconds": seconds + step / 1000,
    }
    try:
        with connection.cursor() as cursor:
            cursor.execute(SPEND, values)
            allowed = bool(cursor.fetchall())
    except Error:
        logger.exception("The limit %s could not be kept", name)
        allowed = not closed
    return Decision(True) if allowed else Decision(False, math.ceil(step))


def refill(name: str, key: str) -> None:
    """Give all tokens back, for instance of an account whose owner has just shown that they are it.

    Never for a bucket of a client address: an attacker has an account of their own.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM limits_bucket WHERE key = %s", [_hashed(name, key)])
    except Error:  # the attempts stay counted, which is no reason to turn anybody away
        logger.exception("The limit %s could not be filled again", name)


def same_text(typed: str) -> str:
    """Return one spelling for what people type alike: " Ada@X " and "ADA@x" share a bucket."""
    return "".join(unicodedata.normalize("NFKC", typed).casefold().split())


def _hashed(name: str, key: str) -> str:
    # Keyed, because there are too few addresses for a plain hash to hide one.
    value = f"{name}\0{key}".encode(errors="backslashreplace")
    return salted_hmac("portal.limits", value, algorithm="sha256").hexdigest()
