"""Webhooks as the portal and the floor get them: whole HTTP requests, signed, no two alike."""

import base64
import hashlib
import hmac
import json
import time
import uuid

KEY = bytes(range(32))
ENVIRONMENT = {
    "DEBUG": "false",
    "SECRET_KEY": "benchmark-only-0123456789-abcdefghijklmnopqrstuvwxyz",
    "PUBLIC_URL": "http://127.0.0.1",
    "ALLOWED_HOSTS": "127.0.0.1",
    "SUPABASE_URL": "http://127.0.0.1:9",
    "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_bench",
    "SUPABASE_SECRET_KEY": "sb_secret_bench",
    "SUPABASE_WEBHOOK_SECRETS": "v1,whsec_" + base64.b64encode(KEY).decode(),
    "LOG_LEVEL": "WARNING",
}
FLOOR_KEY = b"floor"
BODY_BYTES = 2000


def body() -> bytes:
    """Return the webhook of an account that nobody has heard of, about 2 kB."""
    now = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    row = {
        "id": str(uuid.uuid4()),
        "aud": "authenticated",
        "role": "authenticated",
        "email": f"{uuid.uuid4().hex}@lindencourt.example",
        "phone": None,
        "email_confirmed_at": now,
        "phone_confirmed_at": None,
        "raw_app_meta_data": {"provider": "email", "providers": ["email"]},
        "raw_user_meta_data": {"full_name": "Ada Byron", "about": ""},
        "is_sso_user": False,
        "is_anonymous": False,
        "banned_until": None,
        "deleted_at": None,
        "created_at": now,
        "updated_at": now,
    }
    message = {"type": "UPDATE", "table": "users", "schema": "auth", "record": row}
    message["old_record"] = None
    row["raw_user_meta_data"]["about"] = "x" * (BODY_BYTES - len(json.dumps(message)))
    return json.dumps(message).encode()


def portal_request() -> bytes:
    """Return a delivery to the portal, signed now."""
    raw, message_id, sent_at = body(), str(uuid.uuid4()), str(int(time.time()))
    signed = f"{message_id}.{sent_at}.".encode() + raw
    mac = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": sent_at,
        "webhook-signature": f"v1,{mac}",
    }
    return _request("/webhooks/supabase/", headers, raw)


def floor_request() -> bytes:
    """Return a delivery to the floor: the same body, with what the floor checks."""
    raw = body()
    mac = hmac.new(FLOOR_KEY, raw, hashlib.sha256).hexdigest()
    return _request(
        "/hook", {"X-Signature-256": f"sha256={mac}", "X-Delivery": str(uuid.uuid4())}, raw
    )


def _request(path: str, headers: dict[str, str], raw: bytes) -> bytes:
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "User-Agent: pg_net/0.20.4",
        "Content-Type: application/json",
        f"Content-Length: {len(raw)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + raw
