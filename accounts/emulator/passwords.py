"""Password rules and hashes of the stand-in."""

import base64
import hashlib
import hmac
import secrets

from accounts.emulator.calls import ApiError

MINIMUM_LENGTH = 6
MAXIMUM_LENGTH = 72  # bcrypt, which the real server uses, reads no further


def check_strength(password: str) -> None:
    """Refuse what the real server refuses with its default settings."""
    if len(password) > MAXIMUM_LENGTH:
        message = f"Password cannot be longer than {MAXIMUM_LENGTH} characters"
        raise ApiError(400, "validation_failed", message)
    if len(password) < MINIMUM_LENGTH:
        message = f"Password should be at least {MINIMUM_LENGTH} characters."
        raise ApiError(422, "weak_password", message, weak_password={"reasons": ["length"]})


def encrypt(password: str) -> str:
    """Return "scrypt$<salt>$<hash>"."""
    salt = secrets.token_bytes(16)
    return f"scrypt${_text(salt)}${_text(_derive(password, salt))}"


def matches(password: str, encrypted: str | None) -> bool:
    """Tell whether ``encrypted`` was made from ``password``; False when there is none."""
    if not encrypted:
        return False
    _, salt, expected = encrypted.split("$")
    return hmac.compare_digest(_text(_derive(password, base64.b64decode(salt))), expected)


def _derive(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**12, r=8, p=1)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
