"""A user record of the Auth server becomes our person and account. Everything enters here.

Order: a snapshot counts when its `updated_at` is newer than that of our copy. Where the stamps
cannot tell (equal ones with other content, a closed account that seems alive), the snapshot is
not believed: a hint asks the worker to read the account again. What the worker reads is the
truth if our copy was not written since before the reading began, whatever the stamps say.
"""

import uuid
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit, roles
from accounts.models import Identity, SyncEvent, User
from accounts.sync.facts import Facts

REREAD = "REREAD"  # the kind of a hint that comes from ourselves
# The rest of a user is the portal's own.
USER_FIELDS = ["email", "display_name", "first_name", "last_name", "is_active"]
# What an identity and the facts call by the same name.
COPIED = (
    *("email_confirmed_at", "banned_until", "last_sign_in_at", "created_at", "invited_at"),
    *("is_anonymous", "providers", "app_metadata"),
)


class Outdated(Exception):
    """Our copy was written while the account was being read: read it again."""


def apply_record(record: dict[str, Any]) -> Identity:
    """Bring our account in line with a user record of the Auth server and return it.

    ``record`` in the Auth API's JSON shape: id, email, email_confirmed_at, banned_until,
    deleted_at, is_anonymous, app_metadata, user_metadata, updated_at, last_sign_in_at. It
    must come from the Auth server itself, never from a webhook's body.

    Idempotent. The account is found by issuer and subject only, so an address never leads
    to somebody else's account. A record older than the last one changes nothing, one that
    contradicts ours under the same stamp is read again by the worker. `user_metadata` gives
    a name to show and nothing else; nobody becomes an administrator.
    Raises ValueError when the record has no usable id.
    """
    facts = Facts.of(record)
    return _twice(lambda: _apply_snapshot(facts, again=False))


def apply_listed(facts: Facts, *, again: bool = False) -> None:
    """Apply one record of a listing. ``again``: write it even when it says nothing new."""
    _twice(lambda: _apply_snapshot(facts, again=again))


def version(subject: UUID) -> datetime | None:
    """Return the version of our copy, for `apply_truth`; None when we have none."""
    return _ours().filter(subject=subject).values_list("last_synced_at", flat=True).first()


def apply_truth(record: dict[str, Any], *, since: datetime | None) -> Identity | None:
    """Apply what was read by id after ``since``, the `version` before the reading.

    Return None, and make nobody, for an account that we do not know and that is not
    confirmed, deleted already, or the doctor's. Raises Outdated and ValueError.
    """
    facts = Facts.of(record)
    return _twice(lambda: _apply_truth(facts, since))


def close_subject(subject: UUID, *, since: datetime | None) -> Identity | None:
    """Close the account of a subject that the Auth server did not know after ``since``.

    The closed row stays as a tombstone: only a reading by id brings it back.
    Idempotent. Raises Outdated.
    """
    with transaction.atomic():
        identity = _locked(subject)
        if identity is None or identity.deleted_at:
            return identity
        if identity.last_synced_at != since:
            raise Outdated
        _close(identity, timezone.now())
        identity.applied_hash = ""  # no record says this, not even the last one
        _save(identity)
        return identity


def _twice(apply: Any) -> Any:
    try:
        with transaction.atomic():
            return apply()
    except IntegrityError:  # somebody else has just made the same account
        with transaction.atomic():
            return apply()


def _ours() -> Any:
    return Identity.objects.filter(issuer=settings.SUPABASE_ISSUER)


def _locked(subject: UUID) -> Identity | None:
    rows = _ours().select_for_update(of=("self", "user")).select_related("user")
    return rows.filter(subject=subject).first()


def _apply_snapshot(facts: Facts, *, again: bool) -> Identity:
    identity = _locked(facts.subject)
    if identity is None:
        return _create(facts)
    if identity.user.erased_at:
        return identity  # an erased person is never filled with data again
    same = identity.applied_hash == facts.digest
    if is_newer(facts, identity) or (same and (again or facts.factors is not None)):
        _write(facts, identity)
        return identity
    if facts.factors not in (None, identity.factors):
        # They do not move `updated_at`, and the sign-in that brings them depends on them.
        identity.factors = facts.factors
        identity.save(update_fields=["factors"])
    if not same and is_doubtful(facts, identity):
        ask_again(facts.subject)
    return identity


