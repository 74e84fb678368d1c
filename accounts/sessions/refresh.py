"""Access tokens of people who are signed in: the stored one, or a new one before it expires.

Refresh tokens work once, so of all requests that need a new pair, on any machine, exactly
one asks for it. It holds a lease on the session's row, and no lock, while the Auth server
thinks; the others wait and read what it kept. A process that dies leaves its lease to run
out, and the old refresh token, which the Auth server still accepts as the last one's
direct predecessor.
"""

import logging
import time
from datetime import UTC, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.models import AuthSession
from accounts.sessions import token_vault
from accounts.supabase import auth
from accounts.supabase.errors import AuthProblem, Limited, Refused, Unavailable
from accounts.sync.records import apply_record
from accounts.tokens import InvalidToken, verify_access_token

logger = logging.getLogger(__name__)
MARGIN = timedelta(seconds=60)  # a token with less left is too old for work that begins now
LEASE = timedelta(seconds=15)  # longer than a call to the Auth server can take
WAIT_SECONDS = 8
POLL_SECONDS = 0.05
# With these codes the Auth server ends a session for good. Everything else may pass.
ENDED = {
    "refresh_token_not_found",
    "refresh_token_already_used",
    "session_not_found",
    "session_expired",
    "user_banned",
    "user_not_found",
}


def usable_token(session: AuthSession) -> str:
    """Return an access token of the session that holds for at least a minute.

    While the Auth server does not answer, a token with less left is returned as long as it
    holds at all. Raises Refused with a code in ENDED when the session is over there, which
    the caller has to act upon, and Unavailable, which says nothing about the session.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    while _reread(session):
        if session.expires_at - timezone.now() > MARGIN:
            return _unsealed(session.access_token)
        if _lease(session):
            return _refresh(session)
        if time.monotonic() > deadline:
            return _last_resort(session, Unavailable("another request is still refreshing"))
        time.sleep(POLL_SECONDS)
    raise Refused("session_not_found")


def keep(session: AuthSession, fresh: auth.Session) -> None:
    """Store a new pair of tokens, before anything else may fail: the old one is worth nothing.

    Raises Refused("session_not_found") when the session has been ended meanwhile.
    """
    stored = AuthSession.objects.filter(pk=session.pk).update(
        access_token=token_vault.seal(fresh.access_token),
        refresh_token=token_vault.seal(fresh.refresh_token),
        expires_at=datetime.fromtimestamp(fresh.expires_at, UTC),
        refreshing_until=None,
    )
    if not stored:
        raise Refused("session_not_found")


def last_token(session: AuthSession) -> str:
    """Return an access token of a session whose row is gone: for signing it out, nothing else.

    Raises AuthProblem.
    """
    if session.expires_at > timezone.now():
        return _unsealed(session.access_token)
    return auth.refresh_session(_unsealed(session.refresh_token)).access_token


def _reread(session: AuthSession) -> bool:
    """Read the tokens and the lease again; False when the session has been ended meanwhile."""
    names = ("access_token", "refresh_token", "expires_at", "refreshing_until")
    row = AuthSession.objects.filter(pk=session.pk).values(*names).first()
    for name, value in (row or {}).items():
        setattr(session, name, value)
    return row is not None


def _lease(session: AuthSession) -> bool:
    """Become the one that refreshes, unless somebody is or the tokens have changed."""
    now = timezone.now()
    free = Q(refreshing_until=None) | Q(refreshing_until__lte=now)
    row = AuthSession.objects.filter(free, pk=session.pk, refresh_token=session.refresh_token)
    return row.update(refreshing_until=now + LEASE) == 1


def _refresh(session: AuthSession) -> str:
    try:
        fresh = auth.refresh_session(_unsealed(session.refresh_token))
    except AuthProblem as problem:
        AuthSession.objects.filter(pk=session.pk).update(refreshing_until=None)
        if isinstance(problem, Refused) and problem.code in ENDED:
            raise
        return _last_resort(session, problem)
    keep(session, fresh)
    _learn(session, fresh)
    return fresh.access_token


def _learn(session: AuthSession, fresh: auth.Session) -> None:
    """Take over what the answer says of the person: a ban, a factor that was removed."""
    try:
        claims = verify_access_token(fresh.access_token)
    except (InvalidToken, Unavailable) as problem:
        logger.error("The Auth server's own token cannot be checked: %s", problem)
        return
    AuthSession.objects.filter(pk=session.pk).update(aal=claims.aal)
    if str(fresh.record.get("id")) == str(session.identity.subject):
        apply_record(fresh.record)


def _last_resort(session: AuthSession, problem: AuthProblem) -> str:
    """Return the token at hand while it holds, else raise the reason there is no other."""
    logger.warning("The tokens of a session were not refreshed: %s", problem)
    if session.expires_at > timezone.now():
        return _unsealed(session.access_token)
    if isinstance(problem, Limited | Unavailable):
        raise problem
    raise Unavailable("the tokens could not be refreshed") from problem


def _unsealed(sealed: str) -> str:
    try:
        return token_vault.unseal(sealed)
    except token_vault.Unreadable as error:  # sealed with a key that is gone: sign in again
        raise Refused("session_not_found") from error
