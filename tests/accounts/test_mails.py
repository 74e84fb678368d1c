"""Asking for mails: the answer never tells whether an address is known."""

import pytest

FORGOTTEN, RESEND, CHECK = (
    "/accounts/forgotten-password/",
    "/accounts/resend/",
    "/accounts/check-your-mail/",
)
TYPED = {"email": "ada@lindencourt.example"}


def test_it_asks_for_a_recovery_mail(client, db, auth):
    auth.answers["POST /recover"] = (200, {})
    answer = client.post(FORGOTTEN, TYPED, follow=True)
    assert answer.redirect_chain == [(CHECK, 302)]
    assert auth.calls("POST /recover")[0]["body"]["email"] == TYPED["email"]


STATES = [
    (200, {}),
    (429, {"code": "over_email_send_rate_limit"}),
    (400, {"code": "user_banned"}),
    (422, {"code": "otp_disabled"}),
]


@pytest.mark.parametrize("address", [FORGOTTEN, RESEND])
def test_the_answer_is_the_same_for_every_kind_of_account(client, db, auth, address):
    pages = set()
    for state in STATES:
        auth.answers["POST /recover"] = auth.answers["POST /resend"] = state
        answer = client.post(address, TYPED | {"purpose": "recovery"}, follow=True)
        pages.add((answer.status_code, str(answer.redirect_chain), strip_csrf(answer)))
    assert len(pages) == 1


def strip_csrf(answer):
    return "".join(line for line in answer.content.decode().splitlines() if "csrf" not in line)


def test_it_sends_again_to_the_address_in_the_session(client, db, auth):
    auth.answers["POST /recover"] = (200, {})
    client.post(FORGOTTEN, TYPED)
    answer = client.post(RESEND, follow=True)
    assert "We have sent it again" in answer.content.decode()
    assert len(auth.calls("POST /recover")) == 2


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((429, {"code": "over_request_rate_limit"}), "too many attempts"),
        ((502, "<p>"), "not available"),
    ],
)
def test_it_says_so_when_no_mail_can_be_sent_to_anybody(client, db, auth, answer, words):
    auth.answers["POST /recover"] = answer
    assert words in client.post(FORGOTTEN, TYPED).content.decode()
    page = client.post(RESEND, TYPED | {"purpose": "recovery"}, follow=True).content.decode()
    assert words in page
    assert "We have sent it again" not in page


def test_the_address_stays_out_of_the_url(client, db, auth):
    auth.answers["POST /recover"] = (200, {})
    assert client.post(FORGOTTEN, TYPED)["Location"] == CHECK


def test_a_visitor_without_a_mail_is_led_to_sign_in(client, db):
    assert client.get(CHECK)["Location"] == "/accounts/sign-in/"
    assert client.post(RESEND)["Location"] == "/accounts/sign-in/"
    assert client.get(RESEND).status_code == 405


def test_a_mistyped_address_is_asked_again(client, db, auth):
    answer = client.post(RESEND, {"email": "ada", "purpose": "signup"})
    assert answer.status_code == 422
    assert 'value="ada"' in answer.content.decode()
    assert client.post(FORGOTTEN, {"email": "ada"}).status_code == 422
    assert not auth.requests
