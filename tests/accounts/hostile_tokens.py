"""Tokens that nobody may come in with. Each entry makes one from the Auth server of a test."""

import base64
import json
import string
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.accounts.fake_auth import KID, FakeAuth

SECRET = "a-legacy-secret-of-more-than-thirty-two-characters"
NOW = int(time.time())
OTHER_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
Make = Callable[[FakeAuth], Any]


def b64(data: Any) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(
    auth: FakeAuth, key: Any = None, claims: dict[str, Any] | None = None, **header: Any
) -> str:
    """A token signed as ES256, whose header says what it likes."""
    head = {"typ": "JWT", "alg": "ES256", "kid": KID, **header}
    message = f"{b64(head)}.{b64(claims or auth.claims())}"
    signer = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256)
    return f"{message}.{b64(signer.sign(message.encode(), key or auth.key))}"


def mac(auth: FakeAuth, key: bytes, claims: dict[str, Any] | None = None, **header: Any) -> str:
    """A token with an HS256 signature by any bytes."""
    message = f"{b64({'alg': 'HS256', **header})}.{b64(claims or auth.claims())}"
    signer = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    return f"{message}.{b64(signer.sign(message.encode(), key))}"


CLAIMS: dict[str, dict[str, Any]] = {
    "other audience": {"aud": "anon"},
    "audience in capitals": {"aud": "AUTHENTICATED"},
    "audience with a space": {"aud": "authenticated "},
    "empty audience": {"aud": ""},
    "no audiences": {"aud": []},
    "audience of another kind": {"aud": 7},
    "audience is a mapping": {"aud": {"authenticated": True}},
    "no audience": {"aud": None},
    "other project": {"iss": "https://other.supabase.co/auth/v1"},
    "issuer of the API keys": {"iss": "supabase"},
    "empty issuer": {"iss": ""},
    "no issuer": {"iss": None},
    "expired": {"exp": NOW - 40},
    "expired long ago": {"exp": 1},
    "expiry before time": {"exp": -(10**12)},
    "no expiry": {"exp": None},
    "expiry is text": {"exp": "tomorrow"},
    "expiry is a list": {"exp": [NOW + 3600]},
    "expiry out of this world": {"exp": 10**30},
    "expiry is infinite": {"exp": float("inf")},
    "expiry is no number": {"exp": float("nan")},
    "issued in the future": {"iat": NOW + 3600},
    "issued at is text": {"iat": "now"},
    "no issued at": {"iat": None},
    "not yet valid": {"nbf": NOW + 3600},
    "role of the server": {"role": "service_role"},
    "role of the database": {"role": "supabase_admin"},
    "role of a visitor": {"role": "anon"},
    "role in capitals": {"role": "Authenticated"},
    "several roles": {"role": ["authenticated"]},
    "no role": {"role": None},
    "no subject": {"sub": None},
    "empty subject": {"sub": ""},
    "subject is no UUID": {"sub": "ada"},
    "subject is a number": {"sub": 1},
    "subject is a list": {"sub": [str(uuid.uuid4())]},
    "unicode subject": {"sub": "①" * 32},
    "subject with a NUL": {"sub": f"{uuid.uuid4()}\x00"},
    "no session": {"session_id": None},
    "session is no UUID": {"session_id": "../../x"},
    "session is a mapping": {"session_id": {"a": 1}},
    "app_metadata is a list": {"app_metadata": ["admin"]},
}
HEADERS: dict[str, dict[str, Any]] = {
    "none": {"alg": "none"},
    "None": {"alg": "None"},
    "NONE": {"alg": "NONE"},
    "nOnE": {"alg": "nOnE"},
    "none with a space": {"alg": "none "},
    "empty": {"alg": ""},
    "null": {"alg": None},
    "a list of algorithms": {"alg": ["ES256"]},
    "a mapping": {"alg": {"ES256": 1}},
    "a number": {"alg": 256},
    "lower case": {"alg": "es256"},
    "other curve": {"alg": "ES384"},
    "other curve of the same size": {"alg": "ES256K"},
    "other family": {"alg": "RS256"},
    "padding": {"alg": "PS256"},
    "EdDSA": {"alg": "EdDSA"},
    "HS256": {"alg": "HS256"},
    "HS512": {"alg": "HS512"},
    "no kid": {"kid": None},
    "empty kid": {"kid": ""},
    "unknown kid": {"kid": "key-2"},
    "kid is a list": {"kid": [KID]},
    "kid is a mapping": {"kid": {"a": KID}},
    "kid is a number": {"kid": 1},
    "kid is a path": {"kid": "../../../dev/null"},
    "kid is SQL": {"kid": "x' OR '1'='1"},
    "kid is a command": {"kid": "key-1|/usr/bin/id"},
    "kid is unicode": {"kid": "key‑1"},
    "kid has a NUL": {"kid": "key-1\x00"},
    "kid is long": {"kid": "k" * 4000},
    "critical extension": {"crit": ["exp"], "exp": 1},
    "empty critical list": {"crit": []},
    "critical is text": {"crit": "exp"},
    "unencoded payload": {"b64": False, "crit": ["b64"]},
    "an encrypted token's header": {"alg": "dir", "enc": "A256GCM"},
}
TWICE = b'{"alg":"ES256","kid":"key-1","alg":"none"}'
ONCE_NONE = b'{"alg":"none","alg":"ES256","kid":"key-1"}'
SHAPES: dict[str, Callable[[str, str, str], str]] = {
    "words": lambda head, payload, signature: "not a token",
    "a dot": lambda head, payload, signature: ".",
    "two dots": lambda head, payload, signature: "..",
    "one part": lambda head, payload, signature: head,
    "two parts": lambda head, payload, signature: f"{head}.{payload}",
    "four parts": lambda head, payload, signature: f"{head}.{payload}.{signature}.{signature}",
    "five parts": lambda head, payload, signature: f"{head}.{payload}.{signature}.a.b",
    "no signature": lambda head, payload, signature: f"{head}.{payload}.",
    "no header": lambda head, payload, signature: f".{payload}.{signature}",
    "no payload": lambda head, payload, signature: f"{head}..{signature}",
    "turned round": lambda head, payload, signature: f"{signature}.{payload}.{head}",
    "truncated": lambda head, payload, signature: f"{head}.{payload}.{signature[:-8]}",
    "padded": lambda head, payload, signature: f"{head}.{payload}.{signature}==",
    "foreign letters": lambda head, payload, signature: f"{head}.{payload}.!{signature}",
    "signature of zeros": lambda head, payload, signature: f"{head}.{payload}.{b64(bytes(64))}",
    "signature in DER": lambda head, payload, signature: f"{head}.{payload}.{b64(b'0' * 70)}",
    "other payload": lambda head, payload, signature: (
        f"{head}.{b64({'sub': str(uuid.uuid4())})}.{signature}"
    ),
    "payload is a list": lambda head, payload, signature: f"{head}.{b64([1])}.{signature}",
    "header is a list": lambda head, payload, signature: f"{b64(['ES256'])}.{payload}.{signature}",
    "header is not JSON": lambda head, payload, signature: f"{b64(b'{')}.{payload}.{signature}",
    "header is UTF-16": lambda head, payload, signature: (
        f"{b64(json.dumps({'alg': 'ES256'}).encode('utf-16'))}.{payload}.{signature}"
    ),
    "header is no UTF-8": lambda head, payload, signature: f"{b64(bytes([255]))}.a.{signature}",
    "header is deep": lambda head, payload, signature: f"{b64(b'[' * 5000)}.{payload}.{signature}",
    "header is a long number": lambda head, payload, signature: (
        f"{b64(b'9' * 6000)}.{payload}.{signature}"
    ),
    "unicode": lambda head, payload, signature: f"{head}.{payload}.{signature}é",
    "full-width dots": lambda head, payload, signature: f"{head}．{payload}．{signature}",
    "spaces": lambda head, payload, signature: f"{head} . {payload}.{signature}",
    "lines": lambda head, payload, signature: f"{head}.\n{payload}.{signature}",
    "a megabyte": lambda head, payload, signature: f"{head}.{'A' * 1024 * 1024}.{signature}",
    "a megabyte of dots": lambda head, payload, signature: "." * 1024 * 1024,
    "algorithm twice": lambda head, payload, signature: f"{b64(TWICE)}.{payload}.",
    "algorithm twice, other way": lambda head, payload, signature: (
        f"{b64(ONCE_NONE)}.{payload}.{signature}"
    ),
}


