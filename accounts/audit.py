"""Write the audit log: in the transaction of the act, with who asked and from where."""

from typing import Any
from uuid import UUID

from accounts.models import AuditEntry
from portal.actor import current_actor, current_request
from portal.clients import client_address, request_id


def record(event: str, *, target: UUID | None = None, **details: Any) -> AuditEntry:
    """Add one entry about the current actor and request, and return it.

    ``event`` is "<noun>.<what happened>", such as "person.banned" or "sign-in.failed";
    ``target`` the id of the person concerned. ``details`` are JSON values without names,
    addresses, tokens or passwords: the log outlives the people in it.
    """
    request, actor = current_request(), current_actor()
    return AuditEntry.objects.create(
        event=event,
        actor_id=actor.pk if actor else None,
        target_id=target,
        address=client_address(request) if request else None,
        request_id=request_id(request) if request else "",
        details=details,
    )
