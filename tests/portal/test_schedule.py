"""Jobs by the clock: planned once, run once, whoever does it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from notifications.models import Email
from portal.queue import schedule, worker
from portal.queue.models import ScheduledRun
from tests.notifications.conftest import owe

State = ScheduledRun.State
NOW = datetime(2026, 11, 24, 9, 7, 30, tzinfo=UTC)


def scheduled() -> worker.Queue:
    (queue,) = [queue for queue in worker.queues() if queue.rows.model is ScheduledRun]
    return queue


def test_it_knows_the_period_a_moment_lies_in():
    assert schedule.slot(NOW, timedelta(minutes=5)) == NOW.replace(minute=5, second=0)
    assert schedule.slot(NOW, timedelta(days=1)) == NOW.replace(hour=0, minute=0, second=0)


@pytest.mark.django_db(transaction=True)
def test_it_writes_one_row_however_many_plan_at_once(settings):
    def plan(_: int) -> None:
        try:
            schedule.plan(NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(plan, range(8)))
    assert ScheduledRun.objects.count() == len(settings.SCHEDULE)


def test_it_runs_each_job_once_in_a_period(db, settings):
    settings.SCHEDULE = {
        "tidy": {"every": timedelta(days=1), "call": "portal.queue.schedule.clear_sessions"}
    }
    Session.objects.create(session_key="old", expire_date=timezone.now() - timedelta(days=1))
    for _ in range(2):
        schedule.plan(NOW)
        worker.process(scheduled())
    assert [(run.job, run.state, run.attempts) for run in ScheduledRun.objects.all()] == [
        ("tidy", State.DONE, 1)
    ]
    assert not Session.objects.exists()


def test_it_plans_the_next_period_anew(db, settings):
    schedule.plan(NOW)
    before = ScheduledRun.objects.count()
    schedule.plan(NOW + timedelta(days=1))
    assert ScheduledRun.objects.count() == before + len(settings.SCHEDULE)


def test_it_gives_up_a_job_that_is_no_longer_scheduled(db):
    ScheduledRun.objects.create(job="gone", slot=NOW)
    worker.process(scheduled())
    assert ScheduledRun.objects.get().state == State.DEAD


def test_it_runs_every_job_of_the_settings(db):
    schedule.plan(timezone.now())
    worker.process(scheduled())
    runs = ScheduledRun.objects.values_list("job", "state", "last_error")
    assert [run for run in runs if run[1] != State.DONE] == []


def test_it_clears_finished_rows_after_a_month_and_keeps_dead_ones(db):
    owe(*[f"{state}@lindencourt.example" for state in State.values])
    for email in Email.objects.all():
        email.state = email.to_address.partition("@")[0]
        email.finished_at = timezone.now() - timedelta(days=31)
        email.save()
    schedule.clear_finished_rows()
    assert set(Email.objects.values_list("state", flat=True)) == {State.PENDING, State.DEAD}