def respelled(token: str) -> str:
    """The same signature, with its last letter saying more bits than there are bytes."""
    letters = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    return token[:-1] + letters[letters.index(token[-1]) ^ 1]


def named_key(member: str, value: Any = None) -> Make:
    """A token signed by a stranger, whose header names the stranger's key or its address."""

    def make(auth: FakeAuth) -> str:
        jwk = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(OTHER_KEY.public_key()))
        known = {"jwk": {**jwk, "kid": KID}, "x5c": ["MIIB"], "x5t": "AAAA"}
        return signed(auth, OTHER_KEY, **{member: known.get(member, f"{auth.url}/trap")})

    return make


def public_key(shape: str) -> Make:
    """A token whose HS256 key is our public key in one of its spellings."""

    def make(auth: FakeAuth) -> str:
        public = auth.key.public_key()
        info = serialization.PublicFormat.SubjectPublicKeyInfo
        keys = {
            "PEM": public.public_bytes(serialization.Encoding.PEM, info),
            "PEM without its last line": public.public_bytes(
                serialization.Encoding.PEM, info
            ).strip(),
            "DER": public.public_bytes(serialization.Encoding.DER, info),
            "JWK": json.dumps(auth.public_jwk()).encode(),
            "x": auth.public_jwk()["x"].encode(),
            "kid": KID.encode(),
            "nothing": b"",
        }
        return mac(auth, keys[shape], kid=KID)

    return make


