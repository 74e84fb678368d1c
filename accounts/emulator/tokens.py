"""Access tokens: signed with ES256 and a published key, or with the project's HS256 secret."""

import json
import time
import uuid
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import ECAlgorithm

from accounts.emulator.calls import ApiError, Record
from accounts.emulator.store import Store


class Signer:
    """Signs with ``algorithm`` and reads both kinds, as a project does while it changes over."""

    def __init__(
        self, store: Store, *, issuer: str, algorithm: str, secret: str, lifetime_seconds: int
    ) -> None:
        self.issuer, self.algorithm, self.secret = issuer, algorithm, secret
        self.lifetime_seconds = lifetime_seconds
        self.key = load_pem_private_key(store.remember("signing_key", _new_key).encode(), None)
        self.key_id = store.remember("signing_key_id", lambda: str(uuid.uuid4()))

    def sign(self, user: Record, session: Record) -> tuple[str, int]:
        """Return the access token and its expiry in Unix seconds."""
        issued_at = int(time.time())
        expires_at = issued_at + self.lifetime_seconds
        claims = {
            "iss": self.issuer,
            "sub": user["id"],
            "aud": user["aud"],
            "exp": expires_at,
            "iat": issued_at,
            "email": user["email"] or "",
            "phone": user["phone"] or "",
            "app_metadata": user["raw_app_meta_data"],
            "user_metadata": user["raw_user_meta_data"],
            "role": user["role"],
            "aal": session["aal"],
            "amr": json.loads(session["amr"]),
            "session_id": session["id"],
            "is_anonymous": user["is_anonymous"],
        }
        if self.algorithm == "HS256":
            return jwt.encode(claims, self.secret, "HS256"), expires_at
        token = jwt.encode(claims, self.key, "ES256", headers={"kid": self.key_id})
        return token, expires_at

    def read(self, token: str) -> dict[str, Any]:
        """Return the claims of a token that this server signed and that still holds."""
        try:
            algorithm = jwt.get_unverified_header(token).get("alg")
            if algorithm == "HS256" and self.secret:
                return jwt.decode(token, self.secret, ["HS256"], audience="authenticated")
            return jwt.decode(token, self.key.public_key(), ["ES256"], audience="authenticated")
        except jwt.PyJWTError as error:
            message = f"invalid JWT: unable to parse or verify signature, {error}"
            raise ApiError(403, "bad_jwt", message) from error

    def jwks(self) -> Record:
        """Return the published keys: none for a project that signs HS256."""
        if self.algorithm == "HS256":
            return {"keys": []}
        public = json.loads(ECAlgorithm.to_jwk(self.key.public_key()))
        return {
            "keys": [
                {**public, "kid": self.key_id, "alg": "ES256", "use": "sig", "key_ops": ["verify"]}
            ]
        }


def _new_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
