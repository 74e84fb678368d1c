"""The list of accounts, which the portal's sweeps page through."""

import pytest

from tests.contract.client import refusal


@pytest.fixture(scope="module")
def three(auth):
    """Three users that one filter finds, oldest first."""
    name = f"Listed {auth.run}"
    return name, [auth.make_user(user_metadata={"full_name": name}) for _ in range(3)]


def page(auth, **query):
    return auth.admin("GET", "/admin/users", params=query)


def ids(answer):
    return [user["id"] for user in answer.json()["users"]]


def test_it_counts_all_of_them(auth, three):
    answer = page(auth, filter=three[0], per_page=1)
    assert (len(ids(answer)), answer.headers["x-total-count"]) == (1, "3")
    everybody = page(auth, per_page=1).headers["x-total-count"]
    assert int(everybody) >= 3


def test_the_newest_comes_first_unless_asked_otherwise(auth, three):
    newest_first = [user["id"] for user in reversed(three[1])]
    assert ids(page(auth, filter=three[0])) == newest_first
    assert ids(page(auth, filter=three[0], sort="created_at asc")) == newest_first[::-1]


def test_pages_do_not_overlap_and_end(auth, three):
    query = {"filter": three[0], "sort": "created_at asc", "per_page": 2}
    pages = [ids(page(auth, page=number, **query)) for number in (1, 2, 3)]
    assert [len(found) for found in pages] == [2, 1, 0]
    assert pages[0] + pages[1] == [user["id"] for user in three[1]]


def test_a_page_holds_fifty_unless_asked_otherwise(auth):
    assert len(ids(page(auth))) <= 50


def test_a_page_may_hold_a_hundred(auth):
    assert page(auth, per_page=100, sort="created_at asc").status_code == 200


def test_rows_say_what_a_reading_by_id_says_but_not_how_they_sign_in(auth, three):
    listed = page(auth, filter=three[0], sort="created_at asc").json()["users"][0]
    by_id = auth.get_user(three[1][0])
    assert listed["identities"] is None
    assert "factors" not in listed
    said = ("id", "email", "app_metadata", "user_metadata", "email_confirmed_at", "is_anonymous")
    for name in (*said, "created_at", "updated_at"):
        assert listed[name] == by_id[name], name


def test_banned_and_deleted_people_are_listed(auth):
    name = f"Gone {auth.run}"
    banned, deleted = (auth.make_user(user_metadata={"full_name": name}) for _ in range(2))
    auth.admin("PUT", f"/admin/users/{banned['id']}", json={"ban_duration": "24h"})
    path = f"/admin/users/{deleted['id']}"
    auth.admin("DELETE", path, json={"should_soft_delete": True})
    rows = {user["id"]: user for user in page(auth, per_page=100).json()["users"]}
    assert rows[banned["id"]]["banned_until"]
    assert rows[deleted["id"]]["deleted_at"]


def test_a_deleted_person_is_not_listed_any_more(auth):
    name = f"Removed {auth.run}"
    user = auth.make_user(user_metadata={"full_name": name})
    auth.admin("DELETE", f"/admin/users/{user['id']}", json={})
    assert ids(page(auth, filter=name)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"ban_duration": "1h"}, {"app_metadata": {"role": "editor"}}, {"email_confirm": True},
        {"user_metadata": {"full_name": "Ada"}},
    ],
)  # fmt: skip
def test_every_change_moves_the_stamp(auth, changes):
    user = auth.make_user(email_confirm=False)
    changed = auth.admin("PUT", f"/admin/users/{user['id']}", json=changes).json()
    assert changed["updated_at"] > user["updated_at"]


def test_the_refusal_of_an_unknown_id_is_json(auth):
    unknown = "00000000-0000-4000-8000-000000000000"
    answer = auth.admin("GET", f"/admin/users/{unknown}")
    assert refusal(answer) == (404, "user_not_found")
    assert answer.headers["content-type"].startswith("application/json")


def test_it_lists_for_the_secret_key_only(auth):
    assert auth.call("GET", "/admin/users").status_code in (401, 403)