def is_newer(facts: Facts, identity: Identity) -> bool:
    """Whether a snapshot may be applied as it is."""
    if identity.deleted_at and not facts.deleted_at:
        return False
    if identity.applied_updated_at is None:
        return True
    return facts.updated_at is not None and facts.updated_at > identity.applied_updated_at


def is_doubtful(facts: Facts, identity: Identity) -> bool:
    """Whether only another reading can tell: same stamp, or back from the dead."""
    if facts.updated_at is None or identity.applied_updated_at is None:
        return identity.deleted_at is not None
    if identity.deleted_at and not facts.deleted_at:
        return facts.updated_at >= identity.applied_updated_at
    return facts.updated_at == identity.applied_updated_at


def has_drifted(facts: Facts, identity: Identity) -> bool:
    """Whether our copy was changed on this side since it was written from the same record."""
    user = identity.user
    if facts.deleted_at:
        return user.is_active
    if not user.name_is_own and facts.name not in ("", user.display_name):
        return True
    if not facts.email == identity.email_seen == user.email:
        return True
    return any(getattr(facts, name) != getattr(identity, name) for name in COPIED)


def ask_again(subject: UUID) -> None:
    """Let the worker read an account, unless it is about to."""
    if not SyncEvent.objects.waiting_for(subject).filter(kind=REREAD, attempts=0).exists():
        SyncEvent.objects.create(kind=REREAD, subject=subject, dedupe_key=uuid.uuid4().hex)


def _apply_truth(facts: Facts, since: datetime | None) -> Identity | None:
    identity = _locked(facts.subject)
    if identity is None:
        return _create(facts) if facts.may_come_in else None
    if identity.user.erased_at:
        return identity
    if identity.last_synced_at == since or is_newer(facts, identity):
        _write(facts, identity)
    elif identity.applied_hash != facts.digest:
        raise Outdated
    return identity


def _create(facts: Facts) -> Identity:
    user = User(is_active=True)
    user.set_unusable_password()
    identity = Identity(issuer=settings.SUPABASE_ISSUER, subject=facts.subject, user=user)
    _write(facts, identity)
    audit.record("account.created", target=user.pk)
    return identity


def _write(facts: Facts, identity: Identity) -> None:
    if facts.deleted_at:
        _close(identity, facts.deleted_at)
    else:
        _copy(facts, identity)
    identity.applied_updated_at = facts.updated_at or identity.applied_updated_at
    identity.applied_hash = facts.digest
    _save(identity)


def _save(identity: Identity) -> None:
    identity.last_synced_at = timezone.now()
    if identity._state.adding:
        identity.user.save(force_insert=True)
        identity.save(force_insert=True)
    else:
        identity.user.save(update_fields=USER_FIELDS)
        identity.save(force_update=True)
    roles.apply(identity)


def _copy(facts: Facts, identity: Identity) -> None:
    """Copy what we keep of a living account."""
    user = identity.user
    if identity.deleted_at:  # deleted by mistake and brought back under the same id
        user.is_active = True
        identity.deleted_at = None
        audit.record("account.reopened", target=user.pk)
    if facts.email != identity.email_seen:
        _report_same_address(facts.email, user)
    identity.email_seen = user.email = facts.email
    for name in COPIED:
        setattr(identity, name, getattr(facts, name))
    if facts.factors is not None:
        identity.factors = facts.factors
    if not user.name_is_own:
        user.display_name = facts.name or user.display_name
    # Wagtail's admin greets and searches people by these two.
    user.first_name, _space, user.last_name = user.display_name.partition(" ")


def _report_same_address(email: str, newcomer: User) -> None:
    """Tell people with rights here that another account has come with their address.

    It is a separate account without any rights. Whoever reads the log can tell whether a
    person has two accounts, or somebody hopes to be taken for them.
    """
    if not email:
        return
    trusted = Q(is_superuser=True) | Q(is_staff=True) | Q(groups__isnull=False)
    owners = User.objects.filter(trusted, email__iexact=email, is_active=True)
    for owner in owners.exclude(pk=newcomer.pk).distinct():
        audit.record("account.same-address", target=owner.pk, account=str(newcomer.pk))


def _close(identity: Identity, deleted_at: datetime) -> None:
    """Switch a deleted account off. Its record now holds hashes: nothing is copied."""
    if identity.deleted_at is None and not identity._state.adding:
        audit.record("account.closed", target=identity.user_id)
    identity.deleted_at = deleted_at
    identity.user.is_active = False
    if not identity._state.adding:
        for session in identity.sessions.all():
            session.end()
