"""Portal sessions and the Supabase session behind each of them."""

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.contrib.auth import login
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts import audit
from accounts.addresses import next_address
from accounts.models import AuthSession, Identity, User
from accounts.sessions import refresh, token_vault
from accounts.supabase import auth
from accounts.supabase.errors import AuthProblem, Refused, Unavailable
from accounts.sync.records import apply_record
from accounts.tokens import Claims, InvalidToken, verify_access_token
from portal.clients import client_address

logger = logging.getLogger(__name__)
BACKEND = "accounts.backends.SupabaseBackend"
HELD = "held_sign_in"
HELD_SECONDS = 600  # for reaching for the phone and typing six digits
RECENT = timedelta(minutes=15)


class SecondFactorNeeded(Exception):
    """The sign-in is right so far and the account asks for a code too.

    Nobody is signed in yet. `accounts.middleware` leads to the page that asks for it, so
    callers of `start_session` let this pass.
    """


class SessionEnded(Exception):
    """The Auth server has ended this session. It is over here too; ask for a new sign-in."""


def start_session(request: HttpRequest, session: auth.Session, *, onward: str = "") -> User:
    """Sign the owner of a Supabase session in to the portal and return them.

    The token is verified here. Whatever the browser's session held before is gone, the
    account of somebody else who was signed in too, and the session gets a new key.
    Raises Refused("user_banned") for an account that may not enter, Unavailable when the
    token cannot be judged, and SecondFactorNeeded for people with an authenticator app:
    after their code they go ``onward``, an address of this portal, "" for the wanted one.
    """
    claims = _verified(session)
    identity = apply_record(session.record)
    if not identity.user.may_enter:
        raise Refused("user_banned")
    if claims.aal != "aal2" and identity.verified_factors:
        _hold(request, session, identity, onward or next_address(request))
        raise SecondFactorNeeded
    return _open(request, session, claims, identity)


def pass_second_factor(request: HttpRequest, session: auth.Session) -> User:
    """Sign in with the session that a code has opened; the password or link came before.

    Raises what `start_session` does, and Refused when it belongs to somebody else or the
    code did not raise it to aal2.
    """
    claims, waiting = _verified(session), held(request)
    if waiting is None or claims.aal != "aal2" or str(claims.subject) != waiting["subject"]:
        raise Refused("session_not_found")
    identity = apply_record(session.record)
    if not identity.user.may_enter:
        raise Refused("user_banned")
    return _open(request, session, claims, identity)


def raise_session(request: HttpRequest, session: auth.Session) -> Identity:
    """Keep the pair of tokens that a code has opened for somebody who is signed in already.

    The session gets a new key, because it may do more from now on. The Auth server ends
    the person's sessions without a second factor; so do we.
    """
    row = require_current(request)
    refresh.keep(row, session)
    claims = _verified(session)
    if claims.subject != row.identity.subject:
        raise Unavailable("a code that opened somebody else's session")
    request.session.cycle_key()
    AuthSession.objects.filter(pk=row.pk).update(
        session_key=request.session.session_key,
        supabase_session_id=claims.session_id,
        aal=claims.aal,
        authenticated_at=timezone.now(),
    )
    for other in row.identity.sessions.exclude(pk=row.pk).exclude(aal="aal2"):
        other.end()
    return apply_record(session.record)


def _verified(session: auth.Session) -> Claims:
    try:
        claims = verify_access_token(session.access_token)
    except InvalidToken as error:
        logger.error("The Auth server's own token fails our check (%s): see SUPABASE_*", error)
        raise Unavailable("a token that fails our check") from error
    if str(claims.subject) != str(session.record.get("id")):
        raise Unavailable("a token that belongs to another user record")
    return claims


def _open(request: HttpRequest, session: auth.Session, claims: Claims, identity: Identity) -> User:
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
    audit.record("sign-in.done", target=identity.user.pk, aal=claims.aal)
    return identity.user


# Sign-ins that wait for a second factor -----------------------------------------------------


