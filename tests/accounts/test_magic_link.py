import pytest

ADDRESS, CHECK = "/accounts/sign-in-link/", "/accounts/check-your-mail/"
TYPED = {"email": "Ada@lindencourt.example"}


@pytest.fixture
def mailing(auth):
    auth.answers["POST /otp"] = (200, {})
    return auth


def test_it_asks_for_a_mail_and_never_for_a_new_account(client, mailing):
    answer = client.post(ADDRESS, TYPED, follow=True)
    assert answer.redirect_chain == [(CHECK, 302)]
    body = mailing.calls("POST /otp")[0]["body"]
    assert (body["email"], body["create_user"]) == ("ada@lindencourt.example", False)
    assert "or type the code from the mail" in answer.content.decode()


def test_it_says_neither_that_a_mail_comes_nor_that_none_does(client, mailing):
    page = client.post(ADDRESS, TYPED, follow=True).content.decode()
    assert "If there is an account with this address" in page


def test_it_carries_the_wanted_page_through_the_mail_and_through_the_code(client, mailing):
    page = client.post(ADDRESS, TYPED | {"next": "/projects/"}, follow=True)
    wanted = "redirect_to=http%3A%2F%2Ftestserver%2Fprojects%2F"
    assert wanted in mailing.calls("POST /otp")[0]["query"]
    assert page.context["next"] == "/projects/"
    client.post("/accounts/resend/", {"next": "/projects/"})
    assert wanted in mailing.calls("POST /otp")[1]["query"]


def test_it_stands_in_the_sign_in_form_and_ignores_the_password(client, mailing):
    assert f'formaction="{ADDRESS}"' in client.get("/accounts/sign-in/").content.decode()
    client.post(ADDRESS, TYPED | {"password": "typed before"})
    assert "typed before" not in str(mailing.requests)


def test_it_sends_again(client, mailing):
    client.post(ADDRESS, TYPED)
    client.post("/accounts/resend/")
    assert len(mailing.calls("POST /otp")) == 2


def test_it_asks_for_an_address(client, auth):
    answer = client.post(ADDRESS, {"email": "ada"})
    assert answer.status_code == 422
    assert 'value="ada"' in answer.content.decode()
    assert not auth.requests


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        ((429, {"code": "over_request_rate_limit"}), 429, "too many attempts"),
        ((500, {"code": "unexpected_failure"}), 503, "not available right now"),
        ((502, "<p>"), 503, "not available right now"),
    ],
)
def test_it_says_so_when_nobody_gets_a_mail(client, auth, answer, status, words):
    auth.answers["POST /otp"] = answer
    page = client.post(ADDRESS, TYPED)
    assert (page.status_code, words in page.content.decode()) == (status, True)
    assert page["Retry-After"]


def test_it_limits_the_mails_to_one_address_before_the_auth_server_is_asked(client, mailing):
    answers = [client.post(ADDRESS, TYPED).status_code for _ in range(7)]
    assert answers == [302] * 5 + [429] * 2
    assert len(mailing.calls("POST /otp")) == 5


def test_it_is_never_stored_by_caches(client, db):
    assert "no-store" in client.get(ADDRESS)["Cache-Control"]
    assert client.put(ADDRESS).status_code == 405
