from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, AuthSession
from tests.accounts.safety import age_sign_in, age_token

ADDRESS = "/account/password/"
TYPED = {"password": "three other odd words"}


@pytest.mark.parametrize(
    ("address", "onward"),
    [(ADDRESS, "/account/security/"), ("/accounts/new-password/", "/work/")],
)
def test_it_sets_the_password(ada, auth, client, address, onward):
    auth.answers["PUT /user"] = (200, auth.record())
    answer = client.post(address, TYPED)
    assert (answer.status_code, answer["Location"]) == (302, onward)
    request = auth.calls("PUT /user")[0]
    assert request["body"] == TYPED
    assert request["headers"]["Authorization"].startswith("Bearer ey")
    assert AuditEntry.objects.filter(event="password.changed", target_id=ada.pk).exists()


def test_it_ends_the_other_sessions_and_keeps_this_one(ada, auth, client):
    elsewhere = Client()
    elsewhere.post("/accounts/sign-in/", {"email": ada.email, "password": "x"})
    assert AuthSession.objects.count() == 2
    auth.answers["PUT /user"] = (200, auth.record())
    client.post(ADDRESS, TYPED)
    assert elsewhere.get(ADDRESS).status_code == 302
    assert client.get(ADDRESS).status_code == 200


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (422, "weak_password", "easy to guess"),
        (422, "same_password", "your password already"),
        (403, "bad_jwt", "signed in too long ago"),
        (401, "insufficient_aal", "signed in too long ago"),
    ],
)
def test_it_explains_refusals(ada, auth, client, status, code, words):
    auth.refuse("PUT /user", status, code, weak_password={"reasons": []})
    answer = client.post(ADDRESS, TYPED)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert TYPED["password"] not in answer.content.decode()


def test_it_says_so_when_nothing_answers(ada, auth, client):
    auth.answers["PUT /user"] = (503, "<p>down</p>")
    assert client.post(ADDRESS, TYPED).status_code == 503
    assert AuthSession.objects.exists()


def test_it_is_for_people_who_are_signed_in(client, db):
    assert client.get(ADDRESS)["Location"] == f"/accounts/sign-in/?next={ADDRESS}"
    assert client.post(ADDRESS, TYPED).status_code == 302


@pytest.mark.parametrize("address", [ADDRESS, "/accounts/new-password/"])
def test_it_wants_a_recent_proof(ada, auth, client, address):
    age_sign_in(minutes=16)
    for answer in (client.get(address), client.post(address, TYPED)):
        assert answer["Location"].startswith("/account/confirm/?next=")
    assert not auth.calls("PUT /user")
    age_sign_in(minutes=14)
    assert client.get(address).status_code == 200


def test_it_mails_a_code_when_the_auth_server_wants_one(ada, auth, client):
    auth.answers["GET /reauthenticate"] = (200, {})
    auth.refuse("PUT /user", 400, "reauthentication_needed")
    answer = client.post(ADDRESS, TYPED)
    assert answer.status_code == 422
    assert 'name="nonce"' in answer.content.decode()
    assert len(auth.calls("GET /reauthenticate")) == 1
    auth.answers["PUT /user"] = (200, auth.record())
    assert client.post(ADDRESS, {**TYPED, "nonce": "123 456"}).status_code == 302
    assert auth.calls("PUT /user")[-1]["body"] == {**TYPED, "nonce": "123456"}


def test_it_asks_for_the_code_although_one_was_mailed_a_moment_ago(ada, auth, client):
    auth.refuse("GET /reauthenticate", 429, "over_email_send_rate_limit")
    auth.refuse("PUT /user", 400, "reauthentication_needed")
    answer = client.post(ADDRESS, TYPED)
    assert answer.status_code == 422
    assert 'name="nonce"' in answer.content.decode()


@pytest.mark.parametrize(
    ("status", "code", "field"),
    [
        (422, "reauthentication_not_valid", "nonce"),
        (400, "current_password_required", "current_password"),
        (400, "current_password_invalid", "current_password"),
    ],
)
def test_it_shows_the_field_that_is_asked_for(ada, auth, client, status, code, field):
    assert f'name="{field}"' not in client.get(ADDRESS).content.decode()
    auth.refuse("PUT /user", status, code)
    page = client.post(ADDRESS, TYPED).content.decode()
    assert f'name="{field}"' in page
    assert f"id_{field}_error" in page


def test_it_refreshes_an_old_token_first(ada, auth, client):
    age_token(minutes=-5)
    fresh = auth.session()
    auth.answers["POST /token"] = (200, fresh)
    auth.answers["PUT /user"] = (200, auth.record())
    assert client.post(ADDRESS, TYPED).status_code == 302
    sent = auth.calls("PUT /user")[0]["headers"]["Authorization"]
    assert sent == f"Bearer {fresh['access_token']}"


@pytest.mark.parametrize("code", ["session_not_found", "user_banned"])
def test_it_ends_a_session_that_is_over_there(ada, auth, client, code):
    auth.refuse("PUT /user", 403, code)
    answer = client.post(ADDRESS, TYPED)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/sign-in/")
    assert not AuthSession.objects.exists()
    assert "Your session has ended" in client.get("/accounts/sign-in/").content.decode()


def test_it_asks_for_a_new_sign_in_when_the_stored_token_cannot_be_read(ada, auth, client):
    AuthSession.objects.update(access_token="sealed with another key")
    assert client.post(ADDRESS, TYPED)["Location"] == "/accounts/sign-in/"
    assert not auth.calls("PUT /user")


def test_it_asks_for_a_new_sign_in_when_the_session_has_no_token(ada, auth, client):
    AuthSession.objects.all().delete()
    answer = client.get(ADDRESS)
    assert answer["Location"] == "/accounts/sign-in/?next=%2Faccount%2Fpassword%2F"
    assert client.get("/accounts/sign-in/").status_code == 200


def test_a_session_lasts_although_its_token_is_old(ada, client):
    AuthSession.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert client.get(ADDRESS).status_code == 200
