import base64
import json
import time
import uuid

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.supabase.errors import Unavailable
from accounts.sync.records import apply_record
from accounts.tokens import InvalidToken, verify_access_token
from tests.accounts.hostile_tokens import CORPUS, NOW, SECRET, mac, signed


def test_it_returns_what_the_token_says(auth):
    record = auth.record("Ada@lindencourt.example", app_metadata={"role": "editor"})
    session_id = str(uuid.uuid4())
    claims = verify_access_token(auth.token(record, session_id=session_id, aal="aal2"))
    assert (str(claims.subject), str(claims.session_id)) == (record["id"], session_id)
    assert (claims.email, claims.aal) == ("ada@lindencourt.example", "aal2")
    assert claims.app_metadata == {"role": "editor"}
    assert claims.is_anonymous is False
    assert claims.expires_at.timestamp() > NOW


def test_it_says_when_the_account_is_anonymous(auth):
    assert verify_access_token(auth.token(is_anonymous=True)).is_anonymous is True


def test_it_takes_rsa_keys_too(auth):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    auth.jwks["keys"].append({**public, "kid": "rsa", "alg": "RS256"})
    assert verify_access_token(jwt.encode(auth.claims(), key, "RS256", headers={"kid": "rsa"}))


def test_it_takes_the_shared_secret_only_where_one_is_set(auth, settings):
    token = jwt.encode(auth.claims(), SECRET, "HS256")
    with pytest.raises(InvalidToken):
        verify_access_token(token)
    settings.SUPABASE_JWT_SECRET = SECRET
    assert verify_access_token(token)
    assert not auth.requests  # a shared secret needs no key set


@pytest.mark.parametrize("name", CORPUS)
@pytest.mark.parametrize("secret", ["", SECRET], ids=["keys only", "with a shared secret"])
def test_it_refuses(auth, settings, name, secret):
    settings.SUPABASE_JWT_SECRET = secret
    with pytest.raises(InvalidToken):
        verify_access_token(CORPUS[name](auth))
    assert {each["route"] for each in auth.requests} <= {"GET /.well-known/jwks.json"}


@pytest.mark.parametrize("token", [None, b"abc", 7, ["a.b.c"], ""])
def test_it_refuses_what_is_no_text(auth, token):
    with pytest.raises(InvalidToken):
        verify_access_token(token)


def test_it_refuses_lone_surrogates(auth):
    with pytest.raises(InvalidToken):
        verify_access_token(f"{auth.token()}\ud800")


def test_the_corpus_is_large_and_its_makers_are_honest(auth, settings):
    assert len(CORPUS) >= 120
    assert verify_access_token(signed(auth))
    settings.SUPABASE_JWT_SECRET = SECRET
    assert verify_access_token(mac(auth, SECRET.encode()))


def ask(token):
    """Ask the API as a server would: header bytes arrive as Latin-1."""
    value = f"Bearer {token}".encode("utf-8", "surrogatepass").decode("latin-1")
    return Client(raise_request_exception=False).get("/api/v1/me", headers={"Authorization": value})


@pytest.mark.parametrize("name", CORPUS)
def test_the_api_refuses(db, auth, name):
    apply_record(auth.record())
    answer = ask(CORPUS[name](auth))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith(
        'Bearer realm="api", error="invalid_token"'
    )
    assert {each["route"] for each in auth.requests} <= {"GET /.well-known/jwks.json"}
    assert User.objects.count() == 1


ANYTHING = st.characters(codec="latin-1", exclude_categories=["Cc"])
MUTATIONS = st.one_of(
    st.tuples(st.just("replace"), st.floats(0, 0.9999), ANYTHING),
    st.tuples(st.just("insert"), st.floats(0, 1), st.text(ANYTHING, min_size=1, max_size=5)),
    st.tuples(st.just("delete"), st.floats(0, 0.9999), st.integers(1, 40)),
    st.tuples(st.just("case"), st.floats(0, 0.9999), st.just("")),
    st.tuples(st.just("header"), st.just(0), st.dictionaries(st.text(), st.text(), max_size=3)),
    st.tuples(st.just("payload"), st.just(1), st.dictionaries(st.text(), st.text(), max_size=3)),
)


def mutated(token, how, place, what):
    if how in ("header", "payload"):
        parts = token.split(".")
        padded = parts[place] + "=" * (-len(parts[place]) % 4)
        values = json.loads(base64.urlsafe_b64decode(padded)) | what
        parts[place] = base64.urlsafe_b64encode(json.dumps(values).encode()).rstrip(b"=").decode()
        return ".".join(parts)
    at = int(place * len(token))
    if how == "insert":
        return token[:at] + what + token[at:]
    if how == "delete":
        return token[:at] + token[at + what :]
    return token[:at] + (what or token[at].swapcase()) + token[at + 1 :]


@given(mutation=MUTATIONS)
@settings(
    max_examples=500,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_change_to_a_good_token_is_let_through(db, auth, mutation):
    apply_record(auth.record())
    good = auth.token()
    bad = mutated(good, *mutation)
    if bad.strip() == good:
        return
    with pytest.raises(InvalidToken):
        verify_access_token(bad)
    assert ask(bad).status_code == 401


def test_it_allows_thirty_seconds_between_clocks(auth):
    now = int(time.time())
    assert verify_access_token(auth.token(exp=now - 28))
    assert verify_access_token(auth.token(iat=now + 30))
    with pytest.raises(InvalidToken):
        verify_access_token(auth.token(exp=now - 31))
    with pytest.raises(InvalidToken):
        verify_access_token(auth.token(iat=now + 61))


def test_it_cannot_judge_without_keys(auth):
    token = auth.token()
    auth.close()
    with pytest.raises(Unavailable):
        verify_access_token(token)
