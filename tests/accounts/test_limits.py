"""How often one may try to come in: the same for known and unknown addresses."""

import pytest
from django.test import Client

from accounts.models import User

TYPED = {"email": "ada@lindencourt.example", "password": "wrong but long"}
SIGN_UP = {"name": "Ada Byron", "email": TYPED["email"], "password": "correct horse battery"}


@pytest.fixture
def wrong(db, auth):
    auth.refuse("POST /token", 400, "invalid_credentials")
    auth.refuse("POST /recover", 200, "")
    auth.refuse("POST /signup", 422, "user_already_exists")
    return auth


def tries(address, data, times, **extra):
    return [Client().post(address, data, **extra) for _ in range(times)]


def test_the_eleventh_try_for_an_address_waits(wrong):
    answers = tries("/accounts/sign-in/", TYPED, 11)
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert len(wrong.calls("POST /token")) == 10
    page = answers[-1].content.decode()
    assert (answers[-1]["Retry-After"], "too many attempts" in page) == ("30", True)
    assert f'value="{TYPED["email"]}"' in page
    assert TYPED["password"] not in page


def test_spellings_of_an_address_share_its_tries(wrong):
    spellings = ["ADA@lindencourt.example", " ada@lindencourt.example", "Ada@LindenCourt.example"]
    for spelling in spellings * 3:
        tries("/accounts/sign-in/", TYPED | {"email": spelling}, 1)
    assert [a.status_code for a in tries("/accounts/sign-in/", TYPED, 2)] == [422, 429]


def test_another_address_has_tries_of_its_own_until_the_client_has_none(wrong):
    for number in range(30):
        typed = TYPED | {"email": f"{number}@lindencourt.example"}
        assert tries("/accounts/sign-in/", typed, 1)[0].status_code == 422
    assert tries("/accounts/sign-in/", TYPED, 1)[0].status_code == 429
    elsewhere = tries("/accounts/sign-in/", TYPED, 1, REMOTE_ADDR="203.0.113.9")
    assert elsewhere[0].status_code == 422


def test_a_spoofed_address_gets_no_tries_of_its_own(wrong):
    for number in range(30):
        typed = TYPED | {"email": f"{number}@lindencourt.example"}
        tries("/accounts/sign-in/", typed, 1, headers={"X-Forwarded-For": f"203.0.113.{number}"})
    assert tries("/accounts/sign-in/", TYPED, 1)[0].status_code == 429


def test_coming_in_forgets_the_tries_for_the_address_and_not_the_clients(wrong):
    tries("/accounts/sign-in/", TYPED, 9)
    wrong.answers["POST /token"] = (200, wrong.session())
    assert tries("/accounts/sign-in/", TYPED, 1)[0].status_code == 302
    wrong.refuse("POST /token", 400, "invalid_credentials")
    assert [a.status_code for a in tries("/accounts/sign-in/", TYPED, 11)][9:] == [422, 429]
    for number in range(10):
        tries("/accounts/sign-in/", TYPED | {"email": f"{number}@x.example"}, 1)
    assert tries("/accounts/sign-in/", TYPED | {"email": "new@x.example"}, 1)[0].status_code == 429


def test_known_and_unknown_addresses_wait_alike(wrong, ada):
    def seen(email):
        answers = tries("/accounts/sign-in/", TYPED | {"email": email}, 11, REMOTE_ADDR=email[0])
        return [(a.status_code, a.get("Retry-After")) for a in answers]

    wrong.refuse("POST /token", 400, "invalid_credentials")
    assert User.objects.filter(email=ada.email).exists()
    assert seen(ada.email) == seen("nobody@lindencourt.example")


def test_signing_up_is_limited_and_keeps_what_was_typed(wrong):
    answers = tries("/accounts/sign-up/", SIGN_UP, 6)
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    page = answers[-1].content.decode()
    assert 'value="Ada Byron"' in page
    assert SIGN_UP["password"] not in page


def test_mails_to_an_address_are_limited_whichever_page_asks(wrong):
    typed = {"email": TYPED["email"]}
    answers = tries("/accounts/forgotten-password/", typed, 6)
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert answers[-1]["Retry-After"] == "180"
    again = tries("/accounts/resend/", typed | {"purpose": "recovery"}, 1)[0]
    assert (again.status_code, again["Retry-After"]) == (429, "180")
    assert "too many attempts" in again.content.decode()
    assert len(wrong.calls("POST /recover")) == 5


def test_sign_in_links_are_mails_too(wrong):
    wrong.refuse("POST /otp", 200, "")
    answers = tries("/accounts/sign-in-link/", {"email": TYPED["email"]}, 6)
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert f'value="{TYPED["email"]}"' in answers[-1].content.decode()
    assert (
        tries("/accounts/forgotten-password/", {"email": TYPED["email"]}, 1)[0].status_code == 429
    )


def test_digits_cannot_be_guessed(wrong):
    wrong.refuse("POST /otp", 200, "")
    wrong.refuse("POST /verify", 403, "otp_expired")
    client = Client()
    client.post("/accounts/sign-in-link/", {"email": TYPED["email"]})
    answers = [client.post("/accounts/code/", {"digits": f"{n:06}"}) for n in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert (answers[-1]["Retry-After"], len(wrong.calls("POST /verify"))) == ("60", 5)


def test_a_page_is_not_limited_for_being_read(wrong):
    assert {Client().get("/accounts/sign-in/").status_code for _ in range(40)} == {200}