def _hold(request: HttpRequest, session: auth.Session, identity: Identity, onward: str) -> None:
    end_session(request)
    waiting = {
        "access_token": session.access_token,
        "refresh_token": session.refresh_token,
        "identity": str(identity.pk),
        "subject": str(identity.subject),
        "onward": onward,
        "until": time.time() + HELD_SECONDS,
    }
    request.session[HELD] = token_vault.seal(json.dumps(waiting))


def held(request: HttpRequest) -> dict | None:
    """Return the sign-in of this browser that waits for a code, None when there is none.

    {"access_token", "refresh_token", "identity", "subject", "onward", "until"}
    """
    try:
        waiting = json.loads(token_vault.unseal(request.session[HELD]))
    except (KeyError, token_vault.Unreadable):
        return None
    return waiting if waiting["until"] > time.time() else None


def drop_held(request: HttpRequest) -> None:
    """Give up a sign-in that waits for a code, here and at the Auth server."""
    waiting = held(request)
    request.session.pop(HELD, None)
    if waiting is None:
        return
    try:
        auth.sign_out(waiting["access_token"])
    except AuthProblem as problem:
        logger.warning("A sign-in without its code was not ended at the Auth server: %s", problem)


# Acting as the person -----------------------------------------------------------------------


def current(request: HttpRequest) -> AuthSession | None:
    """Return what stands behind the browser's session; None for visitors and local log-ins."""
    key = request.session.session_key
    if not key:
        return None
    return AuthSession.objects.select_related("identity__user").filter(session_key=key).first()


def require_current(request: HttpRequest) -> AuthSession:
    """Return what stands behind the browser's session. Raises SessionEnded without one."""
    session = current(request)
    if session is None:
        raise SessionEnded
    return session


def is_recent(session: AuthSession) -> bool:
    """Tell whether the person has proved in the last 15 minutes that it is them."""
    return session.authenticated_at > timezone.now() - RECENT


@contextmanager
def token_of(request: HttpRequest) -> Iterator[str]:
    """Hand out an access token of the signed-in person that holds for another minute.

    When the Auth server says, here or inside the block, that the session is over or the
    person banned, the portal's session ends and SessionEnded is raised. Its silence ends
    nothing: that raises Unavailable.
    """
    session = require_current(request)
    try:
        yield refresh.usable_token(session)
    except Refused as refusal:
        if refusal.code not in refresh.ENDED:
            raise
        audit.record("session.refused", target=session.identity.user_id, code=refusal.code)
        session.end()
        request.session.flush()
        raise SessionEnded from refusal


# Ending -------------------------------------------------------------------------------------


def end_session(request: HttpRequest) -> None:
    """Sign out here and, when the Auth server answers, there. Other sessions stay."""
    session = current(request)
    request.session.flush()
    if session is not None:
        session.delete()
        _end_there(session)


def end_other(session: AuthSession) -> None:
    """End a session that is not this browser's: here, and there when the Auth server answers."""
    session.end()
    _end_there(session)


def end_all(request: HttpRequest) -> bool:
    """End every session of the person; return whether the Auth server ended its own too.

    Here they end first and in any case. There, sessions of other programs end as well.
    """
    here = require_current(request)
    for session in here.identity.sessions.all():
        session.end()
    request.session.flush()
    return _end_there(here, "global")


def end_others(request: HttpRequest) -> bool:
    """End every session of the person but this one, as `end_all` does."""
    here = require_current(request)
    for session in here.identity.sessions.exclude(pk=here.pk):
        session.end()
    try:
        auth.sign_out(refresh.usable_token(here), "others")
    except AuthProblem as problem:
        logger.warning("Other sessions ended here, but not at the Auth server: %s", problem)
        return False
    return True


def _end_there(session: AuthSession, scope: str = "local") -> bool:
    try:
        auth.sign_out(refresh.last_token(session), scope)
    except AuthProblem as problem:
        logger.warning("A session ended here, but not at the Auth server: %s", problem)
        return False
    return True


def alive(identity: Identity) -> QuerySet[AuthSession]:
    """Return the sessions in which this person is signed in, the latest seen first."""
    open_keys = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return identity.sessions.filter(session_key__in=open_keys).order_by("-last_seen_at")
