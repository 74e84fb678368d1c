"""Webhooks that come at once, in masses, half, or to a portal that dies: once kept, once applied."""

import json
import os
import random
import socket
import subprocess
import sys
import threading
import uuid
from collections import Counter
from contextlib import suppress

import pytest
from django.db import OperationalError, connection
from django.test import Client

from accounts.models import AuditEntry, SyncEvent, User
from accounts.sync.inbox import apply
from accounts.sync.sweep import sweep
from portal.queue.worker import Queue, process
from tests.accounts.auth_world import AuthWorld
from tests.accounts.test_webhook import message
from tests.accounts.test_webhook_mutations import GOOD, signed
from tests.workers import PROJECT, database_url, eventually

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/webhooks/supabase/"
THREADS, COPIES = 8, 50


@pytest.fixture
def world(settings):
    world = AuthWorld()
    world.settle_in(settings)
    yield world
    world.close()


def at_once(act):
    """Call ``act`` COPIES times from THREADS threads that begin together; return the results."""
    barrier, results = threading.Barrier(THREADS), []

    def work():
        barrier.wait(30)
        for _ in range(COPIES // THREADS + 1):
            results.append(act())
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def handle_all():
    while process(Queue(SyncEvent.objects.all(), apply)):
        pass


def test_the_same_delivery_from_eight_threads_is_one_row_and_one_account(world):
    world.create("ada@lindencourt.example")
    (body,) = world.posts
    answers = Counter(at_once(lambda: world.post(body)))
    assert answers[202] == 1
    assert set(answers) == {200, 202}
    assert sum(answers.values()) >= COPIES
    handle_all()
    assert (SyncEvent.objects.count(), User.objects.count()) == (1, 1)
    assert AuditEntry.objects.filter(event="account.created").count() == 1


def test_it_would_be_several_rows_if_it_looked_before_it_wrote():
    subject = uuid.uuid4()
    looked = threading.Barrier(THREADS)

    def look_and_write():
        known = SyncEvent.objects.filter(subject=subject).exists()
        if not known:
            looked.wait(30)
            SyncEvent.objects.create(kind="UPDATE", subject=subject, dedupe_key=uuid.uuid4().hex)

    at_once(look_and_write)
    assert SyncEvent.objects.count() > 1


def test_a_thousand_webhooks_of_a_hundred_people_cost_a_hundred_readings(world, monkeypatch):
    people = [world.create(f"p{n}@lindencourt.example")["id"] for n in range(100)]
    for turn in range(9):
        for person in people:
            world.change(person, app_metadata={"turn": turn})
    random.Random(7).shuffle(world.posts)
    for body in world.posts:
        assert world.post(body) == 202
    reads = []
    answer = world.server.RequestHandlerClass.handle_call
    monkeypatch.setattr(
        world.server.RequestHandlerClass, "do_GET", lambda self: (reads.append(1), answer(self))
    )
    handle_all()
    assert len(world.posts) == 1000
    assert len(reads) <= 110
    assert set(SyncEvent.objects.values_list("state", flat=True)) == {"done"}
    assert world.divergences() == []


def test_nothing_is_lost_and_nothing_happens_twice_on_a_bad_line(world):
    chance = random.Random(11)
    for number in range(60):
        person = world.create(f"p{number}@lindencourt.example")["id"]
        for _ in range(4):
            world.change(person, app_metadata={"n": chance.random()})
    chance.shuffle(world.posts)
    for number, body in enumerate(world.posts):
        for _ in range([0, 2][number % 2] if number % 10 < 2 else 1):
            world.post(body)
        if number % 40 == 0:
            handle_all()
    handle_all()
    sweep()
    assert world.divergences() == []
    assert AuditEntry.objects.filter(event="account.created").count() == 60


def test_a_sweep_repairs_what_the_database_refused(world):
    world.create("ada@lindencourt.example")

    def refuse(execute, sql, params, many, context):
        raise OperationalError("disk full")

    with connection.execute_wrapper(refuse):
        assert world.post(world.posts[0]) == 503
    sweep()
    assert world.divergences() == []


# A real server ---------------------------------------------------------------------------------


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def serve():
    """Start a server on the test's database: ``serve("-m", "gunicorn", …)`` returns its port."""
    processes = []

    def start(*arguments):
        port = free_port()
        env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "DATABASE_URL": database_url(),
            "LOG_LEVEL": "ERROR",
            "WEB_CONCURRENCY": "1",
        }
        command = [
            sys.executable,
            "-W",
            "ignore",
            *(a.replace("PORT", str(port)) for a in arguments),
        ]
        processes.append(subprocess.Popen(command, cwd=PROJECT, env=env))
        assert eventually(lambda: _listens(port), 60)
        return port

    yield start
    for server in processes:
        server.terminate()  # a killed gunicorn would leave its worker behind
        server.wait(30)


def _listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def send(port, headers, body):
    """Send a request as it is and return the status, 0 when the server hung up without one."""
    head = [f"POST {ADDRESS} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
    head += [f"{name}: {value}" for name, value in headers.items()]
    with socket.create_connection(("127.0.0.1", port), timeout=60) as peer:
        with suppress(OSError):  # it has answered already, and does not want the rest
            peer.sendall("\r\n".join([*head, "", ""]).encode() + body)
        answer = peer.recv(100)
    return int(answer.split()[1]) if answer else 0


def chunked(raw, size=8192):
    parts = [raw[at : at + size] for at in range(0, len(raw), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def test_chunked_bodies_and_false_lengths_are_read_up_to_the_limit(serve):
    port = serve("-m", "gunicorn", "--bind", "127.0.0.1:PORT", "portal.wsgi")
    huge = json.dumps(message(email="x" * 300_000)).encode()
    length = {"Content-Length": str(len(GOOD))}
    in_chunks = {"Transfer-Encoding": "chunked"}
    assert send(port, signed(GOOD) | in_chunks, chunked(GOOD)) == 202
    assert send(port, signed(GOOD) | length, GOOD) == 200
    assert send(port, signed(huge) | in_chunks, chunked(huge)) == 413
    assert send(port, signed(huge) | {"Content-Length": str(len(huge))}, huge) == 413
    assert send(port, signed(huge) | length, huge) == 401  # only so much of it is read
    assert send(port, signed(GOOD) | {"Content-Length": "999999999"}, GOOD) == 413
    assert SyncEvent.objects.count() == 1


def test_a_portal_killed_before_it_answers_has_kept_the_hint(serve):
    port = serve("-m", "tests.faults.dying_portal", "PORT")
    length = {"Content-Length": str(len(GOOD))}
    assert send(port, signed(GOOD) | length, GOOD) == 0
    assert SyncEvent.objects.count() == 1
    headers = signed(GOOD)
    answer = Client().post(ADDRESS, GOOD, content_type="application/json", headers=headers)
    assert (answer.status_code, SyncEvent.objects.count()) == (200, 1)
