"""Authenticator apps: enrolling, being asked, what a session without one may not do."""

import time

import jwt
import pyotp
import pytest

from tests.contract.client import PASSWORD, refusal
from tests.contract.conftest import AUTH_URL


def call(auth, session, method, path, **body):
    body = {} if method == "POST" and not body else body or None
    return auth.call(method, path, bearer=session["access_token"], json=body)


def enroll(auth, session, name="My phone"):
    return call(auth, session, "POST", "/factors", factor_type="totp", friendly_name=name)


def prove(auth, session, factor, code=""):
    challenge = call(auth, session, "POST", f"/factors/{factor['id']}/challenge")
    assert challenge.status_code == 200, challenge.text
    code = code or pyotp.TOTP(factor["totp"]["secret"]).now()
    path = f"/factors/{factor['id']}/verify"
    return call(auth, session, "POST", path, challenge_id=challenge.json()["id"], code=code)


def claims(session):
    return jwt.decode(session["access_token"], options={"verify_signature": False})


@pytest.fixture
def session(auth):
    return auth.session()


@pytest.fixture
def factor(auth, session):
    return enroll(auth, session).json()


def test_it_hands_out_what_an_app_needs(auth, session):
    answer = enroll(auth, session, "My phone")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["type"], body["friendly_name"]) == ("totp", "My phone")
    assert body["totp"]["qr_code"].lstrip().startswith(("<svg", "<?xml"))
    assert pyotp.parse_uri(body["totp"]["uri"]).secret == body["totp"]["secret"]


def test_a_factor_counts_after_its_first_code(auth, session, factor):
    assert auth.me(session).json()["factors"][0]["status"] == "unverified"
    answer = prove(auth, session, factor)
    assert answer.status_code == 200
    raised = answer.json()
    assert claims(raised)["aal"] == "aal2"
    assert "totp" in {way["method"] for way in claims(raised)["amr"]}
    assert claims(raised)["session_id"] == claims(session)["session_id"]
    assert raised["refresh_token"] != session["refresh_token"]
    shown = auth.me(raised).json()["factors"][0]
    assert (shown["id"], shown["status"]) == (factor["id"], "verified")
    assert (shown["factor_type"], shown["friendly_name"]) == ("totp", "My phone")
    assert "secret" not in shown


def test_a_refreshed_session_stays_raised(auth, session, factor):
    raised = prove(auth, session, factor).json()
    fresh = auth.refresh(raised["refresh_token"])
    assert claims(fresh.json())["aal"] == "aal2"


def test_it_ends_the_sessions_without_a_second_factor(auth):
    user = auth.make_user()
    here, there = auth.session(user), auth.session(user)
    prove(auth, here, enroll(auth, here).json())
    assert refusal(auth.me(there)) == (403, "session_not_found")


def test_the_next_sign_in_starts_without_it(auth):
    user = auth.make_user()
    first = auth.session(user)
    factor = enroll(auth, first).json()
    prove(auth, first, factor)
    later = auth.session(user)
    assert claims(later)["aal"] == "aal1"
    assert later["user"]["factors"][0]["status"] == "verified"
    assert claims(prove(auth, later, factor).json())["aal"] == "aal2"


def test_it_refuses_a_wrong_code(auth, session, factor):
    right = pyotp.TOTP(factor["totp"]["secret"]).now()
    wrong = f"{(int(right) + 500_000) % 1_000_000:06}"
    assert refusal(prove(auth, session, factor, wrong)) == (422, "mfa_verification_failed")
    assert auth.me(session).status_code == 200


def test_it_refuses_a_challenge_that_was_spent(auth, session, factor):
    path = f"/factors/{factor['id']}"
    challenge = call(auth, session, "POST", f"{path}/challenge").json()
    assert challenge["expires_at"] > time.time()
    code = pyotp.TOTP(factor["totp"]["secret"]).now()
    body = {"challenge_id": challenge["id"], "code": code}
    raised = call(auth, session, "POST", f"{path}/verify", **body).json()
    answer = call(auth, raised, "POST", f"{path}/verify", **body)
    assert refusal(answer) == (422, "mfa_ip_address_mismatch")


@pytest.mark.skipif(bool(AUTH_URL), reason="needs address forwarding, which is off by default")
def test_it_refuses_a_challenge_from_another_address(auth, session, factor):
    path = f"/factors/{factor['id']}"
    challenge = auth.call(
        "POST",
        f"{path}/challenge",
        bearer=session["access_token"],
        json={},
        headers={"apikey": auth.secret_key, "Sb-Forwarded-For": "203.0.113.7"},
    )
    code = pyotp.TOTP(factor["totp"]["secret"]).now()
    body = {"challenge_id": challenge.json()["id"], "code": code}
    answer = call(auth, session, "POST", f"{path}/verify", **body)
    assert refusal(answer) == (422, "mfa_ip_address_mismatch")


def test_it_knows_only_ones_own_factors(auth, session, factor):
    stranger = auth.session()
    answer = call(auth, stranger, "POST", f"/factors/{factor['id']}/challenge")
    assert refusal(answer) == (404, "mfa_factor_not_found")


def test_it_refuses_a_second_factor_of_the_same_name(auth, session, factor):
    raised = prove(auth, session, factor).json()
    assert refusal(enroll(auth, raised, "My phone")) == (422, "mfa_factor_name_conflict")
    assert enroll(auth, raised, "My tablet").status_code == 200


def test_a_password_alone_changes_nothing_about_the_account(auth):
    user = auth.make_user()
    first = auth.session(user)
    factor = enroll(auth, first).json()
    prove(auth, first, factor)
    low = auth.session(user)
    assert refusal(enroll(auth, low, "Thief")) == (403, "insufficient_aal")
    answer = call(auth, low, "PUT", "/user", password="another-password-26")
    assert refusal(answer) == (401, "insufficient_aal")
    answer = call(auth, low, "PUT", "/user", email=auth.address())
    assert refusal(answer) == (401, "insufficient_aal")
    answer = call(auth, low, "DELETE", f"/factors/{factor['id']}")
    assert refusal(answer) == (422, "insufficient_aal")


def test_a_removed_factor_lowers_the_session(auth, session, factor):
    raised = prove(auth, session, factor).json()
    answer = call(auth, raised, "DELETE", f"/factors/{factor['id']}")
    assert (answer.status_code, answer.json()) == (200, {"id": factor["id"]})
    assert not auth.me(raised).json().get("factors")
    assert claims(auth.refresh(raised["refresh_token"]).json())["aal"] == "aal1"


def test_a_factor_that_was_never_proved_is_removed_without_one(auth, session, factor):
    assert call(auth, session, "DELETE", f"/factors/{factor['id']}").status_code == 200
    answer = call(auth, session, "DELETE", f"/factors/{factor['id']}")
    assert refusal(answer) == (404, "mfa_factor_not_found")


def test_staff_sees_and_resets_factors(auth, session, factor):
    path = f"/admin/users/{session['user']['id']}/factors"
    prove(auth, session, factor)
    assert [each["id"] for each in auth.admin("GET", path).json()] == [factor["id"]]
    assert auth.admin("DELETE", f"{path}/{factor['id']}").status_code == 200
    assert auth.admin("GET", path).json() == []
    assert "aal2" not in claims(auth.sign_in(session["user"]["email"], PASSWORD).json())["aal"]


def test_it_refuses_kinds_it_does_not_know(auth, session):
    answer = call(auth, session, "POST", "/factors", factor_type="sundial")
    assert refusal(answer) == (400, "validation_failed")
