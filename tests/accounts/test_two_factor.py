import base64
import re

import pytest
from django.test import Client

from accounts.models import AuditEntry, AuthSession, Identity
from tests.accounts.safety import (
    PHONE,
    age_sign_in,
    refresh_tokens,
    require_second_factor,
    with_phone,
)

ADDRESS, SECRET = "/account/two-factor/", "JBSWY3DPEHPK3PXP"
REMOVE = f"/account/two-factor/{PHONE}/remove/"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h7v7"/></svg>'
ENROLLED = {
    "id": PHONE,
    "type": "totp",
    "friendly_name": "My phone",
    "totp": {"qr_code": SVG, "secret": SECRET, "uri": f"otpauth://totp/x?secret={SECRET}"},
}


@pytest.fixture
def begun(ada, auth, client):
    """Ada's browser after she gave her app a name."""
    with_phone(auth)
    auth.answers["POST /factors"] = (200, ENROLLED)
    return client.post(ADDRESS, {"name": "My phone"})


@pytest.fixture
def raised(begun, auth, client):
    """Ada's browser after the first code."""
    return client.post(ADDRESS, {"code": "123 456"})


def test_it_shows_what_the_app_needs(begun, client):
    page = client.get(begun["Location"]).content.decode()
    picture = re.search(r"data:image/svg\+xml;base64,([^\"]+)", page).group(1)
    assert base64.b64decode(picture).decode() == SVG
    assert "JBSW Y3DP EHPK 3PXP" in page
    assert "otpauth://totp/x" in page


def test_the_app_will_show_whose_codes_they_are(begun, auth):
    body = auth.calls("POST /factors")[0]["body"]
    assert body == {"factor_type": "totp", "friendly_name": "My phone", "issuer": "Portal"}


def test_asking_to_look_makes_nothing(ada, auth, client):
    assert client.get(ADDRESS).status_code == 200
    assert not auth.calls("POST /factors")


def test_the_first_code_turns_it_on(raised, ada, auth, client):
    assert raised["Location"] == "/account/security/"
    body = auth.calls(f"POST /factors/{PHONE}/verify")[0]["body"]
    assert body == {"challenge_id": "challenge-1", "code": "123456"}
    row = AuthSession.objects.get()
    assert row.aal == "aal2"
    assert refresh_tokens() == [auth.answers[f"POST /factors/{PHONE}/verify"][1]["refresh_token"]]
    assert "My phone" in client.get("/account/security/").content.decode()
    assert AuditEntry.objects.filter(event="factor.added", target_id=ada.pk).exists()


def test_the_answer_may_show_the_factor_as_it_was(begun, ada, auth, client):
    stale = auth.record(factors=[])
    auth.answers[f"POST /factors/{PHONE}/verify"] = (200, auth.session(stale, aal="aal2"))
    client.post(ADDRESS, {"code": "123456"})
    assert [f["friendly_name"] for f in Identity.objects.get().verified_factors] == ["My phone"]


def test_it_changes_the_key_of_the_session(begun, client):
    before = client.session.session_key
    client.post(ADDRESS, {"code": "123456"})
    assert client.session.session_key != before
    assert AuthSession.objects.get().session_key == client.session.session_key


def test_it_ends_the_sessions_without_a_second_factor(begun, ada, auth, client):
    other = Client()
    auth.answers["POST /token"] = (200, auth.session())
    other.post("/accounts/sign-in/", {"email": ada.email, "password": "x"})
    client.post(ADDRESS, {"code": "123456"})
    assert other.get("/account/security/").status_code == 302
    assert client.get("/account/security/").status_code == 200


def test_a_wrong_code_keeps_the_picture(begun, auth, client):
    auth.refuse(f"POST /factors/{PHONE}/verify", 422, "mfa_verification_failed")
    answer = client.post(ADDRESS, {"code": "000000"})
    assert answer.status_code == 422
    assert "not right" in answer.content.decode() and "data:image/svg" in answer.content.decode()
    assert AuthSession.objects.get().aal == "aal1"


@pytest.mark.parametrize("typed", ["12345", "abcdef", "", "1234567"])
def test_it_asks_for_six_digits(begun, auth, client, typed):
    assert client.post(ADDRESS, {"code": typed}).status_code == 422
    assert not auth.calls(f"POST /factors/{PHONE}/challenge")


