import pytest

from tests.contract.client import PASSWORD, refusal


def test_it_answers_with_an_unconfirmed_user_and_no_session(auth):
    address = auth.address()
    answer = auth.post("/signup", email=address, password=PASSWORD, data={"full_name": "Ada"})
    user = answer.json()
    assert answer.status_code == 200
    assert "access_token" not in user
    assert user["email"] == address
    assert user["user_metadata"]["full_name"] == "Ada"
    assert not user.get("email_confirmed_at")
    assert len(user["identities"]) == 1


def test_it_mails_a_link_that_confirms_and_signs_in(auth, mails):
    address = auth.address()
    user = auth.post("/signup", email=address.upper(), password=PASSWORD).json()
    assert refusal(auth.sign_in(address)) == (400, "email_not_confirmed")
    link = mails.next_link(address)
    answer = auth.post("/verify", token_hash=link.token_hash, type=link.type)
    assert link.type == "email"
    assert answer.status_code == 200
    assert answer.json()["user"]["id"] == user["id"]
    assert answer.json()["user"]["email_confirmed_at"]
    assert auth.sign_in(address).status_code == 200


def test_it_makes_up_a_user_for_an_address_that_is_confirmed(auth, mails):
    known = auth.make_user()
    answer = auth.post("/signup", email=known["email"], password="another-one-2026")
    assert answer.status_code == 200
    assert answer.json()["id"] != known["id"]
    assert answer.json()["identities"] == []
    assert "access_token" not in answer.json()
    assert auth.sign_in(known["email"]).status_code == 200, "the password must not change"
    assert mails.to(known["email"]) == []


def test_it_looks_alike_for_known_and_unknown_addresses(auth):
    known = auth.post("/signup", email=auth.make_user()["email"], password=PASSWORD)
    unknown = auth.post("/signup", email=auth.address(), password=PASSWORD)
    assert known.status_code == unknown.status_code
    assert known.json().keys() == unknown.json().keys()


def test_it_does_not_make_a_second_user_for_an_unconfirmed_address(auth):
    address = auth.address()
    first = auth.post("/signup", email=address, password=PASSWORD).json()
    second = auth.post("/signup", email=address, password="another-one-2026")
    if second.status_code == 200:
        assert second.json()["id"] == first["id"]
    else:
        assert refusal(second) == (429, "over_email_send_rate_limit")


def test_it_gives_the_reason_for_refusing_a_password(auth):
    answer = auth.post("/signup", email=auth.address(), password="short")
    assert refusal(answer) == (422, "weak_password")
    assert "length" in answer.json()["weak_password"]["reasons"]


@pytest.mark.parametrize("email", ["", "nobody", "a b@portal.example"])
def test_it_refuses_what_is_no_address(auth, email):
    answer = auth.post("/signup", email=email, password=PASSWORD)
    allowed = {"validation_failed", "email_address_invalid", "anonymous_provider_disabled"}
    assert answer.status_code in (400, 422)
    assert answer.json()["code"] in allowed


def test_it_refuses_a_missing_password(auth):
    assert refusal(auth.post("/signup", email=auth.address())) == (400, "validation_failed")
