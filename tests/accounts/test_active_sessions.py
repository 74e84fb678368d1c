from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import AuthSession
from accounts.models.devices import device_words
from tests.accounts.safety import age_token
from tests.factories import make_user

PAGE, ALL = "/account/security/", "/account/sessions/end-all/"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1"


def end(row):
    return f"/account/sessions/{row.pk}/end/"


def sign_in(email):
    browser = Client(headers={"user-agent": PHONE})
    browser.post("/accounts/sign-in/", {"email": email, "password": "x"})
    return browser


@pytest.fixture
def phone(ada, auth):
    """Ada's other browser."""
    auth.answers["POST /logout"] = (204, "")
    return sign_in(ada.email)


def rows(client):
    key = client.session.session_key
    return (
        AuthSession.objects.get(session_key=key),
        AuthSession.objects.exclude(session_key=key).get(),
    )


def test_it_lists_every_device(ada, phone, client):
    page = client.get(PAGE).content.decode()
    assert "Safari on iPhone" in page and "127.0.0.1" in page
    assert page.count("This device") == 1


def test_it_names_accounts_elsewhere(ada, client):
    ada.identity.providers = ["email", "google"]
    ada.identity.save()
    assert [other.label for other in client.get(PAGE).context["others"]] == ["Google"]


def test_it_begins_with_this_device(ada, phone, client):
    here, other = rows(client)
    AuthSession.objects.filter(pk=other.pk).update(last_seen_at=timezone.now())
    assert list(client.get(PAGE).context["sessions"]) == [here, other]


def test_it_leaves_out_sessions_that_expired(ada, phone, client):
    _, other = rows(client)
    phone.session.flush()
    assert AuthSession.objects.filter(pk=other.pk).exists()
    assert "Safari on iPhone" not in client.get(PAGE).content.decode()


def test_it_ends_one_here_and_there(ada, phone, client, auth):
    _, other = rows(client)
    assert client.post(end(other))["Location"] == PAGE
    assert phone.get(PAGE).status_code == 302
    assert client.get(PAGE).status_code == 200
    assert auth.calls("POST /logout")[0]["query"] == "scope=local"
    assert client.post(end(other)).status_code == 302, "harmless twice"


def test_it_refreshes_the_token_of_a_session_that_it_ends(ada, phone, client, auth):
    age_token(minutes=-5)
    fresh = auth.session()
    auth.answers["POST /token"] = (200, fresh)
    client.post(end(rows(client)[1]))
    sent = auth.calls("POST /logout")[0]["headers"]["Authorization"]
    assert sent == f"Bearer {fresh['access_token']}"


def test_ending_this_one_signs_out(ada, client, auth):
    assert client.post(end(AuthSession.objects.get()))["Location"] == "/accounts/sign-in/"
    assert client.get(PAGE).status_code == 302


def test_somebody_elses_session_stays(ada, phone, client, auth):
    bob = auth.record("bob@lindencourt.example")
    auth.answers["POST /token"] = (200, auth.session(bob))
    stranger = sign_in(bob["email"])
    for row in AuthSession.objects.filter(identity__user=ada):
        stranger.post(end(row))
    stranger.post(ALL)
    assert client.get(PAGE).status_code == phone.get(PAGE).status_code == 200


def test_it_ends_all_others(ada, phone, client, auth):
    assert client.post(ALL, {"keep": "this"})["Location"] == PAGE
    assert phone.get(PAGE).status_code == 302
    assert client.get(PAGE).status_code == 200
    assert auth.calls("POST /logout")[0]["query"] == "scope=others"


def test_it_ends_all(ada, phone, client, auth):
    assert client.post(ALL)["Location"] == "/accounts/sign-in/"
    assert phone.get(PAGE).status_code == client.get(PAGE).status_code == 302
    assert auth.calls("POST /logout")[0]["query"] == "scope=global"
    assert not AuthSession.objects.exists()


@pytest.mark.parametrize("typed", [{}, {"keep": "this"}])
def test_they_end_here_although_nothing_answers_there(ada, phone, client, auth, typed):
    auth.answers["POST /logout"] = (503, "<p>down</p>")
    answer = client.post(ALL, typed, follow=True)
    assert "may stay signed in" in answer.content.decode()
    assert phone.get(PAGE).status_code == 302
    assert client.get(PAGE).status_code == (200 if typed else 302)


def test_a_forged_id_and_get_do_nothing(ada, client):
    row = AuthSession.objects.get()
    assert client.get(end(row)).status_code == client.get(ALL).status_code == 405
    assert client.post(end(make_user())).status_code == 302
    assert AuthSession.objects.count() == 1


@pytest.mark.django_db
def test_it_is_for_people_who_are_signed_in(client):
    for answer in (client.get(PAGE), client.post(ALL)):
        assert answer["Location"].startswith("/accounts/sign-in/")


def test_a_local_log_in_reads_why_there_is_nothing(client, db):
    client.force_login(make_user())
    assert "local account" in client.get(PAGE).content.decode()
    assert client.post(ALL).status_code == client.get("/account/password/").status_code == 403


def test_it_notes_a_visit_every_few_minutes(ada, client):
    client.get(PAGE)
    long_ago = timezone.now() - timedelta(hours=1)
    AuthSession.objects.update(last_seen_at=long_ago)
    client.get(PAGE)
    assert AuthSession.objects.get().last_seen_at == long_ago
    cache.clear()
    client.get(PAGE)
    assert AuthSession.objects.get().last_seen_at > long_ago


def test_the_cost_does_not_grow_with_the_devices(ada, client, django_assert_max_num_queries):
    here = AuthSession.objects.get()
    for _ in range(40):
        other = SessionStore()
        other.create()
        here.pk, here.session_key, here._state.adding = uuid4(), other.session_key, True
        here.save()
    with django_assert_max_num_queries(14):
        page = client.get(PAGE).content.decode()
    assert "There are more" in page


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (PHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/145.0", "Firefox on Windows"),
        ("Mozilla/5.0 (X11; Linux) AppleWebKit Chrome/142 Safari/537 Edg/142", "Edge on Linux"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit Chrome/142 Mobile", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Chrome/142 Safari", "Chrome on Mac"),
        ("curl/8.5", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_it_tells_devices_apart(user_agent, words):
    assert device_words(user_agent) == words
