"""What accounts need done by the clock."""

import logging
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import AuditEntry, AuthSession, SweepRun
from accounts.supabase import jwks
from accounts.supabase.errors import Unavailable
from accounts.sync.sweep import sweep
from accounts.sync.turns import NotOurTurn
from portal.queue.models import Cancelled

logger = logging.getLogger(__name__)
KEEP_SWEEPS = timedelta(days=30)


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


def sweep_changes() -> None:
    """Bring accounts in line whose webhook was lost. What failed is tried at the next run."""
    _sweep(full=False)


def sweep_everything() -> None:
    """Compare every account with ours, value by value."""
    _sweep(full=True)
    SweepRun.objects.filter(started_at__lt=timezone.now() - KEEP_SWEEPS).delete()


def _sweep(*, full: bool) -> None:
    try:
        sweep(full=full)  # its row says how it ended
    except NotOurTurn as reason:
        raise Cancelled(str(reason)) from reason


def forget_old_audit_entries() -> None:
    """Delete what the audit log need not remember any more."""
    AuditEntry.objects.forget_old()
