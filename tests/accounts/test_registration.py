"""Who may register, seen from the sign-up page."""

import pytest

from accounts.models import AccessSettings, Invitation

SIGN_UP, FORGOTTEN = "/accounts/sign-up/", "/accounts/forgotten-password/"
TYPED = {"name": "Ada Byron", "email": "ada@mail.example", "password": "correct horse battery"}
WORDS = "Only addresses at court.example can register here."


@pytest.fixture
def by_domain(db, auth):
    AccessSettings.objects.create(registration="domains", allowed_domains="court.example")
    auth.refuse("POST /signup", 422, "user_already_exists")
    return auth


def test_a_stranger_reads_why_before_the_auth_server_is_asked(client, by_domain):
    answer = client.post(SIGN_UP, TYPED)
    assert answer.status_code == 422
    assert WORDS in answer.content.decode()
    assert not by_domain.calls("POST /signup")


def test_an_account_outside_the_domains_cannot_be_told_from_none(client, by_domain):
    """The hook alone would betray it: the server asks it for new addresses only."""
    assert client.post(SIGN_UP, TYPED).status_code == 422


@pytest.mark.parametrize("email", ["ada@court.example", "invited@mail.example"])
def test_others_pass(client, by_domain, email):
    Invitation.objects.create(email="invited@mail.example")
    answer = client.post(SIGN_UP, TYPED | {"email": email})
    assert (answer.status_code, len(by_domain.calls("POST /signup"))) == (302, 1)


def test_the_hooks_words_reach_the_visitor(client, db, auth):
    words = "Addresses at evil.example cannot register here. Use another."
    auth.answers["POST /signup"] = (403, {"code": "unknown", "message": words})
    answer = client.post(SIGN_UP, TYPED)
    assert answer.status_code == 422
    assert words in answer.content.decode()


@pytest.mark.parametrize("code", ["hook_timeout", "hook_timeout_after_retry"])
@pytest.mark.parametrize(
    ("page", "route"), [(SIGN_UP, "POST /signup"), (FORGOTTEN, "POST /recover")]
)
def test_nobody_is_told_to_look_for_a_mail_that_could_not_be_kept(
    client, db, auth, page, route, code
):
    auth.refuse(route, 422, code)
    answer = client.post(page, TYPED)
    assert (answer.status_code, bool(answer["Retry-After"])) == (503, True)
    assert 'value="ada@mail.example"' in answer.content.decode()
