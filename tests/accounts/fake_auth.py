"""An Auth server with scripted answers on a real loopback socket: the network edge of tests.

It answers what a test tells it to, and remembers what it was asked. Whether the real
server behaves so is the contract suite's question, not this one's.
"""

import json
import threading
import uuid
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

KID = "key-1"


class FakeAuth:
    """``answers["POST /token"] = (status, body)``, or a function that returns the two.

    A body is JSON, or text with its own type.
    """

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.answers: dict[str, Any] = {}
        self.requests: list[dict[str, Any]] = []
        self.jwks = {"keys": [self.public_jwk()]}
        # Asked by every sign-in page in the background, so not among the requests.
        self.settings: tuple[int, Any] = (200, {"external": {"email": True}})
        self.settings_asked = 0
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        server.daemon_threads = True
        self.server = server
        self.thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}/auth/v1"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)

    def public_jwk(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key()))
        return {**public, "kid": KID, "alg": "ES256", "use": "sig"}

    def calls(self, route: str) -> list[dict[str, Any]]:
        return [request for request in self.requests if request["route"] == route]

    def refuse(self, route: str, status: int, code: str, **more: Any) -> None:
        self.answers[route] = (status, {"code": code, "message": "not for people", **more})

    @staticmethod
    def record(email: str = "ada@lindencourt.example", **fields: Any) -> dict[str, Any]:
        """A user record in the Auth API's JSON shape."""
        now = datetime.now(UTC).isoformat()
        return {
            "id": str(uuid.uuid5(uuid.NAMESPACE_DNS, email)),
            "aud": "authenticated",
            "role": "authenticated",
            "email": email,
            "email_confirmed_at": now,
            "created_at": now,
            "updated_at": now,
            "last_sign_in_at": now,
            "app_metadata": {"provider": "email"},
            "user_metadata": {"full_name": "Ada Byron"},
            "identities": [],
            "is_anonymous": False,
        } | fields

    def claims(self, record: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
        """Claims of a good access token; a change to None leaves the claim out."""
        record = record or self.record()
        now = datetime.now(UTC)
        claims = {
            "iss": self.url,
            "aud": "authenticated",
            "role": "authenticated",
            "sub": record["id"],
            "email": record["email"],
            "session_id": str(uuid.uuid4()),
            "aal": "aal1",
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(hours=1)).timestamp()),
            "app_metadata": record["app_metadata"],
            "is_anonymous": record["is_anonymous"],
        } | changes
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, record: dict[str, Any] | None = None, **changes: Any) -> str:
        return jwt.encode(self.claims(record, **changes), self.key, "ES256", headers={"kid": KID})

    def session(self, record: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
        """The JSON of a session, as POST /token and POST /verify answer it."""
        record = record or self.record()
        claims = self.claims(record, **changes)
        return {
            "access_token": jwt.encode(claims, self.key, "ES256", headers={"kid": KID}),
            "token_type": "bearer",
            "expires_in": 3600,
            "expires_at": claims.get("exp", 0),
            "refresh_token": f"refresh-{uuid.uuid4().hex}",
            "user": record,
        }

    def _handler(fake) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the inner class needs self
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: Any) -> None:
                return

            def do(self) -> None:
                path, _, query = self.path.partition("?")
                route = f"{self.command} {path.removeprefix('/auth/v1')}"
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length) or b"null")
                if route != "GET /settings":
                    fake.requests.append(
                        {
                            "route": route,
                            "query": query,
                            "body": body,
                            "headers": dict(self.headers),
                        }
                    )
                if route == "GET /.well-known/jwks.json":
                    status, answer = 200, fake.jwks
                elif route == "GET /settings":
                    status, answer = fake.settings
                    fake.settings_asked += 1
                else:
                    scripted = fake.answers.get(route, (404, {"code": "unscripted"}))
                    status, answer = scripted() if callable(scripted) else scripted
                kind = "application/json"
                if isinstance(answer, str):
                    kind = "text/html"
                else:
                    answer = json.dumps(answer)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("X-Supabase-Api-Version", "2024-01-01")
                self.send_header("Content-Length", str(len(answer.encode())))
                self.end_headers()
                self.wfile.write(answer.encode())

            do_GET = do_POST = do_PUT = do_DELETE = do

        return Handler