def test_a_factor_that_is_gone_begins_again(begun, auth, client):
    auth.refuse(f"POST /factors/{PHONE}/challenge", 404, "mfa_factor_not_found")
    assert client.post(ADDRESS, {"code": "123456"})["Location"] == ADDRESS
    assert 'name="name"' in client.get(ADDRESS).content.decode()


def test_it_can_be_given_up(begun, auth, client):
    auth.answers[f"DELETE /factors/{PHONE}"] = (200, {"id": PHONE})
    client.post(ADDRESS, {"cancel": "yes"})
    assert auth.calls(f"DELETE /factors/{PHONE}")
    assert 'name="name"' in client.get(ADDRESS).content.decode()


def test_the_secret_is_sealed_while_it_waits(begun, client):
    assert SECRET not in str(dict(client.session))


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (422, "mfa_factor_name_conflict"),
        (422, "too_many_enrolled_mfa_factors"),
        (422, "mfa_totp_enroll_not_enabled"),
        (403, "insufficient_aal"),
    ],
)
def test_it_explains_refusals(ada, auth, client, status, code):
    auth.refuse("POST /factors", status, code)
    answer = client.post(ADDRESS, {"name": "My phone"})
    assert answer.status_code == 422
    assert 'value="My phone"' in answer.content.decode()


def test_two_apps_have_two_names(raised, client):
    assert "Choose another name" in client.post(ADDRESS, {"name": "my  PHONE"}).content.decode()


def test_it_is_removed(raised, ada, auth, client):
    auth.answers[f"DELETE /factors/{PHONE}"] = (200, {"id": PHONE})
    assert "Remove My phone?" in client.get(REMOVE).content.decode()
    assert not auth.calls(f"DELETE /factors/{PHONE}")
    assert client.post(REMOVE)["Location"] == "/account/security/"
    assert not Identity.objects.get().verified_factors
    assert AuthSession.objects.get().aal == "aal1"
    assert AuditEntry.objects.filter(event="factor.removed", target_id=ada.pk).exists()
    assert client.post(REMOVE).status_code == 404, "twice is harmless"


def test_removing_needs_aal2(raised, auth, client):
    auth.refuse(f"DELETE /factors/{PHONE}", 422, "insufficient_aal")
    assert client.post(REMOVE).status_code == 422
    assert Identity.objects.get().verified_factors


@pytest.mark.parametrize("address", [ADDRESS, REMOVE])
def test_both_want_a_recent_proof(raised, auth, client, address):
    age_sign_in()
    for answer in (client.get(address), client.post(address, {"name": "x"})):
        assert answer["Location"].startswith("/account/confirm/?next=")
    assert not auth.calls(f"DELETE /factors/{PHONE}")


@pytest.mark.django_db
@pytest.mark.parametrize("address", [ADDRESS, REMOVE])
def test_both_are_for_people_who_are_signed_in(client, address):
    for answer in (client.get(address), client.post(address)):
        assert answer["Location"].startswith("/accounts/sign-in/")


def test_somebody_elses_app_is_not_here(raised, auth):
    bob = auth.record("bob@lindencourt.example")
    auth.answers["POST /token"] = (200, auth.session(bob))
    stranger = Client()
    stranger.post("/accounts/sign-in/", {"email": bob["email"], "password": "x"})
    assert stranger.post(REMOVE).status_code == 404
    assert Identity.objects.get(subject=auth.record()["id"]).verified_factors


def test_an_outage_ends_nothing(begun, auth, client):
    auth.answers[f"POST /factors/{PHONE}/challenge"] = (503, "<p>down</p>")
    assert client.post(ADDRESS, {"code": "123456"}).status_code == 503
    assert AuthSession.objects.exists()


def test_it_says_why_when_the_site_asks_for_it(ada, client):
    require_second_factor("members")
    answer = client.get("/work/", follow=True)
    assert [address for address, _ in answer.redirect_chain] == [
        "/accounts/second-factor/?next=%2Fwork%2F",
        "/account/two-factor/?next=%2Fwork%2F",
    ]
    assert "Everybody who signs in here needs a second factor" in answer.content.decode()


def test_it_leads_back_to_where_the_person_wanted_to_go(begun, client):
    require_second_factor("members")
    answer = client.post(ADDRESS, {"code": "123456", "next": "/work/"})
    assert answer["Location"] == "/work/"
    assert client.get("/work/").status_code == 200
