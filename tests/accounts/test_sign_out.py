from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import AuthSession

ADDRESS = "/accounts/sign-out/"
MEMBERS_ONLY = "/accounts/new-password/"


def test_it_signs_out_here_and_there_and_nowhere_else(ada, auth, client):
    auth.answers["POST /logout"] = (204, "")
    assert client.post(ADDRESS).status_code == 302
    assert not AuthSession.objects.exists()
    assert auth.calls("POST /logout")[0]["query"] == "scope=local"
    assert client.get(MEMBERS_ONLY).status_code == 302


def test_the_admin_signs_out_the_same_way(ada, auth, client):
    auth.answers["POST /logout"] = (204, "")
    assert client.get("/admin/logout/").status_code == 405
    assert AuthSession.objects.exists()
    assert client.post("/admin/logout/").status_code == 302
    assert not AuthSession.objects.exists()
    assert auth.calls("POST /logout")


def test_the_old_cookie_is_worth_nothing(ada, auth, client):
    auth.answers["POST /logout"] = (204, "")
    thief = Client()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    assert thief.get(MEMBERS_ONLY).status_code == 200
    client.post(ADDRESS)
    assert thief.get(MEMBERS_ONLY).status_code == 302


def test_it_signs_out_although_the_auth_server_is_away(ada, auth, client):
    auth.answers["POST /logout"] = (503, "<p>down</p>")
    assert client.post(ADDRESS).status_code == 302
    assert client.get(MEMBERS_ONLY).status_code == 302


def test_it_signs_out_although_the_session_is_gone_there(ada, auth, client):
    auth.refuse("POST /logout", 403, "session_not_found")
    client.post(ADDRESS)
    assert client.get(MEMBERS_ONLY).status_code == 302


def test_it_refuses_get(ada, client):
    assert client.get(ADDRESS).status_code == 405
    assert client.get(MEMBERS_ONLY).status_code == 200


def test_it_is_harmless_twice_and_for_visitors(client, db, auth):
    for _ in range(2):
        assert client.post(ADDRESS).status_code == 302
    assert not auth.requests
    assert not Session.objects.filter(session_data__contains="_auth_user_id").exists()
