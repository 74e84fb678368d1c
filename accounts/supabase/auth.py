"""What a person asks of Supabase Auth: signing up, in and out, links from mails, passwords.

Each call makes a fresh library client over the shared connections: a client keeps the
session of whoever signed in through it, so a shared one would make people act as each other.

Source: https://supabase.com/docs/reference/self-hosting-auth
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from accounts.supabase.connection import http_client
from accounts.supabase.errors import AuthProblem, KeyRefused, Limited, Refused, Unavailable
from portal.actor import current_request
from portal.clients import client_address

if TYPE_CHECKING:
    import supabase_auth as library
else:  # loaded with the first call: it takes a third of a second, and no command needs it
    library = SimpleLazyObject(lambda: import_module("supabase_auth"))

logger = logging.getLogger(__name__)
# Codes that mean our own API key is wrong when no person's token was sent.
KEY_PROBLEMS = {"", "no_authorization", "bad_jwt", "not_admin"}


@dataclass(frozen=True)
class Session:
    """A Supabase session as the Auth server hands it out. Never shown, logged or sent on."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: int  # Unix time in seconds
    record: dict[str, Any] = field(repr=False)  # the user in the Auth API's JSON shape


def sign_up(email: str, password: str, *, name: str, redirect_to: str) -> Session | None:
    """Register an address. Return a session only where the project confirms by itself.

    None means a mail is on its way, or that the address is known: the Auth server makes
    the two look alike, and so must the page. No local account follows from None.
    """
    options = {"data": {"full_name": name}, "email_redirect_to": redirect_to}
    with translated() as client:
        answer = client.sign_up({"email": email, "password": password, "options": options})
    return as_session(answer.session) if answer.session else None


def sign_in_with_password(email: str, password: str) -> Session:
    """Return a session; Refused with invalid_credentials, email_not_confirmed, user_banned, …"""
    with translated() as client:
        answer = client.sign_in_with_password({"email": email, "password": password})
        if answer.session is None:
            raise Unavailable("signing in was answered without a session")
        return as_session(answer.session)


def verify_token_hash(token_hash: str, link_type: str) -> Session | None:
    """Use up the one-time token of a mailed link and return the session it opens.

    None after the first half of an e-mail change, when the other address has to confirm
    too. Refused with otp_expired when the link is old, used or wrong.
    """
    with translated() as client:
        answer = client.verify_otp({"token_hash": token_hash, "type": link_type})
    return as_session(answer.session) if answer.session else None


def verify_code(email: str, code: str, link_type: str = "email") -> Session:
    """Use up the digits of a mail, which are as good as its link, and return the session.

    Refused with otp_expired when they are old, used or wrong, and for a banned person with
    user_banned, whatever the digits.
    """
    with translated() as client:
        answer = client.verify_otp({"email": email, "token": code, "type": link_type})
        if answer.session is None:
            raise Unavailable("a code was answered without a session")
    return as_session(answer.session)


def send_code(email: str, redirect_to: str = "") -> None:
    """Mail somebody who has an account a sign-in link and the digits beside it.

    Refused with otp_disabled when nobody has this address: this way nobody registers.
    """
    options = {"should_create_user": False, "email_redirect_to": redirect_to}
    with translated() as client:
        client.sign_in_with_otp({"email": email, "options": options})


def send_recovery(email: str, redirect_to: str) -> None:
    """Mail a link for choosing a new password. Says nothing about whether the address is known."""
    with translated() as client:
        client.reset_password_for_email(email, {"redirect_to": redirect_to})


def resend_confirmation(email: str, redirect_to: str) -> None:
    """Mail the link of a registration again. Says nothing about whether the address is known."""
    with translated() as client:
        client.resend(
            {"type": "signup", "email": email, "options": {"email_redirect_to": redirect_to}}
        )


def resend_email_change(email: str, redirect_to: str) -> None:
    """Mail both links of a change of address again, for the person who now has ``email``."""
    options = {"email_redirect_to": redirect_to}
    with translated() as client:
        client.resend({"type": "email_change", "email": email, "options": options})


