import base64
import json
import time
import uuid

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from accounts.supabase.errors import Unavailable
from accounts.tokens import InvalidToken, verify_access_token
from tests.accounts.fake_auth import KID

SECRET = "a-legacy-secret-of-more-than-thirty-two-characters"
NOW = int(time.time())


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


CLAIMS = {
    "other audience": {"aud": "anon"},
    "audience of another kind": {"aud": 7},
    "no audience": {"aud": None},
    "other project": {"iss": "https://other.supabase.co/auth/v1"},
    "no issuer": {"iss": None},
    "expired": {"exp": NOW - 40},
    "no expiry": {"exp": None},
    "expiry is text": {"exp": "tomorrow"},
    "expiry is a list": {"exp": [NOW + 3600]},
    "expiry out of this world": {"exp": 10**30},
    "expiry is infinite": {"exp": float("inf")},
    "issued in the future": {"iat": NOW + 3600},
    "issued at is text": {"iat": "now"},
    "no issued at": {"iat": None},
    "not yet valid": {"nbf": NOW + 3600},
    "role of the server": {"role": "service_role"},
    "role of a visitor": {"role": "anon"},
    "several roles": {"role": ["authenticated"]},
    "no role": {"role": None},
    "no subject": {"sub": None},
    "empty subject": {"sub": ""},
    "subject is no UUID": {"sub": "ada"},
    "subject is a number": {"sub": 1},
    "subject is a list": {"sub": [str(uuid.uuid4())]},
    "unicode subject": {"sub": "①" * 32},
    "no session": {"session_id": None},
    "session is no UUID": {"session_id": "../../x"},
    "session is a mapping": {"session_id": {"a": 1}},
    "app_metadata is a list": {"app_metadata": ["admin"]},
}


@pytest.mark.parametrize("changes", CLAIMS.values(), ids=CLAIMS)
def test_it_refuses_claims(auth, changes):
    with pytest.raises(InvalidToken):
        verify_access_token(auth.token(**changes))


def test_the_slash_at_the_end_of_the_issuer_matters(auth):
    with pytest.raises(InvalidToken):
        verify_access_token(auth.token(iss=f"{auth.url}/"))


def b64(data):
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(auth, key=None, **header):
    """A token with our claims, signed as ES256, whose header says what it likes."""
    head = {"typ": "JWT", "alg": "ES256", "kid": KID, **header}
    message = f"{b64(head)}.{b64(auth.claims())}"
    signer = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256)
    return f"{message}.{b64(signer.sign(message.encode(), key or auth.key))}"


HEADERS = {
    "none": {"alg": "none"},
    "None": {"alg": "None"},
    "NONE": {"alg": "NONE"},
    "nOnE": {"alg": "nOnE"},
    "empty": {"alg": ""},
    "null": {"alg": None},
    "a list of algorithms": {"alg": ["ES256"]},
    "a mapping": {"alg": {"ES256": 1}},
    "a number": {"alg": 256},
    "lower case": {"alg": "es256"},
    "other curve": {"alg": "ES384"},
    "other family": {"alg": "RS256"},
    "padding": {"alg": "PS256"},
    "EdDSA": {"alg": "EdDSA"},
    "HS256": {"alg": "HS256"},
    "no kid": {"kid": None},
    "empty kid": {"kid": ""},
    "unknown kid": {"kid": "key-2"},
    "kid is a list": {"kid": [KID]},
    "kid is a mapping": {"kid": {"a": KID}},
    "kid is a number": {"kid": 1},
    "kid is a path": {"kid": "../../../dev/null"},
    "kid is SQL": {"kid": "x' OR '1'='1"},
    "kid is unicode": {"kid": "key‑1"},
    "kid has a NUL": {"kid": "key-1\x00"},
    "critical extension": {"crit": ["exp"], "exp": 1},
    "unencoded payload": {"b64": False, "crit": ["b64"]},
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_it_refuses_headers(auth, header):
    with pytest.raises(InvalidToken):
        verify_access_token(signed(auth, **header))


def test_the_corpus_would_pass_with_an_honest_header(auth):
    assert verify_access_token(signed(auth))


@pytest.mark.parametrize("member", ["jku", "x5u", "jwk", "x5c"])
def test_it_fetches_and_believes_no_key_named_by_the_token(auth, member):
    other = ec.generate_private_key(ec.SECP256R1())
    public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(other.public_key()))
    value = {"jwk": public, "x5c": ["MIIB"]}.get(member, f"{auth.url}/trap")
    with pytest.raises(InvalidToken):
        verify_access_token(signed(auth, other, **{member: value}))
    assert not auth.calls("GET /trap")


@pytest.mark.parametrize("shape", ["PEM", "DER", "JWK"])
def test_it_refuses_hs256_keyed_with_the_public_key(auth, settings, shape):
    settings.SUPABASE_JWT_SECRET = SECRET
    public = auth.key.public_key()
    info = serialization.PublicFormat.SubjectPublicKeyInfo
    key = {
        "PEM": public.public_bytes(serialization.Encoding.PEM, info),
        "DER": public.public_bytes(serialization.Encoding.DER, info),
        "JWK": json.dumps(auth.public_jwk()).encode(),
    }[shape]
    message = f"{b64({'alg': 'HS256', 'kid': KID})}.{b64(auth.claims())}"
    mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
        message.encode(), key
    )
    with pytest.raises(InvalidToken):
        verify_access_token(f"{message}.{b64(mac)}")


TWICE = b'{"alg":"ES256","alg":"none"}'


def broken(token):
    head, payload, signature = token.split(".")
    return {
        "empty": "",
        "not text": b"abc",
        "nothing": None,
        "words": "not a token",
        "one part": head,
        "two parts": f"{head}.{payload}",
        "four parts": f"{token}.{signature}",
        "five parts": f"{token}.a.b",
        "no signature": f"{head}.{payload}.",
        "truncated": token[:-8],
        "other payload": f"{head}.{b64({'sub': str(uuid.uuid4())})}.{signature}",
        "payload is a list": f"{head}.{b64([1])}.{signature}",
        "header is a list": f"{b64(['ES256'])}.{payload}.{signature}",
        "header is not JSON": f"{b64(b'{')}.{payload}.{signature}",
        "header is UTF-16": f"{b64(json.dumps({'alg': 'ES256'}).encode('utf-16'))}.{payload}.{signature}",
        "header is deep": f"{b64(b'[' * 5000)}.{payload}.{signature}",
        "unicode": f"{head}.{payload}.{signature}é",
        "surrogate": f"{head}.{payload}.\ud800",
        "spaces": f" {token} ",
        "lines": f"{head}.\n{payload}.{signature}",
        "a megabyte": f"{head}.{'A' * 1024 * 1024}.{signature}",
        "algorithm twice": f"{b64(TWICE)}.{payload}.",
    }  # fmt: skip


SHAPES = list(broken("a.b.c"))


@pytest.mark.parametrize("shape", SHAPES)
def test_it_refuses_broken_tokens(auth, shape):
    with pytest.raises(InvalidToken):
        verify_access_token(broken(auth.token())[shape])


def test_it_allows_thirty_seconds_between_clocks(auth):
    now = int(time.time())
    assert verify_access_token(auth.token(exp=now - 28))
    assert verify_access_token(auth.token(iat=now + 28))
    with pytest.raises(InvalidToken):
        verify_access_token(auth.token(exp=now - 32))
    with pytest.raises(InvalidToken):
        verify_access_token(auth.token(iat=now + 33))


def test_it_cannot_judge_without_keys(auth):
    token = auth.token()
    auth.close()
    with pytest.raises(Unavailable):
        verify_access_token(token)
