"""What every endpoint shares: keys, the two error shapes, limits of the body."""

import httpx
import pytest

from tests.contract.client import refusal
from tests.contract.conftest import AUTH_URL


def test_it_wants_an_api_key(auth):
    answer = httpx.get(f"{auth.url}/settings")
    if AUTH_URL and answer.status_code == 200:
        pytest.skip("this Auth server stands without its gateway, which checks the keys")
    assert answer.status_code == 401


def test_it_refuses_an_unknown_api_key(auth):
    answer = httpx.get(f"{auth.url}/settings", headers={"apikey": "sb_publishable_wrong"})
    if AUTH_URL and answer.status_code == 200:
        pytest.skip("this Auth server stands without its gateway, which checks the keys")
    assert answer.status_code == 401


def test_it_names_errors_by_code_for_callers_that_name_a_version(auth):
    answer = auth.sign_in(auth.address())
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_credentials"
    assert answer.json()["message"]
    assert answer.headers["x-sb-error-code"] == "invalid_credentials"
    # Without this echo the client libraries look for the older shape and see no code.
    assert answer.headers["x-supabase-api-version"] == "2024-01-01"


def test_it_gives_older_callers_the_status_as_code(auth):
    body = {"email": auth.address(), "password": "x"}
    answer = auth.call("POST", "/token?grant_type=password", json=body, dated=False)
    assert answer.status_code == 400
    assert answer.json()["code"] == 400
    assert answer.json()["error_code"] == "invalid_credentials"
    assert answer.json()["msg"]


def test_it_refuses_a_body_that_is_not_json(auth):
    assert refusal(auth.call("POST", "/recover", content=b"{email")) == (400, "bad_json")


def test_it_refuses_a_body_above_one_megabyte(auth):
    answer = auth.call("POST", "/recover", content=b'{"email":"' + b"a" * 1_100_000 + b'"}')
    assert refusal(answer) == (413, "request_entity_too_large")


def test_it_tells_its_settings(auth):
    settings = auth.call("GET", "/settings").json()
    assert settings["external"]["email"] is True
    assert settings["disable_signup"] is False
    assert settings["mailer_autoconfirm"] is False


def test_it_tells_that_it_is_well(auth):
    answer = auth.call("GET", "/health")
    assert answer.status_code == 200
    assert {"version", "name", "description"} <= answer.json().keys()
