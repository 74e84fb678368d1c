"""Raw HTTP calls to the Auth server under test, and what a test needs around them."""

import itertools
import time
import uuid
from typing import Any

import httpx

PASSWORD = "garden-wall-2026"
PATIENCE_SECONDS = 120


class AuthServer:
    """One Auth API. Users made through it carry ``run`` in their address, for the clean-up."""

    def __init__(self, url: str, publishable_key: str, secret_key: str) -> None:
        self.url = url.rstrip("/")
        self.publishable_key, self.secret_key = publishable_key, secret_key
        self.reuse_seconds = 10  # what hosted projects have
        self.run = uuid.uuid4().hex[:10]
        self.numbers = itertools.count(1)
        self.user_ids: set[str] = set()
        self.http = httpx.Client(timeout=30, follow_redirects=False)

    def address(self) -> str:
        """Return an address that nobody has."""
        return f"contract-{self.run}-{next(self.numbers)}@portal.example"

    def call(
        self, method: str, path: str, *, bearer: str = "", dated: bool = True, **kwargs: Any
    ) -> httpx.Response:
        """Call as the portal does: publishable key, a person's token when there is one."""
        headers = {
            "apikey": self.publishable_key,
            "Authorization": f"Bearer {bearer or self.publishable_key}",
            **({"X-Supabase-Api-Version": "2024-01-01"} if dated else {}),
            **kwargs.pop("headers", {}),
        }
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = self.http.request(method, self.url + path, headers=headers, **kwargs)
            limited = answer.headers.get("x-sb-error-code") == "over_request_rate_limit"
            if not limited or time.monotonic() > deadline:
                return answer
            time.sleep(2)  # a real server's limits refill slowly; the cooldown of mails stays

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self.call("POST", path, json=body)

    def admin(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """Call with the secret key."""
        headers = {"apikey": self.secret_key, **kwargs.pop("headers", {})}
        return self.call(method, path, bearer=self.secret_key, headers=headers, **kwargs)

    def make_user(self, **attributes: Any) -> dict[str, Any]:
        """Make a confirmed user with PASSWORD through the Admin API and return it."""
        body = {
            "email": self.address(),
            "password": PASSWORD,
            "email_confirm": True,
            **attributes,
        }
        answer = self.admin("POST", "/admin/users", json=body)
        assert answer.status_code == 200, answer.text
        self.user_ids.add(answer.json()["id"])
        return answer.json()

    def get_user(self, user: dict[str, Any]) -> dict[str, Any]:
        """Return the user as the Admin API sees them now."""
        return self.admin("GET", f"/admin/users/{user['id']}").json()

    def sign_in(self, email: str, password: str = PASSWORD) -> httpx.Response:
        return self.call(
            "POST", "/token?grant_type=password", json={"email": email, "password": password}
        )

    def session(self, user: dict[str, Any] | None = None) -> dict[str, Any]:
        """Sign the user in, or a new one, and return the session."""
        answer = self.sign_in((user or self.make_user())["email"])
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refresh(self, refresh_token: str) -> httpx.Response:
        body = {"refresh_token": refresh_token}
        return self.call("POST", "/token?grant_type=refresh_token", json=body)

    def me(self, session: dict[str, Any]) -> httpx.Response:
        """Ask who the session belongs to: the online check whether it still holds."""
        return self.call("GET", "/user", bearer=session["access_token"])

    def generate_link(self, link_type: str, email: str, **body: Any) -> dict[str, Any]:
        body = {"type": link_type, "email": email, **body}
        answer = self.admin("POST", "/admin/generate_link", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def clean_up(self) -> None:
        """Delete every user of this run."""
        query = {"filter": self.run, "per_page": 200}
        found = self.admin("GET", "/admin/users", params=query).json()["users"]
        for user_id in self.user_ids | {user["id"] for user in found}:
            self.admin("DELETE", f"/admin/users/{user_id}", json={})
        self.http.close()


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Return (status, error code) of an answer in the dated error shape."""
    return answer.status_code, answer.json().get("code", "")
