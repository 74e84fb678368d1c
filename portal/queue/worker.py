"""The worker: lease rows, handle each, mark it. No Django command in here, so tests call it."""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string

from portal.queue import schedule
from portal.queue.models import Cancelled, LeasedQuerySet, LeasedRow

logger = logging.getLogger(__name__)
BATCH = 20
PLAN_EVERY_SECONDS = 15
RECONNECT_SECONDS = 5


class Stop:
    """Whether the worker was asked to stop.

    No `threading.Event`: setting one inside a signal handler can deadlock with the wait
    that the signal interrupts.
    """

    def __init__(self) -> None:
        self.requested = False

    def wait(self, seconds: float) -> None:
        """Sleep for ``seconds``, or until asked to stop."""
        end = time.monotonic() + seconds
        while not self.requested and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.2))


@dataclass(frozen=True)
class Queue:
    """What to lease from, what handles one row, and what to enter around a batch of them."""

    rows: LeasedQuerySet
    handle: Callable[[LeasedRow], None]
    around: Callable[[], AbstractContextManager] = nullcontext


def queues() -> list[Queue]:
    """Return the queues of `settings.QUEUES`."""
    return [
        Queue(
            rows=apps.get_model(entry["model"]).objects.all(),
            handle=import_string(entry["handler"]),
            around=import_string(entry["around"]) if "around" in entry else nullcontext,
        )
        for entry in settings.QUEUES.values()
    ]


def process(queue: Queue, limit: int = BATCH, stop: Stop | None = None) -> int:
    """Lease up to ``limit`` due rows and handle each; return how many were leased.

    Delivery is at least once: a handler must be idempotent, or recognisable when repeated.
    It runs outside any transaction, so it may talk to the network. Rows that were leased
    but not begun are given back: when asked to stop, and when half of the lease has gone
    into the rows before them, because the other half must be enough to finish one.
    """
    stop = stop or Stop()
    leased = queue.rows.lease_next(limit=limit)
    if leased:
        with queue.around():
            for row in leased:
                late = row.due_at - timezone.now() < settings.QUEUE_LEASE / 2
                if stop.requested or late:
                    row.release()
                else:
                    handle_one(row, queue.handle)
    return len(leased)


def handle_one(row: LeasedRow, handle: Callable[[LeasedRow], None]) -> None:
    """Handle one leased row and record how it ended."""
    name = f"{row._meta.label} {row.pk}"  # no str(row): logs hold no addresses
    try:
        handle(row)
    except Cancelled as reason:
        row.mark_cancelled(str(reason))
    except (OperationalError, InterfaceError):
        raise  # our own database: the lease will run out, and the loop reconnects
    except Exception as error:  # noqa: BLE001 - one bad row must not stop the queue
        logger.warning("%s failed on attempt %d: %s", name, row.attempts, type(error).__name__)
        row.mark_failed(error)
    else:
        if not row.mark_done():
            logger.warning("%s was finished by another worker; this result is dropped", name)


def plan() -> None:
    """Write the rows of jobs that are due, and close rows whose last attempt never ended."""
    now = timezone.now()
    schedule.plan(now)
    for queue in queues():
        queue.rows.give_up_exhausted(now)


def drain() -> int:
    """Handle everything that is due now; return how many rows were leased."""
    plan()
    total = 0
    while count := sum([process(queue) for queue in queues()]):
        total += count
    return total


def work(stop: Stop, idle_seconds: float = 1.0) -> None:
    """Work until asked to stop; the row in hand is finished first."""
    next_plan = 0.0
    while not stop.requested:
        try:
            close_old_connections()
            if time.monotonic() >= next_plan:
                plan()
                next_plan = time.monotonic() + PLAN_EVERY_SECONDS
            if not sum([process(queue, stop=stop) for queue in queues()]):
                stop.wait(idle_seconds)
        except Error as error:
            logger.error("Database error, trying again in %d s: %s", RECONNECT_SECONDS, error)
            stop.wait(RECONNECT_SECONDS)
