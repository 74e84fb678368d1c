import json
import threading
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from accounts.supabase.errors import Unavailable
from accounts.supabase.jwks import KeySet
from tests.workers import eventually


def public_jwk(kid):
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    return {**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key)), "kid": kid, "alg": "ES256"}


class NoRow:
    """The shared row of a portal whose database is not there."""

    def read(self):
        return None

    def write(self, document):
        return None


class Source:
    """What the address answers: set `answer` to a document or an exception."""

    def __init__(self, *kids):
        self.answer = {"keys": [public_jwk(kid) for kid in kids]}
        self.fetches, self.now = 0, 1000.0
        self.keys = KeySet(
            "https://auth.example/jwks", fetch=self.fetch, clock=lambda: self.now, shared=NoRow()
        )

    def fetch(self, url):
        self.fetches += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_it_fetches_once_for_many_tokens():
    source = Source("a", "b")
    assert all(source.keys.find(kid) for kid in "ab" * 50)
    assert source.fetches == 1


def test_it_fetches_again_after_ten_minutes_and_forgets_removed_keys():
    source = Source("a")
    assert source.keys.find("a")
    source.answer = {"keys": [public_jwk("b")]}
    source.now += 601
    assert source.keys.find("a") is None
    assert source.keys.find("b")
    assert source.fetches == 2


def test_a_known_key_is_renewed_in_the_background_after_five_minutes():
    source = Source("a")
    source.keys.find("a")
    source.now += 301
    assert source.keys.find("a")
    assert eventually(lambda: source.fetches == 2)
    source.now += 299
    source.keys.find("a")
    assert source.fetches == 2, "the renewed keys are fresh"


def test_during_an_outage_a_known_key_waits_for_nothing():
    source, hang = Source("a"), threading.Event()
    source.keys.find("a")
    source.answer = Unavailable("down")
    source.now += 3600
    assert source.keys.find("a"), "the first one finds out"

    def slow(url):
        source.fetches += 1
        hang.wait(10)
        raise Unavailable("timeout")

    source.keys._fetch = slow
    source.now += 31
    before = time.monotonic()
    assert source.keys.find("a")
    assert time.monotonic() - before < 0.05
    assert eventually(lambda: source.fetches == 3)
    hang.set()


def test_it_finds_a_new_key_without_waiting_ten_minutes():
    source = Source("a")
    source.keys.find("a")
    source.answer["keys"].append(public_jwk("b"))
    source.now += 31
    assert source.keys.find("b")


@pytest.mark.parametrize("kids", [("a",), ()], ids=["some keys", "no keys"])
def test_it_fetches_at_most_once_in_thirty_seconds_for_unknown_keys(kids):
    source = Source(*kids)
    for number in range(1000):
        assert source.keys.find(f"unknown-{number}") is None
    assert source.fetches == 1
    source.now += 31
    source.keys.find("unknown")
    assert source.fetches == 2


def test_failed_fetches_count_too():
    source = Source()
    source.answer = Unavailable("down")
    for _ in range(100):
        with pytest.raises(Unavailable):
            source.keys.find("a")
    assert source.fetches == 1


def test_it_keeps_known_keys_for_a_day_of_outage():
    source = Source("a")
    source.keys.find("a")
    source.answer = Unavailable("down")
    source.now += 23 * 3600
    assert source.keys.find("a")
    source.now += 2 * 3600
    with pytest.raises(Unavailable):
        source.keys.find("a")


@pytest.mark.parametrize("answer", [[], {}, {"keys": None}, {"keys": "x"}, "text", None])
def test_it_calls_another_shape_an_outage(answer):
    source = Source()
    source.answer = answer
    with pytest.raises(Unavailable):
        source.keys.find("a")


def test_it_leaves_out_unusable_and_symmetric_keys():
    source = Source("good")
    secret = {"kty": "oct", "k": "c2VjcmV0", "kid": "secret", "alg": "HS256"}
    source.answer["keys"] += [secret, {"kty": "EC", "kid": "bad"}, {"kty": "RSA"}, None, 7]
    assert source.keys.find("good")
    assert source.keys.find("secret") is None
    assert source.keys.find("bad") is None


def test_a_known_key_never_waits_for_a_hanging_fetch():
    source, hang, started = Source("a"), threading.Event(), threading.Event()
    source.keys.find("a")
    source.now += 31

    def slow(url):
        started.set()
        hang.wait(10)
        raise Unavailable("timeout")

    source.keys._fetch = slow
    stuck = threading.Thread(target=source.keys.find, args=("unknown",))
    stuck.start()
    started.wait(5)
    before = time.monotonic()
    for number in range(50):
        assert source.keys.find("a")
        assert source.keys.find(f"unknown-{number}") is None
    waited = time.monotonic() - before
    hang.set()
    stuck.join(5)
    assert waited < 0.5


def test_everybody_waits_for_the_first_answer():
    source = Source("a")
    plain, results = source.fetch, []

    def slow(url):
        time.sleep(0.1)
        return plain(url)

    source.keys._fetch = slow
    threads = [
        threading.Thread(target=lambda: results.append(source.keys.find("a"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert len(results) == 8
    assert all(results)
    assert source.fetches == 1
