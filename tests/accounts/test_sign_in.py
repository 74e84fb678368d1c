import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import AuthSession, User

ADDRESS = "/accounts/sign-in/"
TYPED = {"email": "ada@lindencourt.example", "password": "correct horse battery"}


@pytest.fixture
def known(db, auth):
    """Ada has an account at the Auth server and types the right password."""
    record = auth.record()
    auth.answers["POST /token"] = (200, auth.session(record))
    return record


def test_it_signs_in_and_leads_to_my_work(client, auth, known):
    answer = client.post(ADDRESS, TYPED)
    assert (answer.status_code, answer["Location"]) == (302, reverse("tasks:my-work"))
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)
    assert auth.calls("POST /token")[0]["body"]["password"] == TYPED["password"]


def test_it_makes_the_account_from_the_record(client, known):
    client.post(ADDRESS, TYPED)
    user = User.objects.get()
    assert (user.display_name, user.email) == ("Ada Byron", known["email"])
    assert str(user.identity.subject) == known["id"]
    assert not (user.is_superuser or user.is_staff or user.has_usable_password())


def test_it_changes_the_session_key_and_drops_what_the_visitor_had(client, known):
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    before = session.session_key
    client.post(ADDRESS, TYPED)
    assert client.session.session_key != before
    assert "planted" not in client.session
    assert not type(session)().exists(before)


def test_it_keeps_the_tokens_out_of_cookies_pages_and_rows(client, auth, known, caplog):
    caplog.set_level("DEBUG")
    secret = auth.answers["POST /token"][1]
    answer = client.post(ADDRESS, TYPED, follow=False)
    row = AuthSession.objects.get()
    seen = [answer.content.decode(), str(client.cookies), caplog.text, repr(vars(row))]
    seen.append(str(dict(client.session)))
    for token in (secret["access_token"], secret["refresh_token"]):
        assert not [text for text in seen if token in text]


def test_it_says_the_same_for_a_wrong_password_and_an_unknown_address(client, db, auth):
    auth.refuse("POST /token", 400, "invalid_credentials")
    answer = client.post(ADDRESS, TYPED)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "E-mail or password is not right" in page
    assert "<title>Error: Sign in" in page
    assert 'value="ada@lindencourt.example"' in page
    assert TYPED["password"] not in page


@pytest.mark.parametrize(
    ("status", "code", "expected", "words"),
    [
        (400, "user_banned", 422, "E-mail or password is not right"),
        (429, "over_request_rate_limit", 429, "too many attempts"),
        (400, "brand_new_code", 422, "That did not work"),
        (422, "email_provider_disabled", 422, "switched off"),
        (500, "unexpected_failure", 503, "not available right now"),
        (504, "request_timeout", 503, "not available right now"),
        (401, "no_authorization", 503, "not available right now"),
    ],
)
def test_it_explains_by_code(client, db, auth, status, code, expected, words):
    auth.refuse("POST /token", status, code)
    answer = client.post(ADDRESS, TYPED)
    assert answer.status_code == expected
    assert words in answer.content.decode()
    assert "not for people" not in answer.content.decode()


def test_it_offers_the_mail_again_to_an_unconfirmed_address(client, db, auth):
    auth.refuse("POST /token", 400, "email_not_confirmed")
    page = client.post(ADDRESS, TYPED).content.decode()
    assert "not confirmed yet" in page
    assert f'action="{reverse("accounts:resend")}"' in page
    auth.answers["POST /resend"] = (200, {})
    assert client.post(reverse("accounts:resend")).status_code == 302
    assert auth.calls("POST /resend")[0]["body"]["email"] == TYPED["email"]


@pytest.mark.parametrize("body", ["<html>Bad gateway</html>", "", {"surprise": True}, []])
def test_it_calls_an_answer_of_another_shape_an_outage(client, db, auth, body):
    auth.answers["POST /token"] = (200, body)
    assert client.post(ADDRESS, TYPED).status_code == 503


def test_it_says_so_when_nothing_answers(client, db):
    answer = client.post(ADDRESS, TYPED)  # the tests' settings lead to a closed port
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "Sign-in is not available right now" in answer.content.decode()
    assert client.get(ADDRESS).status_code == 200


