"""The development stand-in inside the test process: the truth that accounts must equal.

It answers the portal over a loopback socket; the test itself calls it directly. What it
would post to the portal is kept in ``posts``, so that a test decides what arrives, how
often and when.
"""

import base64
import hashlib
import hmac
import json
import tempfile
import threading
import time
import uuid
from pathlib import Path
from typing import Any

from django.test import RequestFactory

from accounts.emulator import shapes
from accounts.emulator.__main__ import options, parse
from accounts.emulator.calls import Call
from accounts.emulator.server import Server, answer
from accounts.emulator.standin import StandIn
from accounts.models import Identity
from accounts.sync.facts import Facts
from accounts.views.webhooks import receive_webhook

ADDRESS = "/webhooks/supabase/"
SECRET = bytes(range(32))  # of tests.settings
SHARED_SECRET = "what-the-stock-trigger-sends"  # noqa: S105 - a test's own


class AuthWorld:
    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="portal-auth-")
        given = parse(["--database", str(Path(self.folder.name) / "auth.sqlite3"), "--port", "0",
                       "--webhook-url", "", "--rate-limit", "0"])  # fmt: skip
        self.app = StandIn(options(given))
        self.store = self.app.store
        self.store.on_change = self._changed
        self.posts: list[dict[str, Any]] = []
        self.server = Server(("127.0.0.1", 0), self.app)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/auth/v1"

    def settle_in(self, settings: Any) -> None:
        """Make the portal talk to this world."""
        settings.SUPABASE_URL = self.url.removesuffix("/auth/v1")
        settings.SUPABASE_AUTH_URL = settings.SUPABASE_ISSUER = self.url
        settings.SUPABASE_WEBHOOK_SHARED_SECRETS = [SHARED_SECRET]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.store.connection.close()
        self.folder.cleanup()

    def _changed(self, operation: str, user: dict[str, Any]) -> None:
        row = shapes.webhook_record(user)
        self.posts.append(
            {"type": operation, "schema": "auth", "table": "users", "record": row}
            | {"old_record": None}
        )

    # What happens there ------------------------------------------------------------------------

    def call(self, method: str, path: str, **body: Any) -> Any:
        """Call the Admin API as its gateway would, and return the answer's body."""
        key = self.app.options.secret_key
        call = Call(
            method=method, path=path, query={}, headers={"apikey": key, "User-Agent": "test"},
            raw_body=json.dumps(body).encode(), client="127.0.0.1",
        )  # fmt: skip
        return answer(self.app, call).body

    def create(self, email: str, *, confirmed: bool = True, **more: Any) -> dict[str, Any]:
        return self.call("POST", "/admin/users", email=email, email_confirm=confirmed, **more)

    def change(self, user_id: str, **changes: Any) -> None:
        self.call("PUT", f"/admin/users/{user_id}", **changes)

    def delete(self, user_id: str, *, soft: bool) -> None:
        self.call("DELETE", f"/admin/users/{user_id}", should_soft_delete=soft)

    def edit(self, user_id: str, **columns: Any) -> None:
        """Edit a row as an operator does in SQL: no stamp moves, no webhook is sent."""
        assignments = ", ".join(f"{name} = ?" for name in columns)
        values = [json.dumps(v) if isinstance(v, dict) else v for v in columns.values()]
        self.store.execute(f"update users set {assignments} where id = ?", *values, user_id)

    def users(self) -> list[dict[str, Any]]:
        return self.store.rows("select * from users order by created_at, id")

    def snapshot(self, user_id: str) -> dict[str, Any] | None:
        """Return the record the Auth server would hand out with a session."""
        user = self.store.user(user_id)
        return shapes.api_user(user) if user else None

    # What arrives here -------------------------------------------------------------------------

    @staticmethod
    def post(body: dict[str, Any], *, key: bytes = SECRET, secret: str = "") -> int:
        """Post a webhook to the portal, signed or with a shared secret; return the status."""
        raw = json.dumps(body).encode()
        message_id, sent_at = str(uuid.uuid4()), str(int(time.time()))
        signed = f"{message_id}.{sent_at}.".encode() + raw
        mac = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        headers = {
            "webhook-id": message_id,
            "webhook-timestamp": sent_at,
            "webhook-signature": f"v1,{mac}",
        }
        if secret:
            headers = {"X-Portal-Secret": secret}
        request = RequestFactory().post(
            ADDRESS, raw, content_type="application/json", headers=headers
        )
        return receive_webhook(request).status_code

    def divergences(self) -> list[str]:
        """Say where the portal differs from the truth: an empty list when it does not."""
        found = []
        ours = {
            str(row.subject): row
            for row in Identity.objects.filter(issuer=self.url).select_related("user")
        }
        for user in self.users():
            identity = ours.pop(user["id"], None)
            found += _differences(Facts.of(self.snapshot(user["id"])), identity)
        found += [f"{key} is open here and gone there" for key, row in ours.items() if _open(row)]
        return found


def _open(identity: Identity) -> bool:
    return identity.deleted_at is None or identity.user.is_active


def _differences(facts: Facts, identity: Identity | None) -> list[str]:
    if facts.deleted_at:
        if identity and _open(identity):
            return [f"{facts.subject} is open here and deleted there"]
        return []
    if identity is None:
        return [f"{facts.subject} is missing here"] if facts.is_confirmed else []
    same = {
        "open": (True, _open(identity) and identity.user.is_active),
        "email": (facts.email, identity.user.email),
        "seen": (facts.email, identity.email_seen),
        "name": (facts.name or identity.user.display_name, identity.user.display_name),
        **{
            name: (getattr(facts, name), getattr(identity, name))
            for name in (
                *("email_confirmed_at", "banned_until", "last_sign_in_at", "is_anonymous"),
                *("app_metadata", "providers", "created_at", "invited_at"),
            )
        },
    }
    return [
        f"{facts.subject} {name}: there {there!r}, here {here!r}"
        for name, (there, here) in same.items()
        if there != here
    ]
