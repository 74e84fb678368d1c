"""Signing with a shared secret, and what becomes of tokens across a restart."""

import jwt

from tests.contract.client import AuthServer, refusal
from tests.contract.processes import PUBLISHABLE_KEY, SECRET_KEY, stand_in

SECRET = "a-shared-secret-of-more-than-thirty-two-bytes"


def server(url: str) -> AuthServer:
    return AuthServer(url, PUBLISHABLE_KEY, SECRET_KEY)


def shared_secret(folder):
    return stand_in(folder, "--jwt-alg", "HS256", SUPABASE_JWT_SECRET=SECRET)


def test_it_signs_with_the_shared_secret_and_publishes_no_key(tmp_path):
    with shared_secret(tmp_path) as url:
        auth = server(url)
        session = auth.session()
        assert auth.http.get(f"{url}/.well-known/jwks.json").json() == {"keys": []}
        assert auth.me(session).status_code == 200
    claims = jwt.decode(
        session["access_token"], SECRET, ["HS256"], audience="authenticated", issuer=url
    )
    assert claims["role"] == "authenticated"


def test_it_still_reads_old_tokens_after_the_algorithm_changed(tmp_path):
    with shared_secret(tmp_path) as url:
        old = server(url).session()
    with stand_in(tmp_path, SUPABASE_JWT_SECRET=SECRET) as url:
        assert server(url).me(old).status_code == 200
    with stand_in(tmp_path) as url:  # the secret is gone, and with it what it signed
        assert refusal(server(url).me(old)) == (403, "bad_jwt")


def test_it_keeps_its_key_and_its_users(tmp_path):
    with stand_in(tmp_path) as url:
        session = server(url).session()
        keys = server(url).http.get(f"{url}/.well-known/jwks.json").json()
    with stand_in(tmp_path) as url:
        assert server(url).http.get(f"{url}/.well-known/jwks.json").json() == keys
        assert server(url).me(session).status_code == 200


def test_it_refuses_a_token_of_the_past_and_refreshes_its_session(tmp_path):
    with stand_in(tmp_path, "--token-lifetime", "-1") as url:
        auth = server(url)
        session = auth.session()
        assert refusal(auth.me(session)) == (403, "bad_jwt")
        assert auth.refresh(session["refresh_token"]).status_code == 200
