"""What accounts need done by the clock."""

import logging

from django.contrib.sessions.models import Session

from accounts.models import AuthSession
from accounts.supabase import jwks
from accounts.supabase.errors import Unavailable

logger = logging.getLogger(__name__)


def forget_ended_sessions() -> None:
    """Delete the Supabase tokens of Django sessions that have expired or were deleted."""
    alive = Session.objects.values("session_key")
    AuthSession.objects.exclude(session_key__in=alive).delete()


def refresh_signing_keys() -> None:
    """Fetch the Auth server's signing keys for all processes; an outage is only logged."""
    try:
        jwks.renew()
    except Unavailable as problem:
        logger.warning("The signing keys could not be fetched: %s", problem)
