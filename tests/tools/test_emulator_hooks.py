"""Auth hooks: the portal may refuse a new user, and may send the mails itself."""

import json
import time

import pytest

from accounts.supabase.signatures import verify
from tests.contract.client import PASSWORD, AuthServer, refusal
from tests.contract.processes import PUBLISHABLE_KEY, SECRET_KEY, WEBHOOK_SECRETS, stand_in
from tests.tools.receiver import receiver

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def creation():
    with receiver() as running:
        yield running


@pytest.fixture(scope="module")
def mailing():
    with receiver() as running:
        yield running


@pytest.fixture(scope="module")
def auth(creation, mailing, tmp_path_factory):
    folder = tmp_path_factory.mktemp("auth")
    flags = ("--before-user-created-hook", creation.url, "--send-email-hook", mailing.url)
    with stand_in(folder, *flags) as url:
        yield AuthServer(url, PUBLISHABLE_KEY, SECRET_KEY)


@pytest.fixture(autouse=True)
def _forget(creation, mailing):
    for hook in (creation, mailing):
        hook.posts.clear()
        hook.replies.clear()


def sign_up(auth):
    return auth.post("/signup", email=auth.address(), password=PASSWORD)


def test_it_asks_before_a_user_exists(auth, creation):
    answer = sign_up(auth)
    [post] = creation.posts
    body = json.loads(post.body)
    verify(post.headers, post.body, WEBHOOK_SECRETS, time.time())
    assert answer.status_code == 200
    assert body["metadata"]["name"] == "before-user-created"
    assert body["user"]["email"] == answer.json()["email"]
    assert body["user"]["created_at"].startswith("0001-01-01")


def test_it_passes_a_refusal_on_and_makes_nobody(auth, creation, mailing):
    body = b'{"error": {"http_code": 403, "message": "Only members of the house."}}'
    creation.replies = [(200, JSON, body)]
    answer = sign_up(auth)
    address = json.loads(creation.posts[0].body)["user"]["email"]
    assert refusal(answer) == (403, "unknown")
    assert answer.json()["message"] == "Only members of the house."
    assert auth.admin("GET", "/admin/users", params={"filter": address}).json()["users"] == []
    assert mailing.posts == []


@pytest.mark.parametrize(
    "reply", [(400, JSON, b"{}"), (401, JSON, b"{}"), (200, {}, b"fine"), (200, JSON, b"")]
)
def test_it_hides_a_hook_that_misbehaves(auth, creation, reply):
    creation.replies = [reply]
    assert refusal(sign_up(auth)) == (500, "unexpected_failure")


def test_it_tries_again_under_the_same_uuid(auth, creation):
    creation.replies = [(503, {"Retry-After": "1"}, b"")]
    assert sign_up(auth).status_code == 200
    first, second = creation.posts
    uuids = {json.loads(post.body)["metadata"]["uuid"] for post in (first, second)}
    assert len(uuids) == 1
    assert first.headers["webhook-id"] != second.headers["webhook-id"]


def test_it_does_not_ask_about_users_that_staff_make(auth, creation):
    auth.make_user()
    assert creation.posts == []


def test_it_hands_mails_to_the_hook(auth, mailing):
    sign_up(auth)
    [post] = mailing.posts
    data = json.loads(post.body)["email_data"]
    verify(post.headers, post.body, WEBHOOK_SECRETS, time.time())
    assert data["email_action_type"] == "signup"
    assert len(data["token"]) == 6
    assert auth.post("/verify", token_hash=data["token_hash"], type="email").status_code == 200


def test_it_crosses_the_hashes_of_an_address_change(auth, mailing):
    session, new = auth.session(), auth.address()
    auth.call("PUT", "/user", bearer=session["access_token"], json={"email": new})
    data = json.loads(mailing.posts[0].body)["email_data"]
    current = {"email": session["user"]["email"], "token": data["token"], "type": "email_change"}
    assert auth.post("/verify", **current).json()["code"] == "200"
    answer = auth.post("/verify", token_hash=data["token_hash"], type="email_change")
    assert answer.json()["user"]["email"] == new
