"""Portal sessions and the Supabase session behind each of them."""

import logging

from django.contrib.auth import login
from django.http import HttpRequest

from accounts import token_vault
from accounts.models import AuthSession, User
from accounts.supabase import auth
from accounts.supabase.errors import AuthProblem, Refused, Unavailable
from accounts.sync.records import apply_record
from accounts.tokens import InvalidToken, verify_access_token
from portal.clients import client_address

logger = logging.getLogger(__name__)
BACKEND = "accounts.backends.SupabaseBackend"


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
        aal=claims.aal,
        user_agent=request.headers.get("User-Agent", "")[:300],
        address=client_address(request),
    )
    return identity.user


def end_session(request: HttpRequest) -> None:
    """Sign out here and, when the Auth server answers, there. Other sessions stay."""
    session = current(request)
    request.session.flush()
    if session is None:
        return
    session.delete()
    try:
        auth.sign_out_local(token_vault.unseal(session.access_token))
    except (AuthProblem, token_vault.Unreadable) as error:
        logger.warning("Signed out here, but not at the Auth server: %s", error)


def current(request: HttpRequest) -> AuthSession | None:
    """Return what stands behind the browser's session; None for visitors and local log-ins."""
    key = request.session.session_key
    if not key:
        return None
    return AuthSession.objects.select_related("identity").filter(session_key=key).first()