def refresh_session(refresh_token: str) -> Session:
    """Exchange a refresh token, which works once, for a new pair of tokens.

    Refused with refresh_token_not_found, refresh_token_already_used, session_not_found,
    session_expired or user_banned when the session is over.
    """
    with translated() as client:
        answer = client.refresh_session(refresh_token)
    return as_session(answer.session)


def sign_out(access_token: str, scope: str = "local") -> None:
    """End sessions at the Auth server: the token's own, all "others", or all ("global")."""
    try:
        with translated(user_token=True) as client:
            client.admin.sign_out(access_token, scope)
    except Refused:
        return  # expired or ended elsewhere: already out


@contextmanager
def translated(
    *, secret: bool = False, user_token: bool = False
) -> "Iterator[library.SyncGoTrueClient]":
    """Hand out a fresh library client and turn everything it raises into our errors.

    ``secret`` uses the secret key, for the Admin API. ``user_token`` says that a person's
    token goes along, so that a refusal is about them and not about our key.

    Raises Refused, Limited, or Unavailable (KeyRefused when our own key is the reason).
    """
    client = library.SyncGoTrueClient(
        url=settings.SUPABASE_AUTH_URL,
        headers=_admin_headers() if secret else _visitor_headers(),
        http_client=http_client(),
        auto_refresh_token=False,
        persist_session=False,
    )
    try:
        yield client
    except library.errors.AuthError as error:
        raise _ours(error, user_token) from error
    except ValueError as error:  # pydantic's ValidationError is one
        # The message would quote the answer, which may hold tokens.
        raise Unavailable(f"an answer of an unknown shape ({type(error).__name__})") from None


def _admin_headers() -> dict[str, str]:
    key = settings.SUPABASE_SECRET_KEY
    return {"apikey": key, "Authorization": f"Bearer {key}"}


def _visitor_headers() -> dict[str, str]:
    """Return the headers of a call made for whoever is at the browser.

    The Auth server limits attempts per address, and all our visitors come from ours. It
    believes the address we name only beside a key of the new secret kind, so that one goes
    along then, though publishable rights would do. A person's own token replaces the
    Authorization header of a call; the apikey stays.
    """
    request = current_request()
    address = client_address(request) if request else None
    forward = settings.SUPABASE_FORWARD_CLIENT and address
    if forward and settings.SUPABASE_SECRET_KEY.startswith("sb_secret_"):
        return {**_admin_headers(), "Sb-Forwarded-For": address}
    key = settings.SUPABASE_PUBLISHABLE_KEY
    return {"apikey": key, "Authorization": f"Bearer {key}"}


def _ours(error: library.errors.AuthError, user_token: bool) -> AuthProblem:
    """Sort a library error by status and code, never by its text."""
    status, code = getattr(error, "status", 0), str(error.code or "")
    answer = getattr(getattr(error, "original_error", None), "response", None)
    if answer is not None:  # a status whose body the library could not read
        status = answer.status_code
    if isinstance(error, library.errors.AuthWeakPasswordError):
        return Refused("weak_password", tuple(error.reasons))
    if status == 429:
        return Limited(code)
    if not isinstance(error, library.errors.AuthApiError):
        return Unavailable(f"{type(error).__name__}, status {status}")
    if status in (401, 403) and not user_token and code in KEY_PROBLEMS:
        logger.error("The Auth server refuses our API key (%s, code %s)", status, code or "none")
        return KeyRefused("the Auth server refuses our API key")
    # A hook is the portal's own: nobody's wish was refused, something did not work.
    if status >= 500 or code.startswith("hook_"):
        return Unavailable(f"status {status}, code {code or 'none'}")
    # Only hooks, which are the portal's own, refuse with this code and words for people.
    return Refused(code, message=error.message if code == "unknown" else "")


def as_session(session: Any) -> Session:
    """Return the library's session as ours."""
    return Session(
        access_token=session.access_token,
        refresh_token=session.refresh_token,
        expires_at=int(session.expires_at),
        record=session.user.model_dump(mode="json"),
    )
