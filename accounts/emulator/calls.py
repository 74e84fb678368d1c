"""What goes in and out of an endpoint: a call, an answer, or an error."""

import json
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

Record = dict[str, Any]


class ApiError(Exception):
    """A refusal. ``code`` is one of Supabase's error codes; ``extra`` joins the JSON body."""

    def __init__(self, status: int, code: str, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.extra = status, code, message, extra

    def body(self, *, dated: bool) -> Record:
        """Return the JSON body; ``dated`` for callers that name API version 2024-01-01."""
        if dated:
            return {"code": self.code, "message": self.message, **self.extra}
        return {
            "code": self.status,
            "error_code": self.code,
            "msg": self.message,
            **self.extra,
        }


@dataclass(frozen=True)
class Answer:
    """``body`` is sent as JSON, bytes as the HTML that they are; None sends no body at all."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """One request. ``path`` is below /auth/v1, ``role`` is what the API key stands for."""

    method: str
    path: str
    query: dict[str, str]
    headers: Message
    raw_body: bytes
    client: str
    role: str = ""
    params: dict[str, str] = field(default_factory=dict)

    def json(self) -> Record:
        """Return the body's object; an empty body is an empty object."""
        try:
            body = json.loads(self.raw_body or b"{}")
        except ValueError as error:
            raise ApiError(400, "bad_json", "Could not parse request body as JSON") from error
        if not isinstance(body, dict):
            raise ApiError(400, "bad_json", "Could not parse request body as JSON")
        return body

    @property
    def bearer(self) -> str:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""


def text(body: Record, name: str) -> str:
    """Return a field that is text, "" when it is absent or null."""
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ApiError(400, "bad_json", f"Could not parse request body as JSON: {name}")
    return value


def mapping(body: Record, name: str) -> Record:
    """Return a field that is an object, {} when it is absent or null."""
    value = body.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ApiError(400, "bad_json", f"Could not parse request body as JSON: {name}")
    return value
