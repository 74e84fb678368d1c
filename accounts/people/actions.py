"""What administrators do for and to people. Network first, then one transaction that says so.

Each function checks whether ``actor`` may, raises PermissionDenied with the reason if not,
AuthProblem when the Auth server does not do its part (then nothing has changed here), and
writes an audit entry.
"""

import math
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Identity, User
from accounts.people import access
from accounts.personal_data import erasure
from accounts.supabase import admin, auth
from accounts.supabase.errors import Refused
from accounts.sync import records
from accounts.sync.facts import Facts
from accounts.sync.reading import reread
from portal.actor import acting

FOR_GOOD = "876000h"  # a hundred years: the Auth server knows no ban without an end


def ban(actor: User, person: User, *, until: datetime | None, reason: str) -> None:
    """Keep somebody out until an instant, or for good, and end all their sessions at once."""
    access.require(actor, person)
    access.require_survivor(actor, person)
    identity = _identity(person)
    record = admin.update_user(identity.subject, ban_duration=_duration(until))
    with _done(actor, person, "person.banned", until=until.isoformat() if until else "for good"):
        _keep_ban(record, reason)
        end_sessions(person)


def unban(actor: User, person: User) -> None:
    """Let somebody in again."""
    access.require(actor, person)
    record = admin.update_user(_identity(person).subject, ban_duration="none")
    with _done(actor, person, "person.unbanned"):
        _keep_ban(record, "")


def send_confirmation(actor: User, person: User) -> None:
    """Mail the link once more that confirms a new address."""
    access.require(actor, person)
    auth.resend_confirmation(person.email, "")
    with _done(actor, person, "person.confirmation-sent"):
        pass


def send_password_mail(actor: User, person: User) -> None:
    """Mail a link for choosing a new password."""
    access.require(actor, person)
    auth.send_recovery(person.email, "")
    with _done(actor, person, "person.password-mail-sent"):
        pass


def reset_second_factor(actor: User, person: User) -> int:
    """Take all second factors away, end the person's sessions, and return how many there were."""
    access.require(actor, person)
    number = admin.remove_factors(_identity(person).subject)
    with _done(actor, person, "person.second-factor-reset", factors=number):
        Identity.objects.filter(user=person).update(factors=[])
        end_sessions(person)
    return number


def synchronise(actor: User, person: User) -> None:
    """Read the account at the Auth server again and bring ours in line."""
    access.require(actor, person)
    identity = reread(_identity(person).subject)
    found = identity is not None and identity.deleted_at is None
    with _done(actor, person, "person.synchronised", found=found):
        pass


def erase(actor: User, person: User) -> None:
    """Forget somebody for good, here and at the Auth server; says "person.erased" itself."""
    access.require(actor, person, access.ERASE)
    access.require_survivor(actor, person)
    with acting(actor):
        erasure.erase(person)


def change_groups(actor: User, person: User, wanted: Collection[Group]) -> None:
    """Make ``wanted`` the person's groups, as far as ``actor`` may give and take them.

    Groups that a role rule gave stay: it would give them again.
    """
    access.require(actor, person)
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person.pk)
        open_to_actor = set(changeable_groups(actor, person))
        before = set(person.groups.all()) & open_to_actor
        after = set(wanted) & open_to_actor
        if before == after:
            return
        person.groups.remove(*before - after)
        person.groups.add(*after - before)
        with acting(actor):
            audit.record(
                "person.groups-changed",
                target=person.pk,
                added=sorted(group.name for group in after - before),
                removed=sorted(group.name for group in before - after),
            )


def changeable_groups(actor: User, person: User) -> Iterator[Group]:
    """Return the groups that ``actor`` may give to or take from ``person``."""
    by_rule = set(person.role_grants.values_list("group_id", flat=True))
    return (group for group in access.groups_to_give(actor) if group.pk not in by_rule)


def end_sessions(person: User) -> int:
    """End every session of a person here and return how many there were."""
    sessions = list(Identity.objects.get(user=person).sessions.all())
    for session in sessions:
        session.end()
    return len(sessions)


@contextmanager
def _done(actor: User, person: User, event: str, **details: Any) -> Iterator[None]:
    """Keep what happens inside and its audit entry in one transaction."""
    with transaction.atomic(), acting(actor):
        yield
        audit.record(event, target=person.pk, **details)


def _keep_ban(record: dict[str, Any], reason: str) -> None:
    """Write what the Auth server answered, also where its stamps cannot tell what is newer."""
    identity = records.apply_record(record)
    until = Facts.of(record).banned_until
    Identity.objects.filter(pk=identity.pk).update(banned_until=until, ban_reason=reason)


def _identity(person: User) -> Identity:
    identity = getattr(person, "identity", None)
    if identity is None:
        raise Refused("user_not_found")
    return identity


def _duration(until: datetime | None) -> str:
    if until is None:
        return FOR_GOOD
    return f"{max(1, math.ceil((until - timezone.now()).total_seconds()))}s"
