"""Webhooks say that somebody changed; the Admin API says what is true.

A hint may be lost, repeated, late or out of order. So it is only stored, and the worker
reads the account itself. What the hint claims is never applied.
"""

import hashlib
import json
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import SyncEvent
from accounts.supabase.bodies import Malformed
from accounts.sync.facts import moment
from accounts.sync.reading import reread
from portal.queue.models import Cancelled

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


def store(message: dict[str, Any]) -> bool:
    """Keep the hint of a database webhook; return False for one that is known already.

    ``message``: {"type": "INSERT"|"UPDATE"|"DELETE", "schema": "auth", "table": "users",
    "record": {…} or null, "old_record": {…} or null}. A DELETE may carry either record.
    Only the id, the kind and `updated_at` are stored. A message that we cannot use is kept
    as ignored with the reason, once, and is never tried: somebody set the webhook up wrongly.
    """
    kind = message.get("type")
    row = message.get("record") or (message.get("old_record") if kind == "DELETE" else None)
    subject = _subject(row)
    reason = _why_ignored(message, row, subject)
    if reason:
        return _ignored(message, reason).insert_if_new()
    event = SyncEvent(
        dedupe_key=_dedupe_key(kind, row), kind=kind, subject=subject, hint=_hint(row)
    )
    return event.insert_if_new()


def _subject(row: Any) -> UUID | None:
    try:
        return UUID(row["id"])
    except (KeyError, ValueError, AttributeError, TypeError):
        return None


def _why_ignored(message: dict[str, Any], row: Any, subject: UUID | None) -> str:
    """Return what is wrong with a message, "" when it can be used."""
    if message.get("type") not in KINDS:
        return "The type is none of INSERT, UPDATE and DELETE."
    if (message.get("schema"), message.get("table")) != ("auth", "users"):
        return "The table is not auth.users."
    if not isinstance(row, dict):
        return "There is no record."
    return "" if subject else "The record's id is not a UUID."


def _ignored(message: dict[str, Any], reason: str) -> SyncEvent:
    """Return the row of an ignored message; of its words only type and table are kept."""
    now = timezone.now()
    said = {name: _shown(message.get(name)) for name in ("type", "schema", "table")}
    text = json.dumps([reason, said], sort_keys=True)
    return SyncEvent(
        dedupe_key=hashlib.sha256(text.encode()).hexdigest(),
        kind=said["type"][:20],
        hint=said,
        state=SyncEvent.State.CANCELLED,
        last_error=reason,
        finished_at=now,
    )


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else type(value).__name__
    return "".join(letter for letter in text[:60] if letter.isprintable())


def _dedupe_key(kind: str, row: dict[str, Any]) -> str:
    known = {column: row.get(column) for column in COLUMNS}
    try:
        text = json.dumps([kind, known], sort_keys=True)
    except RecursionError as error:
        raise Malformed("nesting") from error
    return hashlib.sha256(text.encode()).hexdigest()


def _hint(row: dict[str, Any]) -> dict[str, str]:
    updated_at = moment(row, "updated_at")
    return {"updated_at": updated_at.isoformat()} if updated_at else {}


def apply(event: SyncEvent) -> None:
    """Re-read the account of a hint and bring ours in line. Idempotent.

    All hints about the account that wait now are answered by this one reading: each was
    sent after its change was saved, and the reading comes after that. Runs outside any
    transaction. Raises AuthProblem while the Auth server does not answer, so that the hints
    wait; Cancelled when another hint's reading has answered this one already.
    """
    if event.subject is None:
        raise Cancelled(event.last_error)
    waiting = SyncEvent.objects.waiting_for(event.subject)
    if not waiting.filter(pk=event.pk, attempts=event.attempts).exists():
        raise Cancelled("answered by another hint")
    others = list(waiting.exclude(pk=event.pk).values_list("pk", flat=True))
    # They wait for this reading's end, or for the end of its lease if it never ends.
    waiting.filter(pk__in=others).due(timezone.now()).update(due_at=event.due_at)
    reread(event.subject)
    SyncEvent.objects.filter(pk__in=others).close()
