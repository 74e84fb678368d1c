"""Sessions that ended here: their access tokens are refused until they expire by themselves."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.db.models.signals import post_delete
from django.utils import timezone

from accounts.models import AuthSession, EndedSession

KEEP = timedelta(days=8)  # Supabase lets no access token live longer than a week


def remember(instance: AuthSession, **kwargs: Any) -> None:
    """Note a session whose row goes, whoever deletes it and for whatever reason."""
    if instance.supabase_session_id:
        EndedSession.objects.bulk_create(
            [EndedSession(session_id=instance.supabase_session_id)], ignore_conflicts=True
        )


def has_ended(session_id: UUID) -> Exists:
    """Return the condition, for a query about anything, that a Supabase session ended here.

    A second factor keeps the Supabase session and starts another one here: that is no end.
    """
    ended = EndedSession.objects.filter(session_id=session_id)
    alive = AuthSession.objects.filter(supabase_session_id=OuterRef("session_id"))
    return Exists(ended.filter(~Exists(alive)))


def forget_old() -> None:
    """Forget sessions whose tokens have expired long ago."""
    EndedSession.objects.filter(ended_at__lt=timezone.now() - KEEP).delete()


def connect() -> None:
    post_delete.connect(remember, sender=AuthSession, dispatch_uid="accounts.sessions.ended")
