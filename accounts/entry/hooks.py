"""Auth hooks: what the Auth server asks us before it goes on."""

from typing import Any

from accounts import audit
from accounts.entry import registration
from accounts.supabase.bodies import Malformed

FORBIDDEN = 403


def part(payload: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the object ``name`` of a payload; raise Malformed when there is none."""
    value = payload.get(name)
    if not isinstance(value, dict):
        raise Malformed(f"no {name}")
    return value


def text(record: dict[str, Any], name: str) -> str:
    """Return a text that can be stored, "" when it is absent or null; raise Malformed."""
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or "\0" in value:
        raise Malformed(name)
    try:
        value.encode()  # half of a surrogate pair is valid JSON and no text
    except UnicodeEncodeError as error:
        raise Malformed(name) from error
    return value


def before_user_created(payload: dict[str, Any]) -> dict[str, Any]:
    """Say whether the person may have an account: {} for yes, else the words they read.

    Asked for every way to get one except by an administrator's own call. Accounts without
    an e-mail address (anonymous, telephone) exist only where anybody may register.
    """
    refusal = registration.refusal(text(part(payload, "user"), "email"))
    if not refusal:
        return {}
    audit.record_sampled("registration.refused")
    return {"error": {"http_code": FORBIDDEN, "message": refusal}}
