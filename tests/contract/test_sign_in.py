import time

from tests.contract.client import PASSWORD, refusal


def test_it_opens_a_session(auth):
    user = auth.make_user()
    answer = auth.sign_in(user["email"].upper())
    session = answer.json()
    assert answer.status_code == 200
    assert session["token_type"] == "bearer"
    assert abs(session["expires_at"] - time.time() - session["expires_in"]) < 60
    assert session["access_token"].count(".") == 2
    assert len(session["refresh_token"]) >= 12
    assert session["user"]["id"] == user["id"]
    assert session["user"]["last_sign_in_at"]


def test_it_answers_alike_for_a_wrong_password_and_an_unknown_address(auth):
    wrong = auth.sign_in(auth.make_user()["email"], "not-the-password")
    unknown = auth.sign_in(auth.address(), PASSWORD)
    assert refusal(wrong) == refusal(unknown) == (400, "invalid_credentials")
    assert wrong.json() == unknown.json()


def test_it_refuses_the_banned(auth):
    user = auth.make_user(ban_duration="24h")
    assert refusal(auth.sign_in(user["email"])) == (400, "user_banned")


def test_it_tells_of_the_ban_whatever_the_password(auth):
    user = auth.make_user(ban_duration="24h")
    assert refusal(auth.sign_in(user["email"], "wrong")) == (400, "user_banned")


def test_it_tells_of_the_missing_confirmation_after_the_right_password_only(auth):
    user = auth.make_user(email_confirm=False)
    assert refusal(auth.sign_in(user["email"], "wrong")) == (400, "invalid_credentials")
    assert refusal(auth.sign_in(user["email"])) == (400, "email_not_confirmed")


def test_it_lets_in_after_the_ban_is_lifted(auth):
    user = auth.make_user(ban_duration="24h")
    auth.admin("PUT", f"/admin/users/{user['id']}", json={"ban_duration": "none"})
    assert auth.sign_in(user["email"]).status_code == 200
