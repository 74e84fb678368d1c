"""Access tokens as the portal verifies them, with the published keys."""

import time
import uuid

import jwt
import pytest


@pytest.fixture(scope="module")
def key_set(auth):
    answer = auth.http.get(f"{auth.url}/.well-known/jwks.json")  # no API key needed
    assert answer.status_code == 200
    assert "max-age=" in answer.headers["cache-control"]
    if not answer.json()["keys"]:
        pytest.skip("this project signs HS256 and publishes no key")
    return jwt.PyJWKSet.from_dict(answer.json())


def test_it_signs_tokens_that_the_published_keys_verify(auth, key_set):
    user = auth.make_user(app_metadata={"roles": ["editor"]})
    token = auth.session(user)["access_token"]
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(
        token, key_set[header["kid"]].key, ["ES256", "RS256"], audience="authenticated", leeway=10
    )
    assert claims["sub"] == user["id"]
    assert claims["email"] == user["email"]
    assert claims["role"] == "authenticated"
    assert claims["app_metadata"]["roles"] == ["editor"]
    assert claims["is_anonymous"] is False
    assert claims["iat"] <= time.time() + 10 < claims["exp"]


def test_it_names_the_session_and_how_it_was_opened(auth):
    user = auth.make_user()
    link = auth.generate_link("magiclink", user["email"])
    by_link = auth.post("/verify", token_hash=link["hashed_token"], type="magiclink").json()
    for session, method in ((auth.session(user), "password"), (by_link, "otp")):
        claims = jwt.decode(session["access_token"], options={"verify_signature": False})
        assert uuid.UUID(claims["session_id"])
        assert claims["aal"] == "aal1"
        assert claims["amr"][0]["method"] == method
        assert claims["iss"].startswith("http")
        assert claims["phone"] == ""


def test_it_publishes_keys_that_can_only_verify(auth, key_set):
    for key in auth.http.get(f"{auth.url}/.well-known/jwks.json").json()["keys"]:
        assert "d" not in key
        assert key["alg"] in ("ES256", "RS256")
