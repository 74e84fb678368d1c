"""The worker as a process: signals, and a database that goes away."""

import signal
import time

import pytest
from django.db import connection

from notifications.models import Email
from tests.notifications.conftest import owe
from tests.notifications.mail_server import MailServer
from tests.workers import eventually, start_worker

pytestmark = pytest.mark.django_db(transaction=True)
State = Email.State


@pytest.fixture
def mail_server():
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def worker(mail_server):
    process = start_worker(mail_server.port)
    yield process
    process.kill()
    process.communicate()


def states() -> dict[str, int]:
    return {row.state: row.attempts for row in Email.objects.all()}


def test_it_stops_at_once_and_cleanly_when_idle(worker):
    assert worker.stdout.readline() == "Worker ready\n"
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=10) == 0
    assert "Worker stopped" in worker.stdout.read()


def test_it_finishes_the_row_in_hand_and_takes_no_more(mail_server, worker):
    mail_server.seconds = 1
    owe("one@lindencourt.example", "two@lindencourt.example")
    assert eventually(lambda: mail_server.begun == 1)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=10) == 0
    assert len(mail_server.received) == 1
    assert states() == {State.DONE: 1, State.PENDING: 0}


def test_it_drops_the_row_in_hand_at_the_second_signal(mail_server, worker):
    mail_server.seconds = 10
    owe()
    assert eventually(lambda: mail_server.begun == 1)
    worker.send_signal(signal.SIGTERM)
    time.sleep(0.2)  # two signals at once would be handled as one
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=5) == -signal.SIGTERM
    assert states() == {State.PENDING: 1}  # leased once; it comes due again by itself


@pytest.mark.postgres
def test_it_survives_a_database_that_drops_its_connections(mail_server, worker):
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: SQLite has no connections to drop")
    assert worker.stdout.readline() == "Worker ready\n"
    owe(key="before")
    assert eventually(lambda: len(mail_server.received) == 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] >= 1
    owe(key="after")
    assert eventually(lambda: len(mail_server.received) == 2)
    assert worker.poll() is None
