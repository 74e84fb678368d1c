"""Refreshing a session and ending it."""

import time

import jwt
import pytest

from tests.contract.client import refusal

ENDED = {"refresh_token_not_found", "refresh_token_already_used", "session_not_found"}


def session_id(session):
    options = {"verify_signature": False}
    return jwt.decode(session["access_token"], options=options)["session_id"]


def test_it_hands_out_a_new_pair_for_the_same_session(auth):
    first = auth.session()
    answer = auth.refresh(first["refresh_token"])
    assert answer.status_code == 200
    assert answer.json()["refresh_token"] != first["refresh_token"]
    assert session_id(answer.json()) == session_id(first)
    assert auth.me(answer.json()).status_code == 200


def test_it_forgives_the_reuse_of_the_direct_predecessor(auth):
    first = auth.session()
    second = auth.refresh(first["refresh_token"]).json()
    time.sleep(auth.reuse_seconds + 0.2)
    again = auth.refresh(first["refresh_token"])
    assert again.status_code == 200
    assert again.json()["refresh_token"] == second["refresh_token"]


def test_it_ends_the_family_when_an_older_token_comes_back(auth):
    first = auth.session()
    second = auth.refresh(first["refresh_token"]).json()
    third = auth.refresh(second["refresh_token"]).json()
    time.sleep(auth.reuse_seconds + 0.2)
    stale = auth.refresh(first["refresh_token"])
    assert refusal(stale) == (400, "refresh_token_already_used")
    after = auth.refresh(third["refresh_token"])
    assert after.status_code == 400
    assert after.json()["code"] in ENDED


def test_it_refuses_an_unknown_refresh_token(auth):
    assert refusal(auth.refresh("neverissued12")) == (400, "refresh_token_not_found")


def test_it_refuses_a_missing_refresh_token(auth):
    assert refusal(auth.refresh("")) == (400, "validation_failed")


def test_it_logs_out_one_session_and_leaves_the_others(auth):
    user = auth.make_user()
    here, there = auth.session(user), auth.session(user)
    answer = auth.call("POST", "/logout?scope=local", bearer=here["access_token"])
    assert (answer.status_code, answer.content) == (204, b"")
    assert refusal(auth.me(here)) == (403, "session_not_found")
    assert auth.refresh(here["refresh_token"]).json()["code"] in ENDED
    assert auth.me(there).status_code == 200


def test_it_says_that_a_session_is_already_out(auth):
    session = auth.session()
    for _ in range(2):
        answer = auth.call("POST", "/logout?scope=local", bearer=session["access_token"])
    assert refusal(answer) == (403, "session_not_found")


@pytest.mark.parametrize(
    ("query", "own", "other"),
    [("", 403, 403), ("?scope=global", 403, 403), ("?scope=others", 200, 403)],
)
def test_it_ends_what_the_scope_names(auth, query, own, other):
    user = auth.make_user()
    here, there = auth.session(user), auth.session(user)
    auth.call("POST", f"/logout{query}", bearer=here["access_token"])
    assert auth.me(here).status_code == own
    assert auth.me(there).status_code == other


def test_it_refuses_an_unknown_scope(auth):
    session = auth.session()
    answer = auth.call("POST", "/logout?scope=nowhere", bearer=session["access_token"])
    assert refusal(answer) == (400, "validation_failed")
