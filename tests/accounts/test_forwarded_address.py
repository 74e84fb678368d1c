"""Whom the Auth server's limits count: the visitor, when the operator says so."""

import pytest

SECRET, PUBLISHABLE = "sb_secret_test", "sb_publishable_test"
TYPED = {"email": "ada@lindencourt.example", "password": "correct horse battery"}


@pytest.fixture
def asked(auth, client, settings, db):
    """A function that signs in from an address and returns the headers the Auth server saw."""
    auth.answers["POST /token"] = (200, auth.session())

    def sign_in(address="203.0.113.7", **changes):
        for name, value in changes.items():
            setattr(settings, name, value)
        client.post("/accounts/sign-in/", TYPED, REMOTE_ADDR=address)
        headers = auth.calls("POST /token")[-1]["headers"]
        return {name.lower(): value for name, value in headers.items()}

    return sign_in


def test_it_names_the_visitor_beside_the_secret_key(asked):
    headers = asked(SUPABASE_FORWARD_CLIENT=True)
    assert headers["sb-forwarded-for"] == "203.0.113.7"
    assert headers["apikey"] == SECRET
    assert headers["authorization"] == f"Bearer {SECRET}"


def test_it_believes_the_proxies_the_operator_trusts(asked):
    headers = asked("10.0.0.1", SUPABASE_FORWARD_CLIENT=True, TRUSTED_PROXIES=0)
    assert headers["sb-forwarded-for"] == "10.0.0.1"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"SUPABASE_FORWARD_CLIENT": False},
        {"SUPABASE_FORWARD_CLIENT": True, "SUPABASE_SECRET_KEY": "eyJhbGciOiJIUzI1NiJ9.e30.x"},
        {"SUPABASE_FORWARD_CLIENT": True, "SUPABASE_SECRET_KEY": "sb_publishable_other"},
    ],
    ids=["unless asked", "when switched off", "with a legacy key", "with a publishable key"],
)
def test_it_stays_silent(asked, changes):
    headers = asked(**changes)
    assert "sb-forwarded-for" not in headers
    assert headers["apikey"] == PUBLISHABLE


def test_it_stays_silent_when_the_address_is_unknown(asked):
    headers = asked("unix:", SUPABASE_FORWARD_CLIENT=True)
    assert "sb-forwarded-for" not in headers
    assert headers["apikey"] == PUBLISHABLE


def test_a_persons_own_token_stays_in_its_place(auth, ada, client, settings):
    settings.SUPABASE_FORWARD_CLIENT = True
    auth.answers["POST /logout"] = (204, "")
    client.post("/accounts/sign-out/", REMOTE_ADDR="203.0.113.7")
    headers = auth.calls("POST /logout")[-1]["headers"]
    assert headers["apikey"] == SECRET
    assert headers["Authorization"].startswith("Bearer eyJ")
    assert headers["Sb-Forwarded-For"] == "203.0.113.7"
