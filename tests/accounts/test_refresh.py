"""One refresh for any number of requests, kept before anything else; outages end nothing."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import AuthSession, User
from accounts.sessions import refresh, token_vault
from accounts.sessions.refresh import usable_token
from accounts.supabase.errors import Limited, Refused, Unavailable
from tests.accounts.safety import age_token, refresh_tokens

ENDED = sorted(refresh.ENDED)


def slowly(answer, seconds=0.15):
    """An Auth server that takes a while: long enough for ten requests to meet."""

    def respond():
        time.sleep(seconds)
        return answer() if callable(answer) else answer

    return respond


def together(count=10):
    """Let threads ask for the token at once; return their answers, exceptions included."""

    def ask(_):
        try:
            return usable_token(AuthSession.objects.select_related("identity").get())
        except (Limited, Refused, Unavailable) as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(ask, range(count)))


@pytest.fixture
def row(ada, auth):
    auth.requests.clear()
    return AuthSession.objects.select_related("identity").get()


def test_a_token_with_time_left_is_used_as_it_is(row, auth):
    age_token(seconds=90)
    assert usable_token(row) == token_vault.unseal(row.access_token)
    assert not auth.requests


def test_it_refreshes_with_less_than_a_minute_left_and_keeps_the_pair(row, auth):
    age_token(seconds=30)
    old, fresh = refresh_tokens()[0], auth.session()
    auth.answers["POST /token"] = (200, fresh)
    assert usable_token(row) == fresh["access_token"]
    assert auth.calls("POST /token")[0]["body"] == {"refresh_token": old}
    assert refresh_tokens() == [fresh["refresh_token"]]
    kept = AuthSession.objects.get()
    assert kept.refreshing_until is None
    assert int(kept.expires_at.timestamp()) == fresh["expires_at"]


@pytest.mark.django_db(transaction=True)
def test_ten_requests_refresh_once(row, auth):
    age_token(minutes=-5)
    fresh = auth.session()
    auth.answers["POST /token"] = slowly((200, fresh))
    assert together(10) == [fresh["access_token"]] * 10
    assert len(auth.calls("POST /token")) == 1
    assert refresh_tokens() == [fresh["refresh_token"]]


@pytest.mark.django_db(transaction=True)
def test_without_the_lease_they_refresh_more_often(row, auth, monkeypatch):
    """The control: what the test above would see if the lease let everybody through."""
    monkeypatch.setattr(refresh, "_lease", lambda session: True)
    age_token(minutes=-5)
    auth.answers["POST /token"] = slowly(lambda: (200, auth.session()))
    together(10)
    assert len(auth.calls("POST /token")) > 1


@pytest.mark.django_db(transaction=True)
def test_the_lease_of_a_process_that_died_runs_out(row, auth, monkeypatch):
    monkeypatch.setattr(refresh, "WAIT_SECONDS", 0.2)
    age_token(minutes=-5)
    AuthSession.objects.update(refreshing_until=timezone.now() + timedelta(seconds=10))
    with pytest.raises(Unavailable):
        usable_token(row)
    AuthSession.objects.update(refreshing_until=timezone.now() - timedelta(seconds=1))
    auth.answers["POST /token"] = (200, auth.session())
    assert usable_token(row)
    assert len(auth.calls("POST /token")) == 1


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_another_uses_a_token_that_still_holds(row, auth, monkeypatch):
    monkeypatch.setattr(refresh, "WAIT_SECONDS", 0.2)
    age_token(seconds=30)
    AuthSession.objects.update(refreshing_until=timezone.now() + timedelta(seconds=10))
    assert usable_token(row) == token_vault.unseal(row.access_token)
    assert not auth.requests


@pytest.mark.parametrize("code", ENDED)
def test_it_says_that_a_session_is_over(row, auth, code):
    age_token(minutes=-5)
    auth.refuse("POST /token", 400, code)
    with pytest.raises(Refused) as refusal:
        usable_token(row)
    assert refusal.value.code == code


TROUBLE = [(409, "conflict"), (429, "over_request_rate_limit"), (500, "unexpected_failure")]


@pytest.mark.parametrize(("status", "code"), TROUBLE)
def test_trouble_keeps_a_token_that_still_holds(row, auth, status, code):
    age_token(seconds=30)
    auth.refuse("POST /token", status, code)
    assert usable_token(row) == token_vault.unseal(row.access_token)
    assert AuthSession.objects.get().refreshing_until is None


@pytest.mark.parametrize(("status", "code"), TROUBLE)
def test_trouble_ends_no_session(row, auth, client, status, code):
    age_token(minutes=-5)
    auth.refuse("POST /token", status, code)
    with pytest.raises((Limited, Unavailable)):
        usable_token(row)
    assert client.get("/account/security/").status_code == 200
    auth.answers["POST /token"] = (200, auth.session())
    assert usable_token(row), "the same session goes on when the trouble is over"


@pytest.mark.parametrize("code", ENDED)
def test_a_session_that_is_over_ends_here(ada, auth, client, code):
    age_token(minutes=-5)
    auth.refuse("POST /token", 400, code)
    answer = client.post("/account/password/", {"password": "three other odd words"})
    assert answer["Location"] == "/accounts/sign-in/"
    assert not AuthSession.objects.exists()
    assert client.get("/account/security/").status_code == 302


@pytest.mark.parametrize(("status", "code"), TROUBLE)
def test_a_page_that_acts_says_to_try_again(ada, auth, client, status, code):
    age_token(minutes=-5)
    auth.refuse("POST /token", status, code)
    answer = client.post("/account/password/", {"password": "three other odd words"})
    assert answer.status_code in (429, 503)
    assert answer["Retry-After"]
    assert AuthSession.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_session_that_was_ended_meanwhile_stays_ended(row, auth):
    age_token(minutes=-5)

    def end_and_answer():
        AuthSession.objects.all().delete()
        connection.close()
        return 200, auth.session()

    auth.answers["POST /token"] = end_and_answer
    with pytest.raises(Refused):
        usable_token(row)
    assert not AuthSession.objects.exists()


def test_it_learns_of_a_ban(row, auth, client):
    age_token(minutes=-5)
    banned = auth.record(banned_until=(timezone.now() + timedelta(days=1)).isoformat())
    auth.answers["POST /token"] = (200, auth.session(banned))
    usable_token(row)
    assert client.get("/account/security/").status_code == 302


def test_it_learns_that_the_second_factor_is_gone(row, auth):
    AuthSession.objects.update(aal="aal2")
    age_token(minutes=-5)
    auth.answers["POST /token"] = (200, auth.session(aal="aal1"))
    usable_token(row)
    assert AuthSession.objects.get().aal == "aal1"


def test_pages_ask_the_auth_server_nothing(ada, auth, client):
    age_token(minutes=-5)
    auth.requests.clear()
    for address in ("/work/", "/", "/account/", "/account/security/", "/account/two-factor/"):
        assert client.get(address).status_code == 200, address
    assert not auth.requests


def test_nothing_of_a_token_is_shown(ada, client, caplog):
    row = AuthSession.objects.get()
    shown = client.get("/account/security/").content.decode() + repr(row) + caplog.text
    for sealed in (row.access_token, row.refresh_token):
        assert sealed not in shown and token_vault.unseal(sealed) not in shown
    assert User.objects.count() == 1
