import pytest
from django.urls import reverse

from accounts.models import AuditEntry, User

ADDRESS, EMAIL = "/accounts/code/", "ada@lindencourt.example"
ASK = {
    "signup": ("/accounts/sign-up/", {"name": "Ada", "password": "three odd words"}),
    "magiclink": ("/accounts/sign-in-link/", {}),
    "recovery": ("/accounts/forgotten-password/", {}),
}


@pytest.fixture
def asked(client, auth):
    """A function that asks for a mail; the Auth server takes any digits then."""

    def ask(purpose="magiclink", **more):
        auth.answers |= {f"POST {path}": (200, {}) for path in ("/otp", "/recover")}
        auth.answers["POST /signup"] = (200, auth.record(identities=[]))
        auth.answers["POST /verify"] = (200, auth.session())
        address, typed = ASK[purpose]
        client.post(address, typed | {"email": EMAIL} | more)

    return ask


@pytest.mark.parametrize(
    ("purpose", "kind", "place"),
    [
        ("signup", "email", "/work/"),
        ("magiclink", "email", "/work/"),
        ("recovery", "recovery", "/accounts/new-password/"),
    ],
)
def test_it_signs_in_with_the_digits_of_every_mail(client, auth, asked, purpose, kind, place):
    asked(purpose)
    assert client.post(ADDRESS, {"digits": "123456"})["Location"] == place
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)
    body = auth.calls("POST /verify")[0]["body"]
    assert (body["email"], body["token"], body["type"]) == (EMAIL, "123456", kind)


@pytest.mark.parametrize(
    "typed",
    [
        "123456",
        " 123 456 ",
        "123-456",
        "１２３４５６",
        "123\u00a0456",
        "\u200b123456",
        "1 2 3 4 5 6",
    ],
)
def test_it_takes_digits_as_mail_programs_copy_them(client, auth, asked, typed):
    asked()
    assert client.post(ADDRESS, {"digits": typed}).status_code == 302
    assert auth.calls("POST /verify")[0]["body"]["token"] == "123456"


@pytest.mark.parametrize("typed", ["", "12345", "12345678901", "abcdef", "12345x", "1" * 41])
def test_it_asks_again_before_it_asks_the_auth_server(client, auth, asked, typed):
    asked()
    answer = client.post(ADDRESS, {"digits": typed})
    assert answer.status_code == 422
    assert 'href="#id_digits"' in answer.content.decode()
    assert not auth.calls("POST /verify")


@pytest.mark.parametrize("code", ["otp_expired", "user_banned", "validation_failed"])
def test_it_says_the_same_for_every_refusal(client, auth, asked, code):
    asked()
    auth.refuse("POST /verify", 403, code)
    page = client.post(ADDRESS, {"digits": "654321"})
    assert page.status_code == 422
    assert "This code is not right, or it is too old" in page.content.decode()
    assert "Send it again" in page.content.decode()


def test_it_goes_on_to_the_wanted_page(client, asked):
    asked(next="/projects/")
    page = client.get("/accounts/check-your-mail/").context["next"]
    assert client.post(ADDRESS, {"digits": "123456", "next": page})["Location"] == "/projects/"


def test_it_lets_phones_fill_the_digits_in(client, asked):
    asked()
    for address in (ADDRESS, "/accounts/check-your-mail/"):
        page = client.get(address).content.decode()
        assert 'inputmode="numeric"' in page
        assert 'autocomplete="one-time-code"' in page


def test_it_knows_the_address_from_the_session_only(client, auth):
    answer = client.post(ADDRESS, {"digits": "123456", "email": EMAIL})
    assert answer["Location"] == "/accounts/sign-in/"
    assert not auth.requests


def test_it_warns_whoever_is_signed_in_already(ada, client, asked):
    asked()
    assert "You are signed in as Ada Byron" in client.get(ADDRESS).content.decode()


def test_it_limits_guesses_before_the_auth_server_is_asked(client, auth, asked):
    asked()
    auth.refuse("POST /verify", 403, "otp_expired")
    answers = [client.post(ADDRESS, {"digits": "000000"}).status_code for _ in range(7)]
    assert answers == [422] * 5 + [429] * 2
    assert len(auth.calls("POST /verify")) == 5


def test_it_refuses_a_ban_that_comes_with_the_session(client, auth, asked):
    asked()
    record = auth.record(banned_until="2999-01-01T00:00:00Z")
    auth.answers["POST /verify"] = (200, auth.session(record))
    assert client.post(ADDRESS, {"digits": "123456"}).status_code == 403
    assert "_auth_user_id" not in client.session


def test_it_writes_down_wrong_digits_without_them(client, auth, asked):
    asked()
    auth.refuse("POST /verify", 403, "otp_expired")
    client.post(ADDRESS, {"digits": "654321"})
    entry = AuditEntry.objects.get(event="sign-in.failed")
    assert entry.details == {"way": "code", "code": "otp_expired"}


def test_it_keeps_the_digits_and_the_answer_from_caches(client, asked):
    asked()
    assert "no-store" in client.get(reverse("accounts:code"))["Cache-Control"]
