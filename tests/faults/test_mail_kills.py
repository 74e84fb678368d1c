"""Workers that are killed or frozen at random moments: no e-mail is lost, none is stuck."""

import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from django.utils import timezone

from notifications.models import Email
from tests.notifications.conftest import owe
from tests.notifications.mail_server import MailServer
from tests.workers import COMMAND, eventually, start_worker

pytestmark = pytest.mark.django_db(transaction=True)

MAILS, KILLS, WORKERS = 100, 6, 2
LEASE_SECONDS = 3
GRACE_SECONDS = 30  # for busy machines, where a new worker needs a while to start
SECONDS_PER_MAIL = 0.04  # the server's thinking time, so that kills hit mails in flight
State = Email.State


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.seconds = SECONDS_PER_MAIL
    server.start()
    yield server
    server.stop()


class Crew:
    """Some workers; a killed one is replaced, as a supervisor does."""

    def __init__(self, mail_server: MailServer, command: list[str]) -> None:
        self.mail_server, self.command = mail_server, command
        self.workers = [self._start() for _ in range(WORKERS)]

    def _start(self) -> subprocess.Popen:
        return start_worker(
            self.mail_server.port,
            self.command,
            QUEUE_LEASE_SECONDS=str(LEASE_SECONDS),
            LOG_LEVEL="ERROR",
        )

    def kill(self, number: int) -> None:
        self.workers[number].kill()
        self.workers[number].communicate()
        self.workers[number] = self._start()

    def stop(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.communicate()


def endure_kills(
    mail_server: MailServer, seed: int, command: list[str] = COMMAND, grace: int = GRACE_SECONDS
) -> None:
    """Owe MAILS, let a crew work on them under KILLS random SIGKILLs, then wait for the leases.

    A kill falls after a random number of further e-mails has been begun, so that it hits a
    crew at work on a fast machine and on a slow one.
    """
    chance = random.Random(seed)
    owe(*[f"p{number}@lindencourt.example" for number in range(MAILS)])
    crew = Crew(mail_server, command)
    try:
        for _ in range(KILLS):
            target = mail_server.begun + chance.randint(2, 12)
            eventually(lambda target=target: mail_server.begun >= target)
            time.sleep(chance.uniform(0, 2 * SECONDS_PER_MAIL))
            crew.kill(chance.randrange(WORKERS))
        eventually(
            lambda: not Email.objects.exclude(state=State.DONE).exists(),
            seconds=LEASE_SECONDS + grace,
        )
    finally:
        crew.stop()


def lost(mail_server: MailServer) -> set[str]:
    arrived = {address for mail in mail_server.received for address in mail.to}
    return set(Email.objects.values_list("to_address", flat=True)) - arrived


def stuck() -> int:
    return Email.objects.exclude(state=State.DONE).count()


@pytest.mark.parametrize("seed", [1, 2])
def test_it_loses_no_mail_to_six_kills(mail_server, seed):
    endure_kills(mail_server, seed)
    assert (lost(mail_server), stuck()) == (set(), 0)
    copies = Counter(mail_server.message_ids)
    assert len(copies) == MAILS  # a second copy has the first one's Message-ID
    assert sum(copies.values()) - MAILS <= KILLS


def test_it_would_lose_mails_if_it_marked_them_before_sending(mail_server):
    endure_kills(mail_server, 1, ["-m", "tests.faults.careless_worker", "marks-first"])
    assert lost(mail_server)


def test_it_would_leave_mails_stuck_without_a_lease(mail_server):
    endure_kills(mail_server, 1, ["-m", "tests.faults.careless_worker", "without-lease"], grace=5)
    assert stuck()


def test_it_drops_what_a_frozen_worker_says_after_its_lease(mail_server):
    mail_server.seconds = 0.5
    owe()
    frozen = start_worker(mail_server.port, QUEUE_LEASE_SECONDS=str(LEASE_SECONDS))
    try:
        assert eventually(lambda: mail_server.begun == 1)
        frozen.send_signal(signal.SIGSTOP)
        Email.objects.update(due_at=timezone.now())  # its lease has run out
        (successor,) = Email.objects.lease_next()
        assert successor.mark_cancelled("decided by the successor")
        frozen.send_signal(signal.SIGCONT)
        assert eventually(lambda: len(mail_server.received) == 1)
        frozen.send_signal(signal.SIGTERM)
        output, _ = frozen.communicate(timeout=10)
    finally:
        frozen.kill()
    assert "finished by another worker" in output
    assert Email.objects.get().last_error == "decided by the successor"
