"""A call beside the secret key may say for whom it is made."""

from tests.contract.client import PASSWORD


def headers(auth, **more):
    return {"apikey": auth.secret_key, "Sb-Forwarded-For": "203.0.113.7", **more}


def test_a_visitor_signs_in_beside_the_secret_key(auth):
    user = auth.make_user()
    body = {"email": user["email"], "password": PASSWORD}
    answer = auth.call(
        "POST",
        "/token?grant_type=password",
        json=body,
        headers=headers(auth),
        bearer=auth.secret_key,
    )
    assert answer.status_code == 200
    assert answer.json()["user"]["id"] == user["id"]


def test_a_wrong_password_is_refused_as_ever(auth):
    body = {"email": auth.make_user()["email"], "password": "not that one"}
    answer = auth.call(
        "POST",
        "/token?grant_type=password",
        json=body,
        headers=headers(auth),
        bearer=auth.secret_key,
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_credentials")


def test_a_persons_token_keeps_its_meaning_beside_the_secret_key(auth):
    session = auth.session()
    answer = auth.call("GET", "/user", bearer=session["access_token"], headers=headers(auth))
    assert answer.json()["id"] == session["user"]["id"]
    refused = auth.call(
        "GET", "/admin/users", bearer=session["access_token"], headers=headers(auth)
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "not_admin")
