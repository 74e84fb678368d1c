"""What accounts need done by the clock."""

from django.contrib.sessions.models import Session

from accounts.models import AuthSession


def forget_ended_sessions() -> None:
    """Delete the Supabase tokens of Django sessions that have expired or were deleted."""
    alive = Session.objects.values("session_key")
    AuthSession.objects.exclude(session_key__in=alive).delete()
