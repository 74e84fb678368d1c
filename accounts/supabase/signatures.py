"""Signed webhooks: Standard Webhooks, as the Auth server and our trigger send them.

Source: https://github.com/standard-webhooks/standard-webhooks and supabase/auth
internal/hooks/hookshttp. Supabase joins several signatures with a comma and a space where
the standard has a space, which crashes the reference library; so they are found by pattern.
"""

import base64
import binascii
import hashlib
import hmac
import logging
import re
from collections.abc import Iterable, Mapping

logger = logging.getLogger(__name__)
TOLERANCE_SECONDS = 300
SIGNATURE = re.compile(r"v1,([A-Za-z0-9+/]{43}=)")
MESSAGE_ID = re.compile(r"[\x21-\x7e]{1,255}")
UNIX_SECONDS = re.compile(r"[0-9]{1,12}")


class InvalidSignature(Exception):
    """The body was not signed with one of our secrets, or not within five minutes."""


def verify(headers: Mapping[str, str], body: bytes, secrets: Iterable[str], now: float) -> None:
    """Raise InvalidSignature unless one signature fits one secret.

    ``headers`` has webhook-id, webhook-timestamp (Unix seconds) and webhook-signature;
    ``body`` are the raw bytes as received; ``secrets`` look like ``v1,whsec_<base64>``.
    """
    message_id, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not MESSAGE_ID.fullmatch(message_id) or not UNIX_SECONDS.fullmatch(sent_at):
        raise InvalidSignature("headers")
    if abs(now - int(sent_at)) > TOLERANCE_SECONDS:
        raise InvalidSignature("time")
    signed = f"{message_id}.{sent_at}.".encode() + body
    given = SIGNATURE.findall(headers.get("webhook-signature", ""))
    fits = False
    for key in _keys(secrets):
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        for signature in given:
            fits |= hmac.compare_digest(expected.encode(), signature.encode())
    if not fits:
        raise InvalidSignature("signature")


def _keys(secrets: Iterable[str]) -> list[bytes]:
    """Return the bytes of each secret; one that cannot be read fits nothing."""
    keys = []
    for secret in secrets:
        text = secret.removeprefix("v1,").removeprefix("whsec_")
        try:
            keys.append(base64.b64decode(text + "=" * (-len(text) % 4), validate=True))
        except binascii.Error:
            logger.error("A webhook or hook secret is not v1,whsec_<base64>")
    return [key for key in keys if key]  # anybody could sign with an empty key
