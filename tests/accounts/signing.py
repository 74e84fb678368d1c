"""Bodies signed as the Auth server signs them."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from typing import Any

from django.http import HttpResponse
from django.test import Client

SECRET = bytes(range(32))  # the one in tests/settings.py


def signature(body: bytes, message_id: str, sent_at: str, key: bytes = SECRET) -> str:
    signed = f"{message_id}.{sent_at}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers_for(body: bytes, *keys: bytes, age: int = 0) -> dict[str, str]:
    """Return fresh headers; several signatures are joined by comma and space."""
    message_id, sent_at = str(uuid.uuid4()), str(int(time.time()) - age)
    signatures = [signature(body, message_id, sent_at, key) for key in keys or (SECRET,)]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": sent_at,
        "webhook-signature": ", ".join(signatures),
    }


def post_signed(client: Client, path: str, body: Any, **changes: str) -> HttpResponse:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = headers_for(raw) | changes
    return client.post(path, raw, content_type="application/json", headers=headers)
