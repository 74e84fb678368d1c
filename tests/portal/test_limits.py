"""Buckets of tokens: how many pass, also at once, and which attempts share one."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from portal import limits
from portal.limits.models import Bucket
from portal.limits.schedule import clear_full_buckets
from portal.queue import schedule, worker
from portal.queue.models import ScheduledRun

NOW = 1_790_000_000.0


def passes(times: int, now: float = NOW, **how: object) -> int:
    return sum(limits.spend("test", "ada", now=now, **how).allowed for _ in range(times))


def test_it_lets_as_many_pass_as_the_limit_says(db):
    assert passes(9, limit=5, seconds=300) == 5


@pytest.mark.parametrize(("limit", "seconds"), [(1, 1), (3, 10), (7, 60), (10, 60), (30, 300)])
def test_it_fills_to_the_brim_whatever_the_numbers(db, limit, seconds):
    assert passes(limit * 2, limit=limit, seconds=seconds) == limit
    assert passes(limit * 2, now=NOW + seconds + 1, limit=limit, seconds=seconds) == limit


def test_it_gives_back_one_token_at_a_time(db):
    passes(5, limit=5, seconds=300)
    assert passes(3, now=NOW + 59, limit=5, seconds=300) == 0
    assert passes(3, now=NOW + 61, limit=5, seconds=300) == 1


def test_it_says_when_to_come_again_and_keeps_its_word(db):
    passes(5)
    refused = limits.spend("test", "ada", now=NOW)
    assert refused == (False, 60)
    assert limits.spend("test", "ada", now=NOW + refused.retry_after).allowed


def test_a_refused_attempt_costs_nothing(db):
    passes(50)
    assert passes(3, now=NOW + 61) == 1


def test_each_name_and_key_has_a_bucket_of_its_own(db):
    passes(5)
    assert limits.spend("test", "bob", now=NOW).allowed
    assert limits.spend("other", "ada", now=NOW).allowed


def test_it_can_be_filled_again(db):
    passes(5)
    limits.refill("test", "ada")
    assert passes(9) == 5


def test_a_clock_that_was_set_back_locks_nobody_out(db):
    passes(5, now=NOW + 86_400)
    assert passes(9) == 5


def test_it_stores_nobodys_address(db):
    limits.spend("sign-in", "ada@lindencourt.example")
    assert "ada" not in repr(Bucket.objects.values().get())


def test_the_key_depends_on_the_secret(db, settings):
    limits.spend("sign-in", "ada")
    settings.SECRET_KEY = "another-secret"
    limits.spend("sign-in", "ada")
    assert Bucket.objects.count() == 2


def test_strange_characters_do_no_harm(db):
    assert limits.spend("test", "\ud800\x00").allowed


def at_once(call, times: int = 20) -> int:
    """Return how many of ``times`` parallel calls returned something true."""

    def run(_: int) -> bool:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return sum(pool.map(run, range(times)))


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_pass_no_more_than_the_limit():
    assert at_once(lambda: limits.spend("test", "ada", limit=5, seconds=3000).allowed) == 5


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_at_the_edge_pass_once():
    passes(4, now=time.time(), limit=5, seconds=3000)
    assert at_once(lambda: limits.spend("test", "ada", limit=5, seconds=3000).allowed) == 1


@pytest.mark.django_db(transaction=True)
def test_reading_first_would_let_too_many_pass():
    """The control: the same race is lost by a limit that looks before it writes."""
    Bucket.objects.create(key="careless", full_at=4)

    def careless() -> bool:
        spent = Bucket.objects.get(key="careless").full_at
        time.sleep(0.05)
        Bucket.objects.filter(key="careless").update(full_at=spent + 1)
        return spent < 5

    assert at_once(careless) > 1


def refuse(execute, sql, params, many, context):
    raise OperationalError("disk full")


def test_people_pass_when_the_database_fails_and_the_log_says_so(db, caplog):
    with connection.execute_wrapper(refuse):
        assert limits.spend("test", "ada@lindencourt.example").allowed
    assert "The limit test could not be kept" in caplog.text
    assert "ada@" not in caplog.text


def test_filling_again_fails_quietly(db):
    with connection.execute_wrapper(refuse):
        limits.refill("test", "ada")


def test_a_closed_limit_refuses_when_the_database_fails(db):
    with connection.execute_wrapper(refuse):
        assert not limits.spend("test", "ada", closed=True).allowed


def test_the_schedule_clears_buckets_that_are_full_again(db):
    limits.spend("test", "ada", now=time.time() - 301, limit=1)
    limits.spend("test", "bob", limit=1)
    clear_full_buckets()
    assert Bucket.objects.count() == 1
    assert not limits.spend("test", "bob", limit=1).allowed


def test_clearing_is_a_job_of_the_schedule(db):
    schedule.plan(timezone.now())
    ScheduledRun.objects.exclude(job="clear-full-buckets").delete()
    limits.spend("test", "ada", now=time.time() - 400)
    (queue,) = [queue for queue in worker.queues() if queue.rows.model is ScheduledRun]
    worker.process(queue)
    assert not Bucket.objects.exists()


@pytest.mark.parametrize(
    "typed",
    ["Ada@Court.example", " ada@court.example\t", "ＡＤＡ@court.example", "ADA@COURT.EXAMPLE"],
)
def test_spellings_of_one_address_share_a_bucket(typed):
    assert limits.same_text(typed) == "ada@court.example"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "key"),
    [
        (0, "203.0.113.9", "198.51.100.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 192.0.2.2", "203.0.113.9"),
        (2, "6.6.6.6, 7.7.7.7, 203.0.113.9, 192.0.2.2", "203.0.113.9"),
        (1, "2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "nonsense", "::/64"),
    ],
)
def test_what_a_client_says_of_itself_changes_nothing(rf, settings, proxies, forwarded, key):
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR="198.51.100.1", headers={"X-Forwarded-For": forwarded})
    assert limits.client_key(request) == key


def test_another_address_of_the_same_network_gets_no_new_bucket(rf):
    keys = {
        limits.client_key(rf.get("/", REMOTE_ADDR=address))
        for address in ("2001:db8::1", "2001:db8::ffff")
    }
    assert len(keys) == 1
