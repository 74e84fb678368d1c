"""Calls from the stand-in to the portal: database webhooks and Auth hooks, both signed."""

import base64
import hashlib
import hmac
import json
import logging
import queue
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Sequence

from accounts.emulator import shapes
from accounts.emulator.calls import ApiError, Record
from accounts.emulator.store import now

logger = logging.getLogger(__name__)

HOOK_SECONDS = 5
HOOK_ATTEMPTS = 3
HOOK_PAUSE_SECONDS = 2
WEBHOOK_SECONDS = 5


def signed_headers(body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """Return the Standard Webhooks headers of ``body``, one signature per secret.

    Several signatures are joined by comma and space as Supabase does, where the
    specification has a space. Secrets look like ``v1,whsec_<base64>``.
    """
    message_id, timestamp = str(uuid.uuid4()), str(int(time.time()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = []
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("v1,whsec_"))
        digest = hmac.new(key, signed, hashlib.sha256).digest()
        signatures.append("v1," + base64.b64encode(digest).decode())
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": ", ".join(signatures),
    }


class Webhooks:
    """Posts changed users from one background thread; like pg_net it never tries twice."""

    def __init__(self, url: str, secrets: Sequence[str]) -> None:
        self.url, self.secrets = url, secrets
        self.waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        if url:
            threading.Thread(target=self._work, daemon=True, name="webhooks").start()

    def put(self, operation: str, user: Record) -> None:
        """Queue the body of the trigger on ``auth.users``; does nothing without an address."""
        if not self.url:
            return
        body = {
            "type": operation,
            "table": "users",
            "schema": "auth",
            "old_record": None,
            "record": shapes.webhook_record(user),
        }
        self.waiting.put(json.dumps(body).encode())

    def _work(self) -> None:
        while True:
            body = self.waiting.get()
            headers = {"User-Agent": "pg_net/0.20.4", **signed_headers(body, self.secrets)}
            try:
                status, _, _ = _post(self.url, body, headers, WEBHOOK_SECONDS)
            except OSError as error:
                logger.warning("Webhook lost, %s does not answer: %s", self.url, error)
            else:
                if status >= 300:
                    logger.warning("Webhook lost, %s answered %d", self.url, status)


def call_auth_hook(
    url: str, secrets: Sequence[str], *, name: str, client: str, payload: Record
) -> None:
    """Ask an Auth hook for its consent; raise ApiError when it refuses or fails.

    It gets at most three tries in five seconds. ``metadata.uuid`` stays the same in all of
    them, ``webhook-id`` does not.
    """
    metadata = {"uuid": str(uuid.uuid4()), "time": now(), "name": name, "ip_address": client}
    body = json.dumps({"metadata": metadata, **payload}).encode()
    deadline = time.monotonic() + HOOK_SECONDS
    for _ in range(HOOK_ATTEMPTS):
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            status, headers, answer = _post(url, body, signed_headers(body, secrets), left)
        except OSError:
            time.sleep(max(0, min(HOOK_PAUSE_SECONDS, deadline - time.monotonic())))
            continue
        if status in (429, 503) and headers.get("Retry-After"):
            continue
        _judge(status, headers.get("Content-Type", ""), answer)
        return
    raise ApiError(422, "hook_timeout_after_retry", "Failed to reach hook after maximum retries")


def _judge(status: int, content_type: str, answer: bytes) -> None:
    opaque = {400: "Invalid payload sent to hook", 401: "Hook requires authorization token"}
    if status == 204:
        return
    if status not in (200, 202):
        message = opaque.get(status, f"Unexpected status code returned from hook: {status}")
        raise ApiError(500, "unexpected_failure", message)
    if not content_type.startswith("application/json"):
        raise ApiError(500, "unexpected_failure", "Invalid content type returned from hook")
    try:
        refusal = json.loads(answer).get("error") or {}
    except (ValueError, AttributeError) as error:
        raise ApiError(500, "unexpected_failure", "Error unmarshaling hook output") from error
    if refusal.get("message"):
        raise ApiError(refusal.get("http_code") or 500, "unknown", refusal["message"])


def _post(
    url: str, body: bytes, headers: dict[str, str], seconds: float
) -> tuple[int, dict[str, str], bytes]:
    # The address comes from the developer who starts the stand-in, not from a request.
    request = urllib.request.Request(url, body, headers)  # noqa: S310 - the developer's own address
    try:
        with urllib.request.urlopen(request, timeout=seconds) as response:  # noqa: S310 - the developer's own address
            return response.status, dict(response.headers), response.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()
