from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuthSession, Identity
from tests.accounts.safety import age_sign_in

ADDRESS, RESEND, FORGET = "/account/e-mail/", "/account/e-mail/resend/", "/account/e-mail/forget/"
PENDING = "You asked to change to"


def ask(client, email="countess@lindencourt.example"):
    return client.post(ADDRESS, {"email": email})


def security(client):
    return client.get("/account/security/").content.decode()


def test_it_asks_and_shows_what_is_pending(ada, auth, client):
    auth.answers["PUT /user"] = (200, auth.record())
    assert ask(client)["Location"] == "/account/security/"
    request = auth.calls("PUT /user")[0]
    assert request["body"] == {"email": "countess@lindencourt.example"}
    assert request["query"].startswith("redirect_to=http%3A%2F%2Ftestserver%2Faccount%2Fsecurity")
    page = security(client)
    assert PENDING in page and "countess@lindencourt.example" in page
    ada.refresh_from_db()
    assert ada.email == "ada@lindencourt.example"


@pytest.mark.parametrize(
    ("status", "code"),
    [(422, "email_exists"), (429, "over_email_send_rate_limit"), (200, "")],
)
def test_it_does_not_tell_whether_an_address_is_taken(ada, auth, client, status, code):
    auth.answers["PUT /user"] = (status, auth.record() if status == 200 else {"code": code})
    answer = ask(client)
    assert (answer.status_code, answer["Location"]) == (302, "/account/security/")
    assert security(client).count(PENDING) == 1


def test_what_is_pending_looks_the_same_after_the_account_was_read_again(ada, auth, client):
    auth.refuse("PUT /user", 422, "email_exists")
    ask(client)
    client.post("/accounts/sign-in/", {"email": ada.email, "password": "x"})
    assert PENDING in security(client)


def test_it_wants_a_recent_proof(ada, auth, client):
    age_sign_in()
    assert client.get(ADDRESS)["Location"] == "/account/confirm/?next=%2Faccount%2Fe-mail%2F"
    assert ask(client)["Location"].startswith("/account/confirm/")
    assert not auth.calls("PUT /user")


def test_it_keeps_what_was_typed(ada, auth, client):
    answer = ask(client, "not an address")
    assert answer.status_code == 422
    assert 'value="not an address"' in answer.content.decode()
    auth.answers["PUT /user"] = (503, "<p>down</p>")
    answer = ask(client)
    assert answer.status_code == 503
    assert 'value="countess@lindencourt.example"' in answer.content.decode()


def test_ones_own_address_is_no_change(ada, client):
    assert "your address already" in ask(client, ada.email.upper()).content.decode()


def test_it_stops_after_a_few_mails(ada, auth, client):
    auth.answers["PUT /user"] = (200, auth.record())
    assert [ask(client).status_code for _ in range(8)][-1] == 429


def test_it_sends_both_mails_again(ada, auth, client):
    auth.answers["POST /resend"] = (200, {})
    assert client.post(RESEND)["Location"] == "/account/security/"
    body = auth.calls("POST /resend")[0]["body"]
    assert (body["type"], body["email"]) == ("email_change", ada.email)


def test_it_can_be_hidden_and_is_forgotten_after_a_day(ada, auth, client):
    auth.answers["PUT /user"] = (200, auth.record())
    ask(client)
    Identity.objects.update(email_wanted_at=timezone.now() - timedelta(hours=25))
    assert PENDING not in security(client)
    ask(client)
    assert PENDING in security(client)
    for _ in range(2):
        assert client.post(FORGET).status_code == 302
    assert PENDING not in security(client)


@pytest.mark.parametrize("address", [RESEND, FORGET])
def test_acting_needs_a_post_and_a_person(ada, client, address):
    assert client.get(address).status_code == 405
    client.logout()
    assert client.post(address)["Location"].startswith("/accounts/sign-in/")


def test_the_last_link_changes_the_address_and_keeps_the_session(ada, auth, client):
    row = AuthSession.objects.get()
    changed = auth.session(
        auth.record(email="countess@lindencourt.example", id=auth.record()["id"])
    )
    auth.answers |= {"POST /verify": (200, changed), "POST /logout": (204, "")}
    client.post("/auth/confirm", {"token_hash": "abc", "type": "email_change"})
    ada.refresh_from_db()
    assert ada.email == "countess@lindencourt.example"
    assert AuthSession.objects.get() == row
    ended = auth.calls("POST /logout")[0]["headers"]["Authorization"]
    assert ended == f"Bearer {changed['access_token']}"


def test_the_first_link_asks_for_the_other(ada, auth, client):
    auth.answers["POST /verify"] = (200, {"msg": "…", "code": "200"})
    page = client.post("/auth/confirm", {"token_hash": "abc", "type": "email_change"})
    assert "other address" in page.content.decode()
