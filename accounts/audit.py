"""Write the audit log: in the transaction of the act, with who asked and from where."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import AuditEntry
from portal.actor import current_actor, current_request
from portal.clients import client_address, request_id

# Of one event that strangers can cause: entries a minute from one address, and altogether.
MOST_FROM_ONE, MOST_OF_ALL = 10, 200


def record(event: str, *, target: UUID | None = None, **details: Any) -> AuditEntry:
    """Add one entry about the current actor and request, and return it.

    ``event`` is "<noun>.<what happened>", such as "person.banned" or "sign-in.failed";
    ``target`` the id of the person concerned. ``details`` are JSON values without names,
    addresses, tokens or passwords: the log outlives the people in it.
    """
    return AuditEntry.objects.create(event=event, target_id=target, details=details, **_who())


def record_many(events: Iterable[tuple[str, UUID, dict[str, Any]]]) -> None:
    """Add entries (event, target, details) in one query. Nobody is mailed about these."""
    events = list(events)
    who = _who() if events else {}
    AuditEntry.objects.bulk_create(
        AuditEntry(event=event, target_id=target, details=details, **who)
        for event, target, details in events
    )


def _who() -> dict[str, Any]:
    request, actor = current_request(), current_actor()
    return {
        "actor_id": actor.pk if actor else None,
        "address": client_address(request) if request else None,
        "request_id": request_id(request) if request else "",
    }


def record_sampled(event: str, *, target: UUID | None = None, **details: Any) -> None:
    """Like `record`, for events that strangers can cause at will: they cannot fill the table.

    The first entries of each minute are kept. Call it outside a transaction that may roll back.
    """
    request = current_request()
    address = client_address(request) if request else None
    lately = AuditEntry.objects.filter(event=event, at__gt=timezone.now() - timedelta(minutes=1))
    if lately.count() < MOST_OF_ALL and lately.filter(address=address).count() < MOST_FROM_ONE:
        record(event, target=target, **details)
