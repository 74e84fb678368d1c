"""The worker: lease a row, handle it, mark it. No Django command in here, so tests call it."""

import logging
import time
from collections.abc import Callable
from threading import Event

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string

from portal.queue import schedule
from portal.queue.models import Cancelled, LeasedQuerySet, LeasedRow

logger = logging.getLogger(__name__)
BATCH = 20
PLAN_EVERY_SECONDS = 15
RECONNECT_SECONDS = 5


def process(rows: LeasedQuerySet, handle: Callable[[LeasedRow], None], limit: int = BATCH) -> int:
    """Lease up to ``limit`` due rows and handle each; return how many were leased.

    Delivery is at least once: ``handle`` must be idempotent or recognisable when repeated.
    It runs outside any transaction, so it may talk to the network.
    """
    leased = rows.lease_next(limit=limit)
    for row in leased:
        if row.due_at <= timezone.now():
            continue  # the lease of a slow batch has run out: somebody else has it
        handle_one(row, handle)
    return len(leased)


def handle_one(row: LeasedRow, handle: Callable[[LeasedRow], None]) -> None:
    """Handle one leased row and record how it ended."""
    try:
        handle(row)
    except Cancelled as reason:
        row.mark_cancelled(str(reason))
    except DatabaseError:
        raise  # our own database: the lease will run out, and the loop reconnects
    except Exception as error:  # noqa: BLE001 - one bad row must not stop the queue
        logger.warning("%s failed on attempt %d: %s", row, row.attempts, error)
        row.mark_failed(error)
    else:
        if not row.mark_done():
            logger.warning("%s was finished by another worker; this result is dropped", row)


def queues() -> list[tuple[LeasedQuerySet, Callable[[LeasedRow], None]]]:
    """Return the rows and the handler of each queue in `settings.QUEUES`."""
    return [
        (apps.get_model(entry["model"]).objects.all(), import_string(entry["handler"]))
        for entry in settings.QUEUES.values()
    ]


def drain() -> int:
    """Handle everything that is due now; return how many rows were leased."""
    schedule.plan(timezone.now())
    total = 0
    while count := sum(process(rows, handle) for rows, handle in queues()):
        total += count
    return total


def work(stop: Event, idle_seconds: float = 1.0) -> None:
    """Work until ``stop`` is set; the row in hand is finished first."""
    next_plan = 0.0
    while not stop.is_set():
        try:
            close_old_connections()
            if time.monotonic() >= next_plan:
                schedule.plan(timezone.now())
                next_plan = time.monotonic() + PLAN_EVERY_SECONDS
            if not sum(process_one_queue(rows, handle, stop) for rows, handle in queues()):
                stop.wait(idle_seconds)
        except DatabaseError:
            logger.exception("The database does not answer; trying again")
            stop.wait(RECONNECT_SECONDS)


def process_one_queue(
    rows: LeasedQuerySet, handle: Callable[[LeasedRow], None], stop: Event
) -> bool:
    """Handle one row unless asked to stop; return whether there was one.

    One at a time, so that a stop signal is obeyed after the row in hand and no lease is
    left waiting for its two minutes.
    """
    return not stop.is_set() and process(rows, handle, limit=1) > 0
