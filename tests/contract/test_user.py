"""The signed-in person: who am I, and changing oneself."""

from tests.contract.client import PASSWORD, refusal


def change(auth, session, **body):
    return auth.call("PUT", "/user", bearer=session["access_token"], json=body)


def test_it_shows_the_person_behind_a_token(auth):
    user = auth.make_user()
    me = auth.me(auth.session(user)).json()
    assert (me["id"], me["email"], me["phone"]) == (user["id"], user["email"], "")
    assert me["app_metadata"]["provider"] == "email"
    assert me["identities"][0]["identity_data"]["email"] == user["email"]
    assert me["is_anonymous"] is False


def test_it_refuses_without_a_persons_token(auth):
    answer = auth.call("GET", "/user")  # the bearer is the key, as the client libraries send it
    assert refusal(answer) in [(401, "no_authorization"), (403, "bad_jwt")]


def test_it_refuses_a_forged_token(auth):
    assert refusal(auth.me({"access_token": "a.b.c"})) == (403, "bad_jwt")


def test_it_turns_away_a_person_who_was_banned_since(auth):
    user = auth.make_user()
    session = auth.session(user)
    auth.admin("PUT", f"/admin/users/{user['id']}", json={"ban_duration": "1h"})
    assert refusal(auth.me(session)) == (403, "user_banned")
    assert refusal(auth.refresh(session["refresh_token"])) == (400, "user_banned")
    auth.admin("PUT", f"/admin/users/{user['id']}", json={"ban_duration": "none"})
    assert auth.me(session).status_code == 200, "a ban deletes no session"


def test_it_turns_away_a_person_who_was_deleted_since(auth):
    user = auth.make_user()
    session = auth.session(user)
    auth.admin("DELETE", f"/admin/users/{user['id']}", json={})
    assert refusal(auth.me(session)) == (403, "user_not_found")


def test_it_changes_the_password_and_ends_the_other_sessions(auth):
    user = auth.make_user()
    here, there = auth.session(user), auth.session(user)
    assert change(auth, here, password="a-new-password-2026").json()["id"] == user["id"]
    assert auth.me(here).status_code == 200
    assert refusal(auth.me(there)) == (403, "session_not_found")
    assert refusal(auth.sign_in(user["email"])) == (400, "invalid_credentials")
    assert auth.sign_in(user["email"], "a-new-password-2026").status_code == 200


def test_it_refuses_a_password_that_is_weak_or_the_same(auth):
    session = auth.session()
    assert refusal(change(auth, session, password="short")) == (422, "weak_password")
    assert refusal(change(auth, session, password=PASSWORD)) == (422, "same_password")


def test_it_merges_what_people_say_about_themselves(auth):
    session = auth.session(auth.make_user(user_metadata={"full_name": "Ada", "old": 1}))
    answer = change(auth, session, data={"nick": "A", "old": None}, app_metadata={"role": "admin"})
    metadata = answer.json()["user_metadata"]
    assert (metadata["full_name"], metadata["nick"]) == ("Ada", "A")
    assert "old" not in metadata
    assert "role" not in answer.json()["app_metadata"], "people must not grant themselves roles"


def test_it_refuses_an_address_that_is_taken(auth):
    answer = change(auth, auth.session(), email=auth.make_user()["email"])
    assert refusal(answer) == (422, "email_exists")


def test_it_changes_the_address_after_both_agree(auth, mails):
    user, new = auth.make_user(), auth.address()
    answer = change(auth, auth.session(user), email=new)
    assert (answer.json()["email"], answer.json()["new_email"]) == (user["email"], new)
    link = mails.next_link(user["email"])
    half = auth.post("/verify", token_hash=link.token_hash, type="email_change")
    assert (half.status_code, half.json()["code"]) == (200, "200")
    assert auth.get_user(user)["email"] == user["email"]
    link = mails.next_link(new)
    session = auth.post("/verify", token_hash=link.token_hash, type="email_change").json()
    assert session["user"]["email"] == new
