from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuthSession

ADDRESS = "/accounts/new-password/"
TYPED = {"password": "three other odd words"}


def test_it_sets_the_password(ada, auth, client):
    auth.answers["PUT /user"] = (200, auth.record())
    answer = client.post(ADDRESS, TYPED)
    assert (answer.status_code, answer["Location"]) == (302, "/work/")
    request = auth.calls("PUT /user")[0]
    assert request["body"] == TYPED
    assert request["headers"]["Authorization"].startswith("Bearer ey")


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
        (400, "reauthentication_needed", "signed in too long ago"),
        (403, "bad_jwt", "signed in too long ago"),
        (403, "session_not_found", "signed in too long ago"),
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


def test_it_is_for_people_who_are_signed_in(client, db):
    assert client.get(ADDRESS)["Location"] == f"/accounts/sign-in/?next={ADDRESS}"
    assert client.post(ADDRESS, TYPED).status_code == 302


def test_it_asks_for_a_link_when_the_stored_token_cannot_be_read(ada, auth, client):
    AuthSession.objects.update(access_token="sealed with another key")
    answer = client.post(ADDRESS, TYPED)
    assert answer.status_code == 422
    assert "signed in too long ago" in answer.content.decode()
    assert not auth.calls("PUT /user")


def test_it_asks_for_a_link_when_the_session_has_no_token(ada, auth, client):
    AuthSession.objects.all().delete()
    assert client.post(ADDRESS, TYPED).status_code == 422


def test_a_session_lasts_although_its_token_is_old(ada, client):
    AuthSession.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert client.get(ADDRESS).status_code == 200
