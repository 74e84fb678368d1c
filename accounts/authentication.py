"""Bearer tokens: the REST API believes Supabase's access tokens, and our own copy of the account.

The token says who asks; whether they may is looked up at each request. Supabase is asked
once in an account's life: when its first token is seen before its webhook.
"""

import logging
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db.models import Subquery
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import APIException, AuthenticationFailed
from rest_framework.request import Request

from accounts.models import AccessSettings, Identity, User
from accounts.sessions.ended import has_ended
from accounts.supabase.errors import AuthProblem, Limited
from accounts.sync.reading import reread
from accounts.tokens import Claims, InvalidToken, verify_access_token

logger = logging.getLogger(__name__)
RETRY_SECONDS = 30
UNKNOWN_SECONDS = 60  # how long a subject that Supabase does not know is not asked for again
INVALID = "invalid_token"  # RFC 6750
STEP_UP = "insufficient_user_authentication"  # RFC 9470
REASONS = {
    INVALID: _("This access token is not valid here. Sign in again."),
    STEP_UP: _("This needs a second factor. Sign in with your authenticator app."),
}


class CannotJudge(APIException):
    """The signing keys, or a new account's record, could not be had: try again."""

    status_code = 503
    default_detail = _("Sign-in is not available right now. Try again in a minute.")
    default_code = "unavailable"
    wait = RETRY_SECONDS  # becomes Retry-After


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`; cookies count for nothing here.

    Sets `request.user`, and `request.auth` to the `Claims`, whose `aal` permissions may ask
    for. One query for a known account. Which check failed is logged and never answered.
    """

    def authenticate(self, request: Request) -> tuple[User, Claims] | None:
        scheme, _space, token = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        try:
            claims = verify_access_token(token.strip().decode("ascii"))
        except (InvalidToken, UnicodeDecodeError) as error:
            raise _refused(request, INVALID, str(error) or type(error).__name__) from error
        except AuthProblem as error:
            raise _cannot_judge(error) from error
        identity = _known(claims) or _provisioned(request, claims)
        self._check(request, claims, identity)
        return identity.user, claims

    def _check(self, request: Request, claims: Claims, identity: Identity) -> None:
        if claims.is_anonymous or not identity.user.may_enter:
            raise _refused(request, INVALID, "the account may not enter")
        if identity.session_ended:
            raise _refused(request, INVALID, "the session has ended here")
        # Whoever has an authenticator app uses it, as on the sign-in page.
        asked = identity.second_factor == AccessSettings.SecondFactor.MEMBERS
        if claims.aal != "aal2" and (asked or identity.verified_factors):
            raise _refused(request, STEP_UP, "no second factor")

    def authenticate_header(self, request: Request) -> str:
        error = getattr(request, "bearer_error", "")
        if not error:
            return 'Bearer realm="api"'
        more = ', acr_values="aal2"' if error == STEP_UP else ""
        return f'Bearer realm="api", error="{error}", error_description="{REASONS[error]}"{more}'


def _known(claims: Claims) -> Identity | None:
    """Return our copy of the token's account and what else decides, in one query."""
    rule = AccessSettings.objects.values("second_factor")[:1]
    return (
        Identity.objects.select_related("user")
        .filter(issuer=settings.SUPABASE_ISSUER, subject=claims.subject)
        .annotate(session_ended=has_ended(claims.session_id), second_factor=Subquery(rule))
        .first()
    )


def _provisioned(request: Request, claims: Claims) -> Identity:
    """Make the account of a token that came before its webhook; outside any transaction."""
    if claims.is_anonymous or cache.get(_unknown(claims.subject)):
        raise _refused(request, INVALID, "no such account")
    try:
        reread(claims.subject)
    except AuthProblem as error:
        raise _cannot_judge(error) from error
    identity = _known(claims)
    if identity is None:
        cache.set(_unknown(claims.subject), True, UNKNOWN_SECONDS)
        raise _refused(request, INVALID, "no such account")
    return identity


def _unknown(subject: UUID) -> str:
    return f"accounts.unknown.{subject}"


def _refused(request: Request, error: str, why: str) -> AuthenticationFailed:
    logger.info("A bearer token was refused: %s", why)
    request.bearer_error = error
    return AuthenticationFailed(REASONS[error], code=error)


def _cannot_judge(problem: AuthProblem) -> CannotJudge:
    logger.warning("A bearer token cannot be judged: %s", problem)
    answer: Any = CannotJudge()
    if isinstance(problem, Limited):
        answer.wait = problem.retry_after
    return answer
