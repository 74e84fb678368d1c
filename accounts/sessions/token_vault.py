"""Tokens of sessions, encrypted before they reach the database or a backup of it."""

import base64
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

SALT = "accounts.sessions.token_vault"


class Unreadable(Exception):
    """The text was sealed with another SECRET_KEY, or is damaged: ask for a new sign-in."""


def seal(token: str) -> str:
    """Return ``token`` encrypted with a key derived from SECRET_KEY."""
    return (
        _vault(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).encrypt(token.encode()).decode()
    )


def unseal(sealed: str) -> str:
    """Return the token again; raise Unreadable. Keys in SECRET_KEY_FALLBACKS still open it."""
    vault = _vault(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    try:
        return vault.decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable("the stored token cannot be read") from error


@cache
def _vault(*secrets: str) -> MultiFernet:
    keys = [salted_hmac(SALT, "v1", secret, algorithm="sha256").digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
