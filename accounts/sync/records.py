"""A user record of the Auth server becomes our person and account. Everything enters here."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import Truncator

from accounts.models import Identity, User

NAME_LENGTH = 120
FACTOR_KEYS = ("id", "friendly_name", "factor_type", "status")
# The rest of a user is the portal's own.
USER_FIELDS = ["email", "display_name", "first_name", "last_name", "is_active"]


def apply_record(record: dict[str, Any]) -> Identity:
    """Bring our account in line with a user record of the Auth server and return it.

    ``record`` in the Auth API's JSON shape: id, email, email_confirmed_at, banned_until,
    deleted_at, is_anonymous, app_metadata, user_metadata, updated_at, last_sign_in_at. It
    must come from the Auth server itself, never from a webhook's body.

    Idempotent. The account is found by issuer and subject only, so an address never leads
    to somebody else's account. A record older than the last one changes nothing.
    `user_metadata` gives a name to show and nothing else; nobody becomes an administrator.
    Raises ValueError when the record has no usable id.
    """
    subject = UUID(str(record.get("id")))
    try:
        with transaction.atomic():
            return _apply(subject, record)
    except IntegrityError:  # somebody else has just made the same account
        with transaction.atomic():
            return _apply(subject, record)


def _apply(subject: UUID, record: dict[str, Any]) -> Identity:
    identity = (
        Identity.objects.select_for_update(of=("self", "user"))
        .select_related("user")
        .filter(issuer=settings.SUPABASE_ISSUER, subject=subject)
        .first()
    )
    if identity is None:
        identity = Identity(issuer=settings.SUPABASE_ISSUER, subject=subject, user=User())
        identity.user.set_unusable_password()
    elif identity.user.erased_at or _is_older(record, identity):
        return identity  # an erased person is never filled with data again
    if moment(record, "deleted_at"):
        _close(identity, moment(record, "deleted_at"))
    else:
        _copy(record, identity)
    identity.applied_updated_at = moment(record, "updated_at") or identity.applied_updated_at
    identity.last_synced_at = timezone.now()
    identity.user.save(update_fields=None if identity._state.adding else USER_FIELDS)
    identity.save()
    return identity


def _is_older(record: dict[str, Any], identity: Identity) -> bool:
    if identity.applied_updated_at is None:
        return False
    updated_at = moment(record, "updated_at")
    return updated_at is None or updated_at < identity.applied_updated_at


def _copy(record: dict[str, Any], identity: Identity) -> None:
    """Copy what we keep of a living account."""
    if identity.deleted_at:  # deleted by mistake and brought back under the same id
        identity.user.is_active = True
    identity.deleted_at = None
    identity.email_seen = identity.user.email = _email(record)
    identity.email_confirmed_at = moment(record, "email_confirmed_at")
    identity.banned_until = moment(record, "banned_until")
    identity.last_sign_in_at = moment(record, "last_sign_in_at")
    identity.is_anonymous = record.get("is_anonymous", False) is not False
    identity.app_metadata = _mapping(record, "app_metadata")
    identity.factors = _factors(record, identity)
    user = identity.user
    if not user.name_is_own:
        user.display_name = _name(record) or user.display_name
    # Wagtail's admin greets and searches people by these two.
    user.first_name, _space, user.last_name = user.display_name.partition(" ")


def _close(identity: Identity, deleted_at: datetime) -> None:
    """Switch a deleted account off. Its record now holds hashes: nothing is copied."""
    identity.deleted_at = deleted_at
    identity.user.is_active = False
    if not identity._state.adding:
        for session in identity.sessions.all():
            session.end()


def remove_subject(subject: UUID) -> None:
    """Close the account of a subject that the Auth server no longer knows. Idempotent."""
    with transaction.atomic():
        identity = (
            Identity.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(issuer=settings.SUPABASE_ISSUER, subject=subject)
            .first()
        )
        if identity is None or identity.deleted_at:
            return
        _close(identity, timezone.now())
        identity.last_synced_at = timezone.now()
        identity.user.save(update_fields=["is_active"])
        identity.save(update_fields=["deleted_at", "last_synced_at"])


def moment(record: dict[str, Any], key: str) -> datetime | None:
    """Return an instant of the record, or None when it is missing or unreadable."""
    try:
        moment = parse_datetime(str(record.get(key) or ""))
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None


def _email(record: dict[str, Any]) -> str:
    email = str(record.get("email") or "").strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email if len(email) <= 254 else ""


def _mapping(record: dict[str, Any], key: str) -> dict[str, Any]:
    value = record.get(key)
    return value if isinstance(value, dict) else {}


def _factors(record: dict[str, Any], identity: Identity) -> list[dict[str, Any]]:
    """Return the second factors. Lists of users leave them out, and their identities too."""
    if record.get("identities") is None:
        return identity.factors
    found = record.get("factors") or []
    return [{key: factor.get(key) or "" for key in FACTOR_KEYS} for factor in found]


def _name(record: dict[str, Any]) -> str:
    """Return the name people gave themselves, on one line and without invisible tricks."""
    metadata = _mapping(record, "user_metadata")
    name = next((metadata[key] for key in ("full_name", "name") if metadata.get(key)), "")
    shown = "".join(letter for letter in str(name) if letter.isprintable())
    return Truncator(" ".join(shown.split())).chars(NAME_LENGTH)
