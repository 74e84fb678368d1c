"""The worker's loop: what it does with rows that work, fail, hang on, or kill it."""

import logging
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.utils import timezone

from portal.queue import worker
from portal.queue.models import MAX_ATTEMPTS, Cancelled, Permanent, ScheduledRun
from tests.portal.test_lease import make_rows

State = ScheduledRun.State


def queue_of(handle, **options) -> worker.Queue:
    return worker.Queue(rows=ScheduledRun.objects.all(), handle=handle, **options)


def states() -> list[str]:
    return list(ScheduledRun.objects.order_by("slot").values_list("state", flat=True))


def raising(error: Exception):
    def handle(row: ScheduledRun) -> None:
        raise error

    return handle


def test_it_handles_what_is_due_and_marks_it_done(db):
    rows, seen = make_rows(3), []
    assert worker.process(queue_of(lambda row: seen.append(row.pk))) == 3
    assert seen == [row.pk for row in rows]
    assert states() == [State.DONE] * 3


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Cancelled("left"), State.CANCELLED),
        (Permanent("never"), State.DEAD),
        (RuntimeError("later"), State.PENDING),
        (IntegrityError("this row only"), State.PENDING),
    ],
)
def test_it_records_how_a_row_ended(db, error, expected):
    make_rows(1)
    worker.process(queue_of(raising(error)))
    row = ScheduledRun.objects.get()
    assert row.state == expected and str(error) in row.last_error


def test_it_leaves_the_row_to_its_lease_when_the_database_fails(db):
    make_rows(1)
    with pytest.raises(OperationalError):
        worker.process(queue_of(raising(OperationalError("server closed the connection"))))
    row = ScheduledRun.objects.get()
    assert (row.state, row.attempts, row.last_error) == (State.PENDING, 1, "")
    assert row.due_at > timezone.now()


def test_it_buries_a_poison_row_after_eight_attempts_while_others_flow(db):
    poison = make_rows(1)[0]

    def handle(row: ScheduledRun) -> None:
        if row.pk == poison.pk:
            raise RuntimeError("poison")

    for attempt in range(1, MAX_ATTEMPTS + 1):
        ScheduledRun.objects.create(job=f"job-{attempt}", slot=timezone.now())
        ScheduledRun.objects.filter(state=State.PENDING).update(due_at=timezone.now())
        while worker.process(queue_of(handle)):
            continue
    assert states() == [State.DEAD] + [State.DONE] * MAX_ATTEMPTS
    assert ScheduledRun.objects.get(pk=poison.pk).attempts == MAX_ATTEMPTS


def test_it_gives_back_what_it_has_not_begun_when_asked_to_stop(db):
    make_rows(3)
    stop = worker.Stop()

    def handle(row: ScheduledRun) -> None:
        stop.requested = True

    worker.process(queue_of(handle), stop=stop)
    assert states() == [State.DONE, State.PENDING, State.PENDING]
    assert set(ScheduledRun.objects.values_list("attempts", flat=True)) == {1, 0}
    assert len(ScheduledRun.objects.lease_next(limit=9)) == 2


def test_it_gives_back_what_half_the_lease_was_not_enough_for(db, settings):
    settings.QUEUE_LEASE = timedelta(seconds=0.4)
    make_rows(2)
    worker.process(queue_of(lambda row: time.sleep(0.25)))
    assert states() == [State.DONE, State.PENDING]
    assert ScheduledRun.objects.get(state=State.PENDING).attempts == 0


def test_it_drops_the_result_of_a_row_that_another_worker_finished(db, caplog):
    make_rows(1)

    def finished_elsewhere(row: ScheduledRun) -> None:
        ScheduledRun.objects.filter(pk=row.pk).update(state=State.CANCELLED, attempts=2)

    worker.process(queue_of(finished_elsewhere))
    assert states() == [State.CANCELLED]
    assert "finished by another worker" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_it_holds_no_transaction_open_while_a_row_is_handled():
    make_rows(1)
    inside = []
    worker.process(queue_of(lambda row: inside.append(connection.in_atomic_block)))
    assert inside == [False]


def test_it_enters_the_surroundings_once_for_a_batch_and_never_for_nothing(db):
    entered = []

    @contextmanager
    def around():
        entered.append("in")
        yield
        entered.append("out")

    make_rows(3)
    queue = queue_of(lambda row: entered.append("row"), around=around)
    worker.process(queue)
    worker.process(queue)
    assert entered == ["in", "row", "row", "row", "out"]


def test_it_logs_neither_addresses_nor_error_texts(db, caplog):
    make_rows(1)
    with caplog.at_level(logging.DEBUG):
        worker.process(queue_of(raising(RuntimeError("priya@lindencourt.example refused"))))
    assert "RuntimeError" in caplog.text and "priya" not in caplog.text


def test_it_drains_every_queue_and_says_how_much(db):
    make_rows(2)
    handled = worker.drain()
    assert handled >= 2 and State.PENDING not in states()
