"""The database webhooks of the stand-in, checked with the portal's own verifier."""

import json
import time

import pytest

from accounts.supabase.signatures import InvalidSignature, verify
from tests.contract.client import PASSWORD, AuthServer
from tests.contract.processes import (
    PUBLISHABLE_KEY,
    SECRET_KEY,
    WEBHOOK_SECRETS,
    post_office,
    stand_in,
)
from tests.tools.receiver import receiver


@pytest.fixture(scope="module")
def portal():
    with receiver() as running:
        yield running


@pytest.fixture(scope="module")
def auth(portal, tmp_path_factory):
    folder = tmp_path_factory.mktemp("auth")
    with (
        post_office() as mails,
        stand_in(folder, smtp_port=mails.port, webhook_url=portal.url) as url,
    ):
        yield AuthServer(url, PUBLISHABLE_KEY, SECRET_KEY)


@pytest.fixture(autouse=True)
def _forget(portal):
    portal.posts.clear()


def test_it_reports_a_new_user_in_the_shape_of_the_trigger(auth, portal):
    user = auth.make_user(app_metadata={"roles": ["editor"]})
    [post] = portal.wait_for(1)
    body = json.loads(post.body)
    assert (body["type"], body["schema"], body["table"]) == ("INSERT", "auth", "users")
    assert body["old_record"] is None
    assert body["record"]["id"] == user["id"]
    assert body["record"]["raw_app_meta_data"]["roles"] == ["editor"]
    assert body["record"]["phone"] is None


def test_it_posts_no_password_and_no_token(auth, portal):
    auth.post("/signup", email=auth.address(), password=PASSWORD)
    [post] = portal.wait_for(1)
    names = json.loads(post.body)["record"].keys()
    assert not [name for name in names if "password" in name or "token" in name]


@pytest.mark.parametrize("secret", WEBHOOK_SECRETS)
def test_it_signs_with_every_secret(auth, portal, secret):
    auth.make_user()
    [post] = portal.wait_for(1)
    assert post.headers["content-type"] == "application/json"
    assert post.headers["webhook-signature"].count(", v1,") == 1
    verify(post.headers, post.body, [secret], time.time())
    with pytest.raises(InvalidSignature):
        verify(post.headers, post.body + b" ", [secret], time.time())


def test_it_reports_changes_and_the_end(auth, portal):
    user = auth.make_user()
    auth.admin("PUT", f"/admin/users/{user['id']}", json={"ban_duration": "1h"})
    auth.admin("DELETE", f"/admin/users/{user['id']}", json={})
    bodies = [json.loads(post.body) for post in portal.wait_for(3)]
    assert [body["type"] for body in bodies] == ["INSERT", "UPDATE", "DELETE"]
    assert bodies[1]["record"]["banned_until"]
    assert bodies[2]["record"]["id"] == user["id"]


def test_it_leaves_signing_in_unreported(auth, portal):
    user = auth.make_user()
    auth.session(user)
    auth.make_user()
    bodies = [json.loads(post.body) for post in portal.wait_for(2)]
    assert [body["type"] for body in bodies] == ["INSERT", "INSERT"]


def test_it_never_tries_twice(auth, portal):
    portal.replies = [(500, {}, b""), (204, {}, b"")]
    first, second = auth.make_user(), auth.make_user()
    ids = [json.loads(post.body)["record"]["id"] for post in portal.wait_for(2)]
    assert ids == [first["id"], second["id"]]
