import pytest

from accounts.models import User

ADDRESS = "/accounts/sign-up/"
TYPED = {"name": "Ada Byron", "email": "Ada@lindencourt.example", "password": "three odd words"}


def test_it_registers_and_asks_to_look_into_the_mail(client, db, auth):
    auth.answers["POST /signup"] = (200, auth.record(identities=[]))
    answer = client.post(ADDRESS, TYPED, follow=True)
    assert answer.redirect_chain == [("/accounts/check-your-mail/", 302)]
    assert "ada@lindencourt.example" in answer.content.decode()
    body = auth.calls("POST /signup")[0]["body"]
    assert (body["email"], body["data"]) == ("ada@lindencourt.example", {"full_name": "Ada Byron"})


def test_it_makes_no_local_account_from_the_answer(client, db, auth):
    auth.answers["POST /signup"] = (200, auth.record())
    client.post(ADDRESS, TYPED)
    assert not User.objects.exists()


def test_it_answers_a_known_address_as_an_unknown_one(client, db, auth):
    auth.answers["POST /signup"] = (200, auth.record())
    unknown = client.post(ADDRESS, TYPED)
    for status, code in ((422, "user_already_exists"), (429, "over_email_send_rate_limit")):
        auth.refuse("POST /signup", status, code)
        known = client.post(ADDRESS, TYPED)
        assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
        assert client.get(known["Location"]).status_code == 200


def test_it_signs_in_at_once_where_the_project_confirms_by_itself(client, db, auth):
    auth.answers["POST /signup"] = (200, auth.session())
    client.post(ADDRESS, TYPED)
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)


def test_it_carries_the_wanted_page_through_the_mail(client, db, auth):
    auth.answers["POST /signup"] = (200, auth.record())
    client.post(ADDRESS, TYPED | {"next": "/projects/"})
    assert (
        "redirect_to=http%3A%2F%2Ftestserver%2Fprojects%2F"
        in auth.calls("POST /signup")[0]["query"]
    )


@pytest.mark.parametrize(
    ("status", "code", "more", "words"),
    [
        (422, "weak_password", {"weak_password": {"reasons": ["length"]}}, "too short"),
        (422, "weak_password", {"weak_password": {"reasons": ["pwned"]}}, "stolen"),
        (422, "weak_password", {"weak_password": {"reasons": ["characters"]}}, "other kinds"),
        (422, "weak_password", {"weak_password": {"reasons": []}}, "easy to guess"),
        (422, "signup_disabled", {}, "Nobody can register"),
        (400, "email_address_invalid", {}, "cannot use this address"),
        (400, "validation_failed", {}, "That did not work"),
    ],
)
def test_it_explains_refusals(client, db, auth, status, code, more, words):
    auth.refuse("POST /signup", status, code, **more)
    answer = client.post(ADDRESS, TYPED)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="Ada Byron"' in page
    assert TYPED["password"] not in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("email", "ada"),
        ("password", "short"),
        ("password", "password1"),
        ("password", "x" * 73),
    ],
)
def test_it_asks_again_before_it_asks_the_auth_server(client, db, auth, field, value):
    answer = client.post(ADDRESS, TYPED | {field: value})
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in answer.content.decode()
    assert not auth.requests


def test_it_says_so_when_nothing_answers(client, db):
    answer = client.post(ADDRESS, TYPED)
    assert answer.status_code == 503
    assert "not available right now" in answer.content.decode()
