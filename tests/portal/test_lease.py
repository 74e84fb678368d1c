"""A lease: one worker gets the row, and only that worker can finish it."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from portal.queue.models import (
    MAX_ATTEMPTS,
    SUSPECT_ATTEMPTS,
    LeasedQuerySet,
    Permanent,
    ScheduledRun,
    backoff,
)

State = ScheduledRun.State


def make_rows(count: int = 1, **fields) -> list[ScheduledRun]:
    start = timezone.now() - timedelta(days=1)
    return ScheduledRun.objects.bulk_create(
        ScheduledRun(
            job="clear-sessions",
            slot=start + timedelta(minutes=number),
            **{"due_at": start + timedelta(minutes=number), **fields},
        )
        for number in range(count)
    )


class CarelessQuerySet(LeasedQuerySet):
    """The lease without its guards: reads, then writes by key alone."""

    def lease_next(self, now=None, limit=1):
        rows = list(self.due(now or timezone.now())[:limit])
        time.sleep(0.001)
        for row in rows:
            self.filter(pk=row.pk).update(due_at=timezone.now() + timedelta(minutes=2))
        return rows


def lease_all(rows: LeasedQuerySet) -> Counter:
    """Let four threads lease one row at a time until none is left; count each row's leases."""

    def work(_: int) -> list:
        try:
            leased = []
            while batch := rows.lease_next():
                leased += [row.pk for row in batch]
            return leased
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        return Counter(pk for leased in pool.map(work, range(4)) for pk in leased)


@pytest.mark.django_db(transaction=True)
def test_it_gives_each_row_to_one_of_four_racing_workers():
    rows = make_rows(60)
    assert lease_all(ScheduledRun.objects.all()) == Counter({row.pk: 1 for row in rows})


@pytest.mark.django_db(transaction=True)
def test_it_would_give_rows_to_two_workers_without_the_conditional_update():
    make_rows(60)
    assert max(lease_all(CarelessQuerySet(ScheduledRun)).values()) > 1


def test_it_takes_due_rows_oldest_first(db):
    rows = make_rows(3)
    ScheduledRun.objects.filter(pk=rows[2].pk).update(due_at=timezone.now() + timedelta(hours=1))
    ScheduledRun.objects.filter(pk=rows[0].pk).update(due_at=timezone.now())
    assert [row.pk for row in ScheduledRun.objects.lease_next(limit=9)] == [rows[1].pk, rows[0].pk]


def test_it_comes_due_again_only_when_the_lease_has_run_out(db, settings):
    make_rows(1)
    now = timezone.now()
    assert ScheduledRun.objects.lease_next(now)
    assert ScheduledRun.objects.lease_next(now + settings.QUEUE_LEASE / 2) == []
    again = ScheduledRun.objects.lease_next(now + settings.QUEUE_LEASE)
    assert [row.attempts for row in again] == [2]


def test_it_fences_off_a_worker_that_slept_through_its_lease(db, settings):
    make_rows(1)
    now = timezone.now()
    (sleeper,) = ScheduledRun.objects.lease_next(now)
    (successor,) = ScheduledRun.objects.lease_next(now + settings.QUEUE_LEASE)
    assert not sleeper.mark_done()
    assert not sleeper.mark_failed(RuntimeError("late"))
    assert not sleeper.release()
    assert successor.mark_done()
    assert not sleeper.mark_cancelled("late")
    assert ScheduledRun.objects.get().state == State.DONE


def test_it_would_be_overwritten_by_a_sleeper_without_the_fence(db, settings):
    make_rows(1)
    now = timezone.now()
    (sleeper,) = ScheduledRun.objects.lease_next(now)
    (successor,) = ScheduledRun.objects.lease_next(now + settings.QUEUE_LEASE)
    successor.mark_done()
    sleeper.state = State.DEAD
    sleeper.save()  # by key alone
    assert ScheduledRun.objects.get().state == State.DEAD


def test_it_hands_out_rows_together_but_those_tried_often_alone(db):
    tried = make_rows(1, attempts=SUSPECT_ATTEMPTS)
    fresh = [
        ScheduledRun.objects.create(job=job, slot=timezone.now())
        for job in ("publish-scheduled-pages", "clear-finished-rows")
    ]
    assert [row.pk for row in ScheduledRun.objects.lease_next(limit=9)] == [tried[0].pk]
    assert {row.pk for row in ScheduledRun.objects.lease_next(limit=9)} == {r.pk for r in fresh}


def test_it_takes_back_a_row_that_was_not_begun(db):
    make_rows(1)
    (row,) = ScheduledRun.objects.lease_next()
    assert row.release()
    assert [row.attempts for row in ScheduledRun.objects.lease_next()] == [1]


def test_it_gives_up_a_row_that_never_let_its_worker_finish(db):
    make_rows(1, attempts=MAX_ATTEMPTS)
    assert ScheduledRun.objects.lease_next() == []
    assert ScheduledRun.objects.give_up_exhausted(timezone.now()) == 1
    row = ScheduledRun.objects.get()
    assert (row.state, bool(row.last_error)) == (State.DEAD, True)


def test_it_waits_longer_after_each_failure_and_gives_up_within_a_day(db):
    waits = [backoff(attempt) for attempt in range(1, MAX_ATTEMPTS)]
    assert timedelta(seconds=48) <= waits[0] <= timedelta(seconds=72)
    assert max(waits) <= timedelta(hours=6) * 1.2
    assert timedelta(hours=15) < sum(waits, timedelta()) < timedelta(hours=26)


def test_it_is_tried_again_after_a_failure_until_the_last_attempt(db):
    make_rows(1, attempts=MAX_ATTEMPTS - 2)
    for expected in (State.PENDING, State.DEAD):
        ScheduledRun.objects.update(due_at=timezone.now())
        (row,) = ScheduledRun.objects.lease_next()
        assert row.mark_failed(RuntimeError("not yet"))
        row.refresh_from_db()
        assert (row.state, row.last_error) == (expected, "RuntimeError: not yet")


def test_it_gives_up_at_once_when_trying_again_cannot_help(db):
    make_rows(1)
    (row,) = ScheduledRun.objects.lease_next()
    row.mark_failed(Permanent("no such job"))
    assert ScheduledRun.objects.get().state == State.DEAD


def test_it_stores_error_texts_that_a_database_would_refuse(db):
    make_rows(1)
    (row,) = ScheduledRun.objects.lease_next()
    assert row.mark_failed(RuntimeError("nul \0, surrogate \ud800, " + "x" * 5000))
    row.refresh_from_db()
    assert len(row.last_error) == 2000 and "\\ud800" in row.last_error


def test_it_makes_dead_rows_due_again_and_leaves_the_others(db):
    (dead,) = make_rows(1, state=State.DEAD, attempts=MAX_ATTEMPTS)
    ScheduledRun.objects.create(job="clear-finished-rows", slot=timezone.now(), state=State.DONE)
    assert ScheduledRun.objects.all().retry() == 1
    (row,) = ScheduledRun.objects.lease_next()
    assert (row.pk, row.attempts, row.finished_at) == (dead.pk, 1, None)
