import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.client import refusal


def update(auth, user, **body):
    return auth.admin("PUT", f"/admin/users/{user['id']}", json=body)


def delete(auth, user, **body):
    return auth.admin("DELETE", f"/admin/users/{user['id']}", json=body)


def test_it_refuses_the_publishable_key(auth):
    answer = auth.call("GET", "/admin/users")
    assert refusal(answer) in [(401, "no_authorization"), (403, "not_admin"), (403, "bad_jwt")]


def test_it_refuses_a_persons_token(auth):
    answer = auth.call("GET", "/admin/users", bearer=auth.session()["access_token"])
    assert refusal(answer) == (403, "not_admin")


def test_it_creates_a_user_as_told_and_mails_nothing(auth, mails):
    chosen = str(uuid.uuid4())
    user = auth.make_user(
        id=chosen, app_metadata={"roles": ["editor"]}, user_metadata={"full_name": "Ada"}
    )
    assert user["id"] == chosen
    assert user["email_confirmed_at"]
    assert user["app_metadata"]["roles"] == ["editor"]
    assert user["user_metadata"]["full_name"] == "Ada"
    assert user["aud"] == user["role"] == "authenticated"
    assert mails.to(user["email"]) == []


def test_it_refuses_a_second_user_with_the_address(auth):
    body = {"email": auth.make_user()["email"].upper(), "password": "something-2026"}
    assert refusal(auth.admin("POST", "/admin/users", json=body)) == (422, "email_exists")


def test_it_refuses_a_user_without_an_address(auth):
    assert refusal(auth.admin("POST", "/admin/users", json={})) == (400, "validation_failed")


def test_it_gets_a_user_by_id(auth):
    user = auth.make_user()
    found = auth.get_user(user)
    assert (found["id"], found["email"]) == (user["id"], user["email"])
    assert len(found["identities"]) == 1
    for name in ("created_at", "updated_at"):
        assert datetime.fromisoformat(found[name]).tzinfo


def test_it_says_that_an_id_is_unknown(auth):
    answer = auth.admin("GET", f"/admin/users/{uuid.uuid4()}")
    assert refusal(answer) == (404, "user_not_found")


def test_it_lists_pages_oldest_first(auth):
    users = [auth.make_user(user_metadata={"full_name": f"Page {auth.run}"}) for _ in range(3)]
    query = {"sort": "created_at asc", "per_page": 2, "filter": f"Page {auth.run}"}
    first = auth.admin("GET", "/admin/users", params={**query, "page": 1})
    second = auth.admin("GET", "/admin/users", params={**query, "page": 2})
    found = [user["id"] for page in (first, second) for user in page.json()["users"]]
    assert found == [user["id"] for user in users]
    assert first.json()["aud"] == "authenticated"
    assert first.headers["x-total-count"] == "3"
    assert 'rel="next"' in first.headers["link"]
    assert 'rel="next"' not in second.headers["link"]


def test_it_lists_without_identities(auth):
    user = auth.make_user()
    query = {"filter": user["email"]}
    [listed] = auth.admin("GET", "/admin/users", params=query).json()["users"]
    assert listed["id"] == user["id"]
    assert not listed.get("identities")


def test_it_merges_metadata_by_key(auth):
    user = auth.make_user(app_metadata={"roles": ["editor"], "old": 1})
    answer = update(auth, user, app_metadata={"old": None, "team": "REP"})
    metadata = answer.json()["app_metadata"]
    assert (metadata["roles"], metadata["team"], "old" in metadata) == (["editor"], "REP", False)


def test_it_ends_all_sessions_when_it_sets_a_password(auth):
    user = auth.make_user()
    session = auth.session(user)
    update(auth, user, password="set-by-staff-2026")
    assert refusal(auth.me(session)) == (403, "session_not_found")
    assert auth.sign_in(user["email"], "set-by-staff-2026").status_code == 200


def test_it_changes_an_address(auth):
    user, new = auth.make_user(), auth.address()
    assert update(auth, user, email=new, email_confirm=True).json()["email"] == new
    assert auth.get_user(user)["email"] == new


def test_it_answers_an_opaque_500_for_an_address_that_is_taken(auth):
    user, other = auth.make_user(), auth.make_user()
    answer = update(auth, user, email=other["email"])
    assert refusal(answer) == (500, "unexpected_failure")
    assert auth.get_user(user)["email"] == user["email"]


def test_it_bans_for_a_time(auth):
    user = auth.make_user()
    banned = update(auth, user, ban_duration="24h").json()
    until = datetime.fromisoformat(banned["banned_until"])
    assert abs(until - datetime.now(UTC) - timedelta(hours=24)) < timedelta(minutes=5)
    assert not update(auth, user, ban_duration="none").json().get("banned_until")


@pytest.mark.parametrize("duration", ["1d", "soon"])
def test_it_refuses_a_ban_it_cannot_read(auth, duration):
    assert refusal(update(auth, auth.make_user(), ban_duration=duration))[0] == 400


def test_it_deletes_for_good(auth):
    user = auth.make_user()
    answer = delete(auth, user)
    assert (answer.status_code, answer.json()) == (200, {})
    assert auth.admin("GET", f"/admin/users/{user['id']}").status_code == 404
    assert refusal(delete(auth, user)) == (404, "user_not_found")


def test_it_deletes_softly_and_frees_the_address(auth):
    user = auth.make_user(user_metadata={"full_name": "Ada"})
    assert delete(auth, user, should_soft_delete=True).json() == {}
    gone = auth.get_user(user)
    assert gone["deleted_at"]
    assert gone["email"] != user["email"]
    assert gone["user_metadata"] == {}
    assert refusal(auth.sign_in(user["email"])) == (400, "invalid_credentials")
    assert auth.make_user(email=user["email"])["id"] != user["id"]
