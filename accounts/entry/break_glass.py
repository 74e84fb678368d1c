"""The way in when Supabase is lost: a local administrator with a password of their own.

Break-glass accounts have no account at Supabase. So synchronisation, sweeps and role rules
never touch them, and only this module lets them in, from its own page.
"""

import secrets
from datetime import timedelta

from django.contrib.auth import authenticate, login
from django.http import HttpRequest
from django.utils import timezone

from accounts import audit
from accounts.models import User
from portal import limits

BACKEND = "accounts.backends.BreakGlassBackend"
MIN_LENGTH = 16  # characters of a password
SESSION = timedelta(hours=1)
# Attempts: from one client, and on one name from anywhere.
PER_CLIENT = {"limit": 5, "seconds": 15 * 60}
PER_NAME = {"limit": 20, "seconds": 60 * 60}


class TooMany(Exception):
    """Too many attempts. ``retry_after`` in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"again in {retry_after} s")
        self.retry_after = retry_after


def sign_in(request: HttpRequest, name: str, password: str) -> User | None:
    """Sign a break-glass account in for an hour and return it; None when it is not right.

    Each attempt is in the audit log, and administrators are mailed about each success.
    Raises TooMany, without looking at the password. Without a database nobody gets in.
    """
    _spend(request, name)
    user = authenticate(request, break_glass_name=name, password=password)
    if user is None:
        audit.record("break-glass.failed")
        return None
    request.session.flush()
    login(request, user, backend=BACKEND)
    request.session.set_expiry(timezone.now() + SESSION)
    audit.record("break-glass.used", target=user.pk)
    return user


def _spend(request: HttpRequest, name: str) -> None:
    client = limits.spend(
        "break-glass-client", limits.client_key(request), **PER_CLIENT, closed=True
    )
    anywhere = client.allowed and limits.spend(
        "break-glass-name", limits.same_text(name), **PER_NAME, closed=True
    )
    decision = anywhere or client
    if not decision.allowed:
        # Once in a while: a flood must not fill a log that is never emptied.
        if limits.spend("break-glass-log", "limited", limit=1, seconds=15 * 60).allowed:
            audit.record("break-glass.limited")
        raise TooMany(decision.retry_after)


def accounts() -> list[User]:
    """Return the accounts that could break the glass today."""
    local = User.objects.filter(is_superuser=True, is_active=True, identity=None)
    return [user for user in local if user.has_usable_password()]


def make(name: str, password: str) -> User:
    """Make the break-glass account ``name``, or give it a new password.

    Raises ValueError for a password under MIN_LENGTH characters, and for a name that
    belongs to somebody with an account at Supabase.
    """
    if len(password) < MIN_LENGTH:
        raise ValueError(f"The password has fewer than {MIN_LENGTH} characters.")
    user = User.objects.select_related("identity").filter(username=name).first()
    if user is not None and hasattr(user, "identity"):
        raise ValueError(f"{name} has an account at Supabase.")
    user = user or User(username=name, display_name="Emergency access")
    user.is_superuser = user.is_active = True
    user.set_password(password)
    user.save()
    audit.record("break-glass.made", target=user.pk)
    return user


def new_password() -> str:
    """Return a password that nobody guesses and a person can type."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    groups = ["".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(5)]
    return "-".join(groups)
