"""What people ask of their account. Sessions start and end in `accounts.sessions`."""

import logging

from django.http import HttpRequest

from accounts import limits, token_vault
from accounts.models import User
from accounts.sessions import current, start_session
from accounts.supabase import auth
from accounts.supabase.errors import Limited, Refused
from accounts.sync.records import apply_record

logger = logging.getLogger(__name__)
# The Auth server answers with these for addresses it knows, and for no other.
KNOWN_ADDRESS = {"user_already_exists", "email_exists", "over_email_send_rate_limit"}


def sign_in(request: HttpRequest, email: str, password: str) -> User:
    """Sign in with e-mail and password. Raises AuthProblem."""
    limits.check("sign-in", email)
    user = start_session(request, auth.sign_in_with_password(email, password))
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
    limits.check("mail", email)
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
    session = current(request)
    if session is None:
        raise Refused("session_not_found")
    try:
        access_token = token_vault.unseal(session.access_token)
    except token_vault.Unreadable as error:
        raise Refused("session_not_found") from error
    apply_record(auth.set_password(access_token, password))
    for other in session.identity.sessions.exclude(pk=session.pk):
        other.end()
