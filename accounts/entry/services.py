"""What people ask of their account. Sessions start and end in `accounts.sessions.lifecycle`."""

import logging
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts import audit, limits
from accounts.models import Identity, User
from accounts.sessions.lifecycle import current, start_session
from accounts.supabase import auth
from accounts.supabase.errors import Limited, Refused
from accounts.sync.records import apply_record

logger = logging.getLogger(__name__)
# The Auth server answers with these for addresses it knows, and for no other.
KNOWN_ADDRESS = {"user_already_exists", "email_exists", "over_email_send_rate_limit"}
SENDERS = {
    "signup": auth.resend_confirmation,
    "recovery": auth.send_recovery,
    "magiclink": auth.send_code,
}


def sign_in(request: HttpRequest, email: str, password: str) -> User:
    """Sign in with e-mail and password. Raises AuthProblem, as `start_session` does.

    The Auth server speaks of a ban before it looks at the password, so that refusal looks
    like a wrong password: who does not know the password learns nothing.
    """
    limits.check("sign-in", email)
    try:
        session = auth.sign_in_with_password(email, password)
    except Refused as refusal:
        _note_failure("password", email, refusal.code)
        if refusal.code == "user_banned":
            raise Refused("invalid_credentials") from refusal
        raise
    user = start_session(request, session)
    limits.succeeded("sign-in", email)
    return user


def register(
    request: HttpRequest, *, name: str, email: str, password: str, redirect_to: str
) -> bool:
    """Register an address; return whether the person is signed in already.

    False means "look into your mail", for a known address as well: the answer must not
    tell whether an account exists. Raises AuthProblem for everything else.
    """
    limits.check("sign-up", email)
    audit.record_sampled("sign-up.asked")
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
    """Ask for the mail for ``purpose``: "signup", "recovery" or "magiclink". One call each.

    Refusals and the pause between two mails to one address happen for known addresses
    only, so they look like success. Raises Unavailable, or Limited when everybody waits.
    """
    limits.check("mail", email)
    try:
        SENDERS[purpose](email, redirect_to)
    except Refused as problem:
        logger.info("No mail was sent for %s: %s", purpose, problem)
    except Limited as problem:
        if problem.code not in KNOWN_ADDRESS:
            raise


def open_link(request: HttpRequest, *, token_hash: str, link_type: str) -> bool:
    """Use up a mailed link and sign its owner in.

    Return False after the first half of an e-mail change: nobody is signed in, the other
    address has to confirm too. Raises Refused for a link that is old, used or wrong, and
    what `sessions.start_session` raises.
    """
    try:
        session = auth.verify_token_hash(token_hash, link_type)
    except Refused as refusal:
        audit.record_sampled("link.refused", type=link_type, code=refusal.code)
        raise
    audit.record("link.opened", target=_owner(session), type=link_type)
    if session is None:
        return False
    if link_type == "email_change" and _is_signed_in(request, session):
        apply_record(session.record)
        auth.sign_out(session.access_token)  # the one they have goes on
        return True
    lost = link_type in ("recovery", "invite")  # they have no password yet, or none they know
    start_session(request, session, onward=reverse("accounts:new-password") if lost else "")
    return True


def open_code(request: HttpRequest, *, purpose: str, email: str, digits: str) -> User:
    """Use up the digits of the mail for ``purpose`` and sign its owner in.

    Raises Refused("otp_expired") for digits that are wrong, old or used, and for every
    digits of a banned person, of whom the Auth server tells before it looks at them.
    """
    limits.check("code", email)
    recovery = purpose == "recovery"
    try:
        session = auth.verify_code(email, digits, "recovery" if recovery else "email")
    except Refused as refusal:
        _note_failure("code", email, refusal.code)
        raise Refused("otp_expired") from refusal
    onward = reverse("accounts:new-password") if recovery else ""
    user = start_session(request, session, onward=onward)
    limits.succeeded("code", email)
    return user


def _note_failure(way: str, email: str, code: str) -> None:
    """Write a failed sign-in down, with whose account was tried when exactly one has the address."""
    owners = list(Identity.objects.filter(email_seen=email).values_list("user_id", flat=True)[:2])
    target = owners[0] if len(owners) == 1 else None
    audit.record_sampled("sign-in.failed", target=target, way=way, code=code)


def _owner(session: auth.Session | None) -> UUID | None:
    """Return the id of the person here whose account a session belongs to, None for a new one."""
    if session is None:
        return None
    identities = Identity.objects.filter(
        issuer=settings.SUPABASE_ISSUER, subject=session.record.get("id")
    )
    return identities.values_list("user_id", flat=True).first()


def _is_signed_in(request: HttpRequest, session: auth.Session) -> bool:
    row = current(request)
    return row is not None and str(row.identity.subject) == str(session.record.get("id"))
