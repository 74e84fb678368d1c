"""What happens to accounts and sessions. Everything from Supabase enters through here."""

import logging
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import Truncator

from accounts import token_vault
from accounts.models import AuthSession, Identity, User
from accounts.supabase import auth
from accounts.supabase.errors import AuthProblem, Limited, Refused, Unavailable
from accounts.tokens import InvalidToken, verify_access_token

logger = logging.getLogger(__name__)
BACKEND = "accounts.backends.SupabaseBackend"
NAME_LENGTH = 120
# The Auth server answers with these for addresses it knows, and for no other.
KNOWN_ADDRESS = {"user_already_exists", "email_exists", "over_email_send_rate_limit"}
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
    elif _is_older(record, identity):
        return identity
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
    user = identity.user
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


def start_session(request: HttpRequest, session: auth.Session) -> User:
    """Sign the owner of a Supabase session in to the portal and return them.

    The token is verified here. Whatever the browser's session held before is gone, the
    account of somebody else who was signed in too, and the session gets a new key.
    Raises Refused("user_banned") for an account that may not enter, and Unavailable when
    the token cannot be judged.
    """
    try:
        claims = verify_access_token(session.access_token)
    except InvalidToken as error:
        logger.error("The Auth server's own token fails our check (%s): see SUPABASE_*", error)
        raise Unavailable("a token that fails our check") from error
    if str(claims.subject) != str(session.record.get("id")):
        raise Unavailable("a token that belongs to another user record")
    identity = apply_record(session.record)
    if not identity.user.may_enter:
        raise Refused("user_banned")
    end_session(request)
    login(request, identity.user, backend=BACKEND)
    AuthSession.objects.create(
        identity=identity,
        session_key=request.session.session_key,
        supabase_session_id=claims.session_id,
        access_token=token_vault.seal(session.access_token),
        refresh_token=token_vault.seal(session.refresh_token),
        expires_at=claims.expires_at,
    )
    return identity.user


def end_session(request: HttpRequest) -> None:
    """Sign out here and, when the Auth server answers, there. Other sessions stay."""
    current = _current(request)
    request.session.flush()
    if current is None:
        return
    current.delete()
    try:
        auth.sign_out_local(token_vault.unseal(current.access_token))
    except (AuthProblem, token_vault.Unreadable) as error:
        logger.warning("Signed out here, but not at the Auth server: %s", error)


def sign_in(request: HttpRequest, email: str, password: str) -> User:
    """Sign in with e-mail and password. Raises AuthProblem."""
    return start_session(request, auth.sign_in_with_password(email, password))


def register(
    request: HttpRequest, *, name: str, email: str, password: str, redirect_to: str
) -> bool:
    """Register an address; return whether the person is signed in already.

    False means "look into your mail", for a known address as well: the answer must not
    tell whether an account exists. Raises AuthProblem for everything else.
    """
    try:
        session = auth.sign_up(email, password, name=name, redirect_to=redirect_to)
    except (Refused, Limited) as problem:
        if problem.code in KNOWN_ADDRESS:
            return False
        raise
    if session:
        start_session(request, session)
    return session is not None


def mail_link(purpose: str, email: str, redirect_to: str) -> None:
    """Send the mail for ``purpose`` ("signup" or "recovery") once more, if there is a reason to.

    Refusals and the pause between two mails to one address happen for known addresses
    only, so they look like success. Raises Unavailable, or Limited when everybody waits.
    """
    send = auth.send_recovery if purpose == "recovery" else auth.resend_confirmation
    try:
        send(email, redirect_to)
    except Refused as problem:
        logger.info("No mail was sent for %s: %s", purpose, problem)
    except Limited as problem:
        if problem.code not in KNOWN_ADDRESS:
            raise


def open_link(request: HttpRequest, *, token_hash: str, link_type: str) -> bool:
    """Use up a mailed link and sign its owner in.

    Return False after the first half of an e-mail change: nobody is signed in, the other
    address has to confirm too. Raises Refused for a link that is old, used or wrong.
    """
    session = auth.verify_token_hash(token_hash, link_type)
    if session:
        start_session(request, session)
    return session is not None


def change_password(request: HttpRequest, password: str) -> None:
    """Give the signed-in person a new password and end all their other sessions.

    Raises Refused("session_not_found") when this session has no token that still opens
    the Auth server, and what `auth.set_password` raises.
    """
    current = _current(request)
    if current is None:
        raise Refused("session_not_found")
    try:
        access_token = token_vault.unseal(current.access_token)
    except token_vault.Unreadable as error:
        raise Refused("session_not_found") from error
    apply_record(auth.set_password(access_token, password))
    for other in current.identity.sessions.exclude(pk=current.pk):
        other.end()


def _current(request: HttpRequest) -> AuthSession | None:
    key = request.session.session_key
    if not key:
        return None
    return AuthSession.objects.select_related("identity").filter(session_key=key).first()


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


def _name(record: dict[str, Any]) -> str:
    """Return the name people gave themselves, on one line and without invisible tricks."""
    metadata = _mapping(record, "user_metadata")
    name = next((metadata[key] for key in ("full_name", "name") if metadata.get(key)), "")
    shown = "".join(letter for letter in str(name) if letter.isprintable())
    return Truncator(" ".join(shown.split())).chars(NAME_LENGTH)
