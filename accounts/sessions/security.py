"""What signed-in people do for the safety of their account, with their own tokens.

Everything here asks the Auth server. Each verb raises AuthProblem for what the page
explains, and `lifecycle.SessionEnded` when the Auth server has ended the session.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts import audit, limits
from accounts.models import AuthSession, Identity, User
from accounts.sessions import lifecycle
from accounts.supabase import auth, person
from accounts.supabase.errors import Limited, Refused
from accounts.sync.records import apply_record

# The Auth server tells apart addresses that are taken; the page must not.
TAKEN = {"email_exists", "user_already_exists", "over_email_send_rate_limit"}


# That it is really them ---------------------------------------------------------------------


def confirm_with_password(request: HttpRequest, password: str) -> None:
    """Note that the person has just proved who they are. Refused with invalid_credentials."""
    row = lifecycle.require_current(request)
    email = row.identity.email_seen
    limits.check("sign-in", email)
    with _failure_noted(row.identity, "password-again"):
        _confirm(row, auth.sign_in_with_password(email, password), "password")
    limits.succeeded("sign-in", email)


def confirm_with_code(request: HttpRequest, code: str) -> None:
    """As `confirm_with_password`, with digits that `mail_code` sent. Refused with otp_expired."""
    row = lifecycle.require_current(request)
    limits.check("code", row.identity.email_seen)
    with _failure_noted(row.identity, "code-again"):
        _confirm(row, auth.verify_code(row.identity.email_seen, code), "mail")


def mail_code(request: HttpRequest) -> None:
    """Mail the signed-in person digits for `confirm_with_code`."""
    email = lifecycle.require_current(request).identity.email_seen
    limits.check("mail", email)
    try:
        auth.send_code(email)
    except Limited as problem:
        if problem.code not in TAKEN:
            raise


@contextmanager
def _failure_noted(identity: Identity, way: str) -> Iterator[None]:
    """Write a refused proof down: guessing here needs a session, or a password, already."""
    try:
        yield
    except Refused as refusal:
        audit.record_sampled("sign-in.failed", target=identity.user_id, way=way, code=refusal.code)
        raise


def _confirm(row: AuthSession, proof: auth.Session, method: str) -> None:
    """Believe a session that was opened for proof only, and end it again."""
    auth.sign_out(proof.access_token)
    if str(proof.record.get("id")) != str(row.identity.subject):
        raise Refused("invalid_credentials")
    AuthSession.objects.filter(pk=row.pk).update(authenticated_at=timezone.now())
    audit.record("sign-in.confirmed", target=row.identity.user_id, method=method)


# Password and address -----------------------------------------------------------------------


def change_password(request: HttpRequest, password: str, **proof: str) -> None:
    """Give the signed-in person a new password and end all their other sessions.

    ``proof`` is a nonce or current_password, when the Auth server asks for one of them on
    top of the recent sign-in that the page asks for. Refused with reauthentication_needed
    means that the nonce has been mailed.
    """
    row = lifecycle.require_current(request)
    given = {name: value for name, value in proof.items() if value}
    with lifecycle.token_of(request) as token:
        try:
            record = person.change(token, password=password, **given)
        except Refused as refusal:
            if refusal.code == "reauthentication_needed":
                _mail_nonce(token)
            raise
    for other in row.identity.sessions.exclude(pk=row.pk):
        other.end()
    apply_record(record)
    audit.record("password.changed", target=row.identity.user_id)


def _mail_nonce(token: str) -> None:
    try:
        person.send_nonce(token)
    except Limited as problem:
        if problem.code not in TAKEN:  # else it was mailed within the last minute
            raise


def change_email(request: HttpRequest, email: str) -> None:
    """Ask for another address. It changes after the links in mails to both were opened.

    An address that somebody else has looks the same, here and on the security page.
    """
    identity = lifecycle.require_current(request).identity
    limits.check("mail", identity.email_seen)
    try:
        with lifecycle.token_of(request) as token:
            person.change(token, email=email, redirect_to=_back())
    except (Limited, Refused) as problem:
        if problem.code not in TAKEN:
            raise
    identity.email_wanted, identity.email_wanted_at = email, timezone.now()
    identity.save(update_fields=["email_wanted", "email_wanted_at"])
    audit.record("email.change-asked", target=identity.user_id)


def resend_email_change(request: HttpRequest) -> None:
    """Mail both links once more, if there is a change to confirm."""
    identity = lifecycle.require_current(request).identity
    limits.check("mail", identity.email_seen)
    try:
        auth.resend_email_change(identity.email_seen, _back())
    except (Limited, Refused) as problem:
        if problem.code not in TAKEN:
            raise


def forget_email_change(identity: Identity) -> None:
    """Show a wanted address no longer. The mailed links work until they are too old."""
    identity.email_wanted, identity.email_wanted_at = "", None
    identity.save(update_fields=["email_wanted", "email_wanted_at"])


def _back() -> str:
    return f"{settings.PUBLIC_URL}{reverse('accounts:security')}"


# Second factors -----------------------------------------------------------------------------


def begin_factor(request: HttpRequest, name: str) -> dict[str, str]:
    """Register an authenticator app under ``name``; it counts after `finish_factor`.

    Return {"id", "name", "qr_code": SVG, "secret", "uri"}: show it to this person only.
    """
    organisation = import_string(settings.MAIL_BRAND)()["name"]
    with lifecycle.token_of(request) as token:
        answer = person.enroll(token, name, organisation)
    return {"id": str(answer["id"]), "name": name, **answer["totp"]}


def give_up_factor(request: HttpRequest, factor_id: str) -> None:
    """Withdraw an app whose code was never typed."""
    with lifecycle.token_of(request) as token:
        person.unenroll(token, factor_id)


def finish_factor(request: HttpRequest, *, factor_id: str, name: str, code: str) -> None:
    """Prove the new app with its first code. This session is at aal2 from now on."""
    row = lifecycle.require_current(request)
    limits.check("second-factor", str(row.identity.user_id))
    with lifecycle.token_of(request) as token:
        session = person.verify(token, factor_id, code)
    identity = lifecycle.raise_session(request, session)
    # The answer may show the factors as they were before the code.
    new = {"id": factor_id, "friendly_name": name, "factor_type": "totp", "status": "verified"}
    _keep_factors(identity, [*_without(identity, factor_id), new])
    limits.succeeded("second-factor", str(identity.user_id))
    audit.record("factor.added", target=identity.user_id)


def remove_factor(request: HttpRequest, factor_id: str) -> None:
    """Remove an authenticator app. Needs a session at aal2."""
    row = lifecycle.require_current(request)
    with lifecycle.token_of(request) as token:
        person.unenroll(token, factor_id)
    identity = row.identity
    _keep_factors(identity, _without(identity, factor_id))
    if not identity.verified_factors:
        identity.sessions.update(aal="aal1")
    audit.record("factor.removed", target=identity.user_id)


def pass_second_factor(request: HttpRequest, factor_id: str, code: str) -> User:
    """Sign in with a code, or raise the session of somebody who is signed in, and return them.

    Raises Refused("session_not_found") when there is nothing left to add a code to.
    """
    identity = waiting_identity(request)
    if identity is None:
        raise Refused("session_not_found")
    limits.check("second-factor", str(identity.user_id))
    waiting = lifecycle.held(request)
    with _failure_noted(identity, "second-factor"):
        if waiting:
            session = person.verify(waiting["access_token"], factor_id, code)
            user = lifecycle.pass_second_factor(request, session)
        else:
            with lifecycle.token_of(request) as token:
                session = person.verify(token, factor_id, code)
            user = lifecycle.raise_session(request, session).user
    limits.succeeded("second-factor", str(user.pk))
    return user


def waiting_identity(request: HttpRequest) -> Identity | None:
    """Return whose code is asked for: of a sign-in that waits, or of a session without one."""
    waiting = lifecycle.held(request)
    if waiting:
        return Identity.objects.select_related("user").filter(pk=waiting["identity"]).first()
    row = lifecycle.current(request)
    return row.identity if row is not None and row.aal != "aal2" else None


def _without(identity: Identity, factor_id: str) -> list[dict[str, str]]:
    return [factor for factor in identity.factors if factor["id"] != factor_id]


def _keep_factors(identity: Identity, factors: list[dict[str, str]]) -> None:
    identity.factors = factors
    identity.save(update_fields=["factors"])
