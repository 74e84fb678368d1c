"""One sweep at a time, on any number of machines: a row with a lease, no lock that is held."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import SweepRun

LEASE = timedelta(minutes=5)
RENEW_BELOW = timedelta(minutes=4)
COUNTS = ("seen", "changed", "malformed", "nominated", "deactivated")


class NotOurTurn(Exception):
    """Another sweep is running."""


def begin(*, full: bool, dry_run: bool) -> SweepRun:
    """Start a run; raise NotOurTurn while another one renews its lease."""
    now = timezone.now()
    running = SweepRun.objects.filter(state=SweepRun.State.RUNNING)
    running.filter(lease_until__lt=now).update(
        state=SweepRun.State.FAILED, finished_at=now, error="The worker stopped before the end."
    )
    kind = SweepRun.Kind.FULL if full else SweepRun.Kind.INCREMENTAL
    try:
        with transaction.atomic():
            return SweepRun.objects.create(kind=kind, dry_run=dry_run, lease_until=now + LEASE)
    except IntegrityError as error:  # there is one row in this state at most
        raise NotOurTurn("another sweep is running") from error


def renew(run: SweepRun) -> None:
    """Keep the turn, and note the counts. Raises NotOurTurn when it was lost meanwhile."""
    now = timezone.now()
    if run.lease_until - now < RENEW_BELOW:
        run.lease_until = now + LEASE
        _change(run, lease_until=run.lease_until)


def end(run: SweepRun, state: str, error: str = "") -> SweepRun:
    """Write how the run ended, and return it. Raises NotOurTurn."""
    run.state, run.error, run.finished_at = state, error, timezone.now()
    _change(run, state=state, error=error, finished_at=run.finished_at)
    return run


def _change(run: SweepRun, **changes: object) -> None:
    mine = SweepRun.objects.filter(pk=run.pk, state=SweepRun.State.RUNNING)
    if not mine.update(**{name: getattr(run, name) for name in COUNTS}, **changes):
        raise NotOurTurn("another sweep has taken over")
