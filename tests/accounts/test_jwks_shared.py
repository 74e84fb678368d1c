"""What processes know of each other's keys, and what a flood of key ids costs."""

import threading
import time
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from urllib.parse import urlsplit

import jwt
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import KeySetSnapshot
from accounts.schedule import refresh_signing_keys
from accounts.supabase import jwks
from accounts.supabase.errors import Unavailable
from accounts.supabase.jwks import KeySet, Pause
from accounts.tokens import InvalidToken, verify_access_token
from tests.accounts.fake_auth import KID
from tests.accounts.test_jwks import NoRow, public_jwk
from tests.faults.proxy import SpoilingProxy

URL = "https://auth.example/jwks"
JWKS = "GET /.well-known/jwks.json"
pytestmark = pytest.mark.django_db


class Process:
    """One process's view of the keys; ``published`` is shared by all of a test."""

    def __init__(self, published):
        self.published, self.fetches, self.now = published, 0, 1000.0
        self.keys = KeySet(URL, fetch=self.fetch, clock=lambda: self.now)

    def fetch(self, url):
        self.fetches += 1
        if isinstance(self.published, Exception):
            raise self.published
        return {"keys": [public_jwk(kid) for kid in self.published]}


def test_a_process_that_starts_reads_what_another_fetched():
    first, second = Process(["a"]), Process(Unavailable("down"))
    assert first.keys.find("a")
    assert second.keys.find("a")
    assert second.fetches == 0


def test_a_restart_during_an_outage_still_verifies():
    Process(["a"]).keys.find("a")
    KeySetSnapshot.objects.update(fetched_at=timezone.now() - timedelta(hours=20))
    after = Process(Unavailable("down"))
    assert after.keys.find("a")
    after.now += 5 * 3600
    with pytest.raises(Unavailable):
        after.keys.find("a")


def test_a_key_that_one_process_lost_is_refused_by_all_within_seconds():
    published = ["a", "b"]
    first, second = Process(published), Process(published)
    assert first.keys.find("b") and second.keys.find("b")
    published.remove("b")
    assert first.keys.renew() == ["a"]
    second.now += 6
    assert second.keys.find("a")
    assert second.keys.find("b") is None
    assert second.fetches <= 1, "one for the unknown key"


def test_a_clock_that_is_ahead_does_not_hide_what_is_newer():
    ahead = timezone.now() + timedelta(hours=1)
    KeySetSnapshot.objects.create(url=URL, document={"keys": []}, fetched_at=ahead)
    process = Process(["a"])
    process.keys.renew()
    row = KeySetSnapshot.objects.get()
    assert row.fetched_at > ahead
    assert [key["kid"] for key in row.document["keys"]] == ["a"]


def test_a_spoiled_row_is_fetched_again():
    KeySetSnapshot.objects.create(url=URL, document="x", fetched_at=timezone.now())
    assert Process(["a"]).keys.find("a")


def test_it_verifies_without_the_table(auth):
    with connection.cursor() as cursor:  # the test's transaction brings it back
        cursor.execute("ALTER TABLE accounts_keysetsnapshot RENAME TO elsewhere")
    assert verify_access_token(auth.token()).email == "ada@lindencourt.example"
    assert verify_access_token(auth.token()), "the transaction around it is not spoiled"


def test_a_thousand_unknown_keys_cost_one_request(auth):
    good = auth.token()
    verify_access_token(good)
    claims, waits = auth.claims(), []
    for number in range(1000):
        token = jwt.encode(claims, auth.key, "ES256", headers={"kid": f"random-{number}"})
        with pytest.raises(InvalidToken):
            verify_access_token(token)
        if number % 50 == 0:
            before = time.perf_counter()
            verify_access_token(good)
            waits.append(time.perf_counter() - before)
    assert len(auth.calls(JWKS)) == 1
    assert max(waits) < 0.05


def test_pyjwts_client_asks_again_for_each_token_of_a_project_without_keys(auth):
    auth.jwks = {"keys": []}
    client = jwt.PyJWKClient(f"{auth.url}/.well-known/jwks.json")
    for number in range(20):
        with pytest.raises(jwt.PyJWTError):
            client.get_signing_key(f"random-{number}")
    assert len(auth.calls(JWKS)) == 20
    for number in range(20):
        with pytest.raises(InvalidToken):
            verify_access_token(jwt.encode({}, auth.key, "ES256", headers={"kid": str(number)}))
    assert len(auth.calls(JWKS)) == 21


def test_the_worker_fetches_so_that_requests_need_not(auth):
    refresh_signing_keys()
    assert len(auth.calls(JWKS)) == 1
    jwks._key_set.cache_clear()
    assert verify_access_token(auth.token())
    assert len(auth.calls(JWKS)) == 1


def test_the_worker_takes_an_outage_calmly(auth):
    auth.jwks = "<html>"
    refresh_signing_keys()
    assert not KeySetSnapshot.objects.exists()


def test_flushing_forgets_a_removed_key_at_once(auth):
    token = auth.token()
    verify_access_token(token)
    auth.jwks = {"keys": [public_jwk("other")]}
    out = StringIO()
    call_command("flush_jwks", stdout=out)
    assert "other" in out.getvalue()
    with pytest.raises(InvalidToken):
        verify_access_token(token)


def test_flushing_says_when_the_keys_cannot_be_had(auth):
    auth.jwks = "<html>"
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("flush_jwks")


@pytest.fixture
def hanging(auth):
    """The address of the keys behind a proxy that hangs when told to."""
    address = urlsplit(auth.url)
    proxy = SpoilingProxy((address.hostname, address.port))
    yield proxy, f"http://127.0.0.1:{proxy.port}/auth/v1/.well-known/jwks.json"
    proxy.close()


def slowest_wait(flood, ask, many=50, times=20):
    """Start ``flood`` in ``many`` threads and return the longest of some calls of ``ask``."""
    threads = [threading.Thread(target=flood, args=(n,), daemon=True) for n in range(many)]
    for each in threads:
        each.start()
    waits = []
    for _ in range(times):
        before = time.perf_counter()
        ask()
        waits.append(time.perf_counter() - before)
        time.sleep(0.01)
    return max(waits)


def test_a_hanging_address_and_fifty_unknown_keys_hold_nobody_up(hanging):
    proxy, url = hanging
    keys = KeySet(url, shared=NoRow())
    assert keys.find(KID)
    keys._fetch_pause = Pause(30, time.monotonic)
    proxy.spoil("timeout")
    asked = proxy.connections
    wait = slowest_wait(lambda n: keys.find(f"unknown-{n}"), lambda: keys.find(KID))
    assert wait < 0.05
    assert proxy.connections == asked + 1


def test_pyjwts_client_holds_everybody_up(hanging):
    proxy, url = hanging
    client = jwt.PyJWKClient(url, timeout=1, cooldown_duration=0, lifespan=1)
    client.get_signing_key(KID)
    proxy.spoil("timeout")

    def unknown(number):
        with pytest.raises(jwt.PyJWTError):
            client.get_signing_key(f"unknown-{number}")

    def known():
        with suppress(jwt.PyJWTError):
            client.get_signing_key(KID)
        time.sleep(0.2)

    assert slowest_wait(unknown, known, many=5, times=4) > 0.5