def test_it_lets_people_work_on_while_nothing_answers(ada, auth, client):
    auth.close()
    assert client.get(reverse("tasks:my-work")).status_code == 200
    assert client.get(reverse("tasks:project-list")).status_code == 200
    assert client.get(ADDRESS).status_code == 302
    assert client.get(reverse("accounts:new-password")).status_code == 200


def test_it_refuses_a_session_whose_token_fails_our_check(client, db, auth):
    auth.answers["POST /token"] = (200, auth.session(iss="https://elsewhere.example/auth/v1"))
    assert client.post(ADDRESS, TYPED).status_code == 503
    assert not User.objects.exists()


def test_it_refuses_a_token_of_somebody_else_than_the_record(client, db, auth):
    session = auth.session(sub="11111111-1111-4111-8111-111111111111")
    auth.answers["POST /token"] = (200, session)
    assert client.post(ADDRESS, TYPED).status_code == 503
    assert not User.objects.exists()


def test_it_refuses_a_banned_and_an_anonymous_account(client, db, auth):
    for fields in ({"banned_until": "2999-01-01T00:00:00Z"}, {"is_anonymous": True}):
        record = auth.record("eve@lindencourt.example", **fields)
        auth.answers["POST /token"] = (200, auth.session(record))
        answer = client.post(ADDRESS, TYPED)
        assert answer.status_code == 403
        assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("missing", ["email", "password"])
def test_it_asks_for_what_is_missing(client, db, auth, missing):
    answer = client.post(ADDRESS, TYPED | {missing: ""})
    assert answer.status_code == 422
    assert f'href="#id_{missing}"' in answer.content.decode()
    assert not auth.requests


HOSTILE = [
    "//evil.example", "///evil.example", "\\\\evil.example", "/\\evil.example", "https://evil.example",
    "http:evil.example", "https:///evil.example", "javascript:alert(1)", "/\t/evil.example",
    "\t//evil.example", "/\n/evil.example", "http://testserver@evil.example", "evil.example",
    "http://testserver.evil.example/", "http://testserver:81/x", "http://testserver//evil.example",
    "data:text/html,x", "%2f%2fevil.example/", "／／evil.example", "http://testserver\\evil.example",
]  # fmt: skip


@pytest.mark.parametrize("target", HOSTILE)
def test_it_stays_on_this_site(client, known, target):
    answer = client.post(ADDRESS, TYPED | {"next": target})
    assert answer["Location"] == reverse("tasks:my-work")


@pytest.mark.parametrize("target", ["/tasks/REP-1/?a=b", "http://testserver/tasks/REP-1/?a=b"])
def test_it_goes_where_the_person_wanted(client, known, target):
    assert client.post(ADDRESS, TYPED | {"next": target})["Location"] == "/tasks/REP-1/?a=b"


def test_it_leads_somebody_signed_in_straight_on(ada, client):
    assert client.get(ADDRESS, {"next": "/projects/"})["Location"] == "/projects/"


def test_it_keeps_members_out_of_the_admin_without_a_loop(ada, client):
    answer = client.get(ADDRESS, {"next": "/admin/pages/"})
    assert answer.status_code == 403
    assert "Only editors" in answer.content.decode()


def test_it_lets_editors_into_the_admin(ada, client):
    ada.user_permissions.add(Permission.objects.get(codename="access_admin"))
    assert client.get(ADDRESS, {"next": "/admin/"})["Location"] == "/admin/"


def test_it_breaks_the_circle_of_a_page_for_others(ada, client):
    assert client.get(ADDRESS, {"next": "/for-the-board/"}).status_code == 302
    assert client.get(ADDRESS, {"next": "/for-the-board/"}).status_code == 403


def test_it_is_never_stored_by_caches(client, db):
    assert "no-store" in client.get(ADDRESS)["Cache-Control"]


def test_it_refuses_a_form_without_protection(db, auth):
    assert Client(enforce_csrf_checks=True).post(ADDRESS, TYPED).status_code == 403
    assert not auth.requests


def test_it_replaces_the_account_that_was_signed_in(ada, auth, client):
    first = AuthSession.objects.get()
    auth.answers["POST /logout"] = (204, "")
    auth.answers["POST /token"] = (200, auth.session(auth.record("ben@lindencourt.example")))
    client.post(ADDRESS, {"email": "ben@lindencourt.example", "password": "x"})
    assert not AuthSession.objects.filter(pk=first.pk).exists()
    assert User.objects.get(pk=client.session["_auth_user_id"]).email == "ben@lindencourt.example"
