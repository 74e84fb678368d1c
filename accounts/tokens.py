"""Access tokens: who is asking, checked here without asking Supabase."""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import jwt
from django.conf import settings

from accounts.supabase import jwks

AUDIENCE = "authenticated"
ROLE = "authenticated"
LEEWAY_SECONDS = 30
MAX_LENGTH = 16 * 1024  # characters; real tokens have one to three thousand
# Three parts in base64url. The signature's 43 or 86 letters hold bits to spare, and a decoder
# that shrugs at those, or at padding, would let one token have many spellings.
SHAPE = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
REQUIRED = ["aud", "exp", "iat", "iss", "sub"]


class InvalidToken(Exception):
    """The token is not a valid access token of our project. Asking again will not help."""


@dataclass(frozen=True)
class Claims:
    """What a verified access token says."""

    subject: UUID  # the account
    session_id: UUID
    email: str  # lower case; "" for accounts without one
    aal: str  # "aal1", or "aal2" after a second factor
    expires_at: datetime
    is_anonymous: bool
    app_metadata: dict[str, Any] = field(repr=False)


def verify_access_token(token: str) -> Claims:
    """Return the claims of an access token after checking all of it.

    The header's algorithm only chooses a row of KEY_SOURCES, so a token can never be
    checked with a key that belongs to another algorithm; nothing else of the header is
    believed. Raises InvalidToken; raises `errors.Unavailable` when the keys cannot be had,
    which says nothing about the token.

    Source: https://supabase.com/docs/guides/auth/jwt-fields
    """
    if not isinstance(token, str) or len(token) > MAX_LENGTH or not _is_plain(token):
        raise InvalidToken("not a token")
    try:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        source = KEY_SOURCES.get(algorithm) if isinstance(algorithm, str) else None
        if source is None:
            raise InvalidToken("algorithm")
        payload = jwt.decode(
            token,
            source(algorithm, header),
            algorithms=[algorithm],
            audience=AUDIENCE,
            issuer=settings.SUPABASE_ISSUER,
            leeway=LEEWAY_SECONDS,
            options={"require": REQUIRED},
        )
        return _claims(payload)
    except (jwt.PyJWTError, ArithmeticError, LookupError, RecursionError) as error:
        raise InvalidToken(type(error).__name__) from error
    except (AttributeError, TypeError, ValueError) as error:  # values of a wrong shape
        raise InvalidToken(type(error).__name__) from error


def _is_plain(token: str) -> bool:
    """Whether the token is spelled the one way it was signed and sent."""
    if not SHAPE.fullmatch(token):
        return False
    signature = token.rpartition(".")[2]
    try:
        raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    except ValueError:
        return False
    return base64.urlsafe_b64encode(raw).rstrip(b"=") == signature.encode()


def _public_key(algorithm: str, header: dict[str, Any]) -> Any:
    kid = header.get("kid")
    key = jwks.find_key(kid) if isinstance(kid, str) and kid else None
    if key is None or key.algorithm_name != algorithm:
        raise InvalidToken("key")
    return key.key


def _shared_secret(algorithm: str, header: dict[str, Any]) -> str:
    if not settings.SUPABASE_JWT_SECRET:
        raise InvalidToken("algorithm")
    return settings.SUPABASE_JWT_SECRET


KEY_SOURCES: dict[str, Callable[[str, dict[str, Any]], Any]] = {
    "ES256": _public_key,
    "RS256": _public_key,
    "HS256": _shared_secret,
}


def _claims(payload: dict[str, Any]) -> Claims:
    """Check what PyJWT does not: role and the shapes of what we use."""
    if payload.get("role") != ROLE:  # the project's API keys are signed tokens too
        raise InvalidToken("role")
    app_metadata = payload.get("app_metadata") or {}
    if not isinstance(app_metadata, dict):
        raise InvalidToken("app_metadata")
    return Claims(
        subject=UUID(payload["sub"]),
        session_id=UUID(payload["session_id"]),
        email=str(payload.get("email") or "").lower(),
        aal=str(payload.get("aal") or "aal1"),
        expires_at=datetime.fromtimestamp(int(payload["exp"]), UTC),
        is_anonymous=payload.get("is_anonymous", False) is not False,
        app_metadata=app_metadata,
    )
