"""Webhooks say that somebody changed; the Admin API says what is true.

A hint may be lost, repeated, late or out of order. So it is only stored, and the worker
reads the account itself. What the hint claims is never applied.
"""

import hashlib
import json
from typing import Any
from uuid import UUID

from accounts.models import SyncEvent
from accounts.supabase import admin
from accounts.sync import records

KINDS = ("INSERT", "UPDATE", "DELETE")
# Columns that make a hint different from the one before. The others hold password hashes and
# one-time tokens, which must not even be hashed, or change at every sign-in.
COLUMNS = (
    "id",
    "email",
    "phone",
    "email_confirmed_at",
    "banned_until",
    "deleted_at",
    "is_anonymous",
    "raw_app_meta_data",
    "raw_user_meta_data",
    "updated_at",
)


class Malformed(Exception):
    """The body is not a database webhook."""


def parse(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a webhook's body; raise Malformed for anything else."""
    try:
        message = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON") from error
    if not isinstance(message, dict):
        raise Malformed("not an object")
    return message


def _refuse_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are not JSON


def store(message: dict[str, Any]) -> bool:
    """Keep the hint of a database webhook; return False for one that is known already.

    ``message``: {"type": "INSERT"|"UPDATE"|"DELETE", "schema": "auth", "table": "users",
    "record": {…} or null, "old_record": {…} or null}. A DELETE may carry either record.
    Only the id, the kind and `updated_at` are stored. Messages about other tables count as
    known, because there is nothing to do. Raises Malformed.
    """
    kind = message.get("type")
    if kind not in KINDS:
        raise Malformed("type")
    if (message.get("schema"), message.get("table")) != ("auth", "users"):
        return False
    row = message.get("record") or (message.get("old_record") if kind == "DELETE" else None)
    if not isinstance(row, dict):
        raise Malformed("record")
    subject = _subject(row)
    _, created = SyncEvent.objects.get_or_create(
        dedupe_key=_dedupe_key(kind, row),
        defaults={"kind": kind, "subject": subject, "hint": _hint(row)},
    )
    return created


def _subject(row: dict[str, Any]) -> UUID:
    try:
        return UUID(row["id"])
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise Malformed("id") from error


def _dedupe_key(kind: str, row: dict[str, Any]) -> str:
    known = {column: row.get(column) for column in COLUMNS}
    try:
        text = json.dumps([kind, known], sort_keys=True)
    except RecursionError as error:
        raise Malformed("nesting") from error
    return hashlib.sha256(text.encode()).hexdigest()


def _hint(row: dict[str, Any]) -> dict[str, str]:
    updated_at = records.moment(row, "updated_at")
    return {"updated_at": updated_at.isoformat()} if updated_at else {}


def apply(event: SyncEvent) -> None:
    """Re-read the account of a hint and bring ours in line. Idempotent.

    Runs outside any transaction. Raises AuthProblem while the Auth server does not answer,
    so that the hint waits; only its own "no such user" closes an account.
    """
    record = admin.get_user(event.subject)
    if record is None:
        records.remove_subject(event.subject)
    else:
        records.apply_record(record)