def api_key(role: str) -> Make:
    """A project's legacy API key: a token too, signed with the secret."""

    def make(auth: FakeAuth) -> str:
        claims = {"iss": "supabase", "ref": "abcd", "role": role, "iat": NOW, "exp": NOW + 3600}
        return mac(auth, SECRET.encode(), claims)

    return make


def id_token(auth: FakeAuth) -> str:
    """What a social provider hands out about the same person."""
    moment = datetime.now(UTC)
    claims = {
        "iss": "https://accounts.google.com",
        "aud": "client.apps.googleusercontent.com",
        "sub": "1",
        "iat": moment,
        "exp": moment + timedelta(hours=1),
    }
    return jwt.encode(claims, RSA_KEY, "RS256", headers={"kid": "google"})


CORPUS: dict[str, Make] = {
    **{f"claim: {k}": (lambda auth, v=v: auth.token(**v)) for k, v in CLAIMS.items()},
    "claim: slash at the end of the issuer": lambda auth: auth.token(iss=f"{auth.url}/"),
    "claim: issuer without a path": lambda auth: auth.token(iss=auth.url.removesuffix("/auth/v1")),
    "claim: issuer by another scheme": lambda auth: auth.token(
        iss=auth.url.replace("http:", "https:")
    ),
    "claim: several issuers": lambda auth: signed(auth, claims=auth.claims(iss=[auth.url])),
    "claim: issuer in capitals": lambda auth: auth.token(iss=auth.url.upper()),
    **{f"header: {k}": (lambda auth, v=v: signed(auth, **v)) for k, v in HEADERS.items()},
    **{f"named key: {k}": named_key(k) for k in ("jku", "x5u", "jwk", "x5c", "x5t")},
    **{
        f"public key as secret: {k}": public_key(k)
        for k in ("PEM", "PEM without its last line", "DER", "JWK", "x", "kid", "nothing")
    },
    **{f"shape: {k}": (lambda auth, v=v: v(*auth.token().split("."))) for k, v in SHAPES.items()},
    "another spelling of the signature": lambda auth: respelled(auth.token()),
    "a stranger's signature": lambda auth: signed(auth, OTHER_KEY),
    "a stranger's RSA signature": lambda auth: jwt.encode(
        auth.claims(), RSA_KEY, "RS256", headers={"kid": KID}
    ),
    "another secret": lambda auth: mac(auth, b"another-secret-of-more-than-thirty-two-characters"),
    "API key: anon": api_key("anon"),
    "API key: service_role": api_key("service_role"),
    "new API key": lambda auth: "sb_secret_test",
    "refresh token": lambda auth: "v4bvvjd2qjcc",
    "session as JSON": lambda auth: json.dumps({"access_token": auth.token()}),
    "ID token": id_token,
}
