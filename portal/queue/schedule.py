"""Jobs that run by the clock. Each run is a leased row, so two workers never run it twice."""

from datetime import UTC, datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from django.utils.module_loading import import_string

from portal.queue.models import LeasedRow, Permanent, ScheduledRun

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
KEEP_FINISHED = timedelta(days=30)


def slot(now: datetime, every: timedelta) -> datetime:
    """Return the start of the period of length ``every`` that ``now`` lies in."""
    return EPOCH + (now - EPOCH) // every * every


def plan(now: datetime) -> None:
    """Write the row of each job's current slot. Harmless when several workers do it at once.

    Slots that passed while no worker ran are skipped: one late run does the work of all.
    """
    wanted = [(job, slot(now, entry["every"])) for job, entry in settings.SCHEDULE.items()]
    known = set(
        ScheduledRun.objects.filter(slot__in={at for _, at in wanted}).values_list("job", "slot")
    )
    ScheduledRun.objects.bulk_create(
        [ScheduledRun(job=job, slot=at) for job, at in wanted if (job, at) not in known],
        ignore_conflicts=True,
    )


def run(row: ScheduledRun) -> None:
    """Carry out one planned run. Jobs must be idempotent: a killed run starts again."""
    entry = settings.SCHEDULE.get(row.job)
    if entry is None:
        raise Permanent(f"{row.job} is not in SCHEDULE any more.")
    import_string(entry["call"])()


def clear_sessions() -> None:
    """Delete expired sign-in sessions."""
    call_command("clearsessions")


def clear_finished_rows() -> None:
    """Delete finished rows of every queue after 30 days; dead ones stay until someone looks."""
    before = timezone.now() - KEEP_FINISHED
    ended = [LeasedRow.State.DONE, LeasedRow.State.CANCELLED]
    for entry in settings.QUEUES.values():
        model = apps.get_model(entry["model"])
        model.objects.filter(state__in=ended, finished_at__lt=before).delete()
