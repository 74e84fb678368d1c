import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import SyncEvent, User
from accounts.sync.records import apply_record

ADDRESS = "/auth/confirm"
LINK = {"token_hash": "pkce_0123456789abcdef", "type": "email"}
TYPES = ["email", "signup", "recovery", "invite", "magiclink", "email_change"]


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("link_type", TYPES)
def test_opening_a_link_changes_nothing(client, db, auth, method, link_type):
    for _ in range(3):
        answer = getattr(client, method)(ADDRESS, LINK | {"type": link_type})
        assert answer.status_code == 200
    assert not auth.requests
    assert not (User.objects.exists() or Session.objects.exists() or SyncEvent.objects.exists())


def test_the_page_is_kept_by_nobody_and_leaks_no_address(client, db):
    answer = client.get(ADDRESS, LINK)
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "strict-origin"
    assert "http" not in answer.content.decode().split("<body")[1].replace("http-equiv", "")


def test_the_button_uses_the_link_and_signs_in(client, db, auth):
    auth.answers["POST /verify"] = (200, auth.session())
    answer = client.post(ADDRESS, LINK)
    assert (answer.status_code, answer["Location"]) == (302, "/work/")
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)
    body = auth.calls("POST /verify")[0]["body"]
    body.pop("gotrue_meta_security", None)
    assert body == LINK


@pytest.mark.parametrize(
    ("asked_at", "heading", "afterwards"),
    [
        ("/accounts/sign-in-link/", "Sign in", "You are signed in."),
        ("/accounts/forgotten-password/", "Confirm that it is you", "You are signed in."),
        ("", "Confirm that it is you", "You are signed in."),
    ],
)
def test_it_says_what_this_browser_asked_for(client, db, auth, asked_at, heading, afterwards):
    auth.answers |= {"POST /otp": (200, {}), "POST /recover": (200, {})}
    auth.answers["POST /verify"] = (200, auth.session())
    if asked_at:
        client.post(asked_at, {"email": "ada@lindencourt.example"})
    assert f">{heading}</h1>" in client.get(ADDRESS, LINK).text
    assert afterwards in client.post(ADDRESS, LINK, follow=True).text


@pytest.mark.parametrize("link_type", ["recovery", "invite"])
def test_recovery_and_invitation_lead_to_a_new_password(client, db, auth, link_type):
    auth.answers["POST /verify"] = (200, auth.session())
    answer = client.post(ADDRESS, LINK | {"type": link_type, "next": "/projects/"})
    assert answer["Location"] == "/accounts/new-password/"


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        ("http://testserver/projects/", "/projects/"),
        ("/projects/", "/projects/"),
        ("http://testserver", "/work/"),
        ("http://testserver/", "/work/"),
        ("https://evil.example/", "/work/"),
    ],
)
def test_it_goes_on_to_the_page_the_mail_was_asked_for(client, db, auth, wanted, place):
    auth.answers["POST /verify"] = (200, auth.session())
    page = client.get(ADDRESS, LINK | {"next": wanted}).context["next"]
    assert client.post(ADDRESS, LINK | {"next": page})["Location"] == place


@pytest.mark.parametrize("link_type", ["email", "signup", "recovery"])
def test_a_used_link_says_so_and_offers_a_new_one(client, db, auth, link_type):
    auth.refuse("POST /verify", 403, "otp_expired")
    answer = client.post(ADDRESS, LINK | {"type": link_type})
    page = answer.content.decode()
    assert answer.status_code == 410
    assert "does not work any more" in page
    assert "Send a new link" in page


@pytest.mark.parametrize(
    "link",
    [
        {},
        {"type": "email"},
        {"token_hash": "x"},
        LINK | {"type": "sms"},
        {"token_hash": "x" * 300, "type": "email"},
    ],
)
def test_an_incomplete_link_says_so(client, db, auth, link):
    assert client.get(ADDRESS, link).status_code == 410
    assert client.post(ADDRESS, link).status_code == 410
    assert not auth.requests


def test_a_banned_person_is_not_told_that_the_link_is_old(client, db, auth):
    auth.refuse("POST /verify", 403, "user_banned")
    answer = client.post(ADDRESS, LINK)
    assert answer.status_code == 403
    assert "may not sign in" in answer.content.decode()


@pytest.mark.parametrize(("status", "expected"), [(500, 503), (429, 429)])
def test_the_link_stays_usable_while_the_auth_server_is_away(client, db, auth, status, expected):
    auth.refuse("POST /verify", status, "x")
    answer = client.post(ADDRESS, LINK)
    assert answer.status_code == expected
    assert LINK["token_hash"] in answer.content.decode()


def test_the_first_half_of_a_changed_address_signs_nobody_in(client, db, auth):
    auth.answers["POST /verify"] = (200, {"msg": "Confirm the other one", "code": "200"})
    answer = client.post(ADDRESS, LINK | {"type": "email_change"})
    assert "other address" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_it_says_when_somebody_else_is_signed_in(ada, client):
    assert "You are signed in as Ada Byron" in client.get(ADDRESS, LINK).content.decode()


def test_it_works_in_a_browser_that_never_saw_the_portal(db, auth):
    auth.answers["POST /verify"] = (200, auth.session())
    browser = Client(enforce_csrf_checks=True)
    browser.get(ADDRESS, LINK)
    token = browser.cookies["csrftoken"].value
    assert browser.post(ADDRESS, LINK | {"csrfmiddlewaretoken": token}).status_code == 302


def test_an_unconfirmed_address_adopts_no_account(client, db, auth):
    apply_record(auth.record("ada@lindencourt.example", id="22222222-2222-4222-8222-222222222222"))
    auth.answers["POST /verify"] = (200, auth.session())
    client.post(ADDRESS, LINK)
    assert User.objects.filter(email="ada@lindencourt.example").count() == 2
