"""PKCE: what a caller keeps secret, and the one-time code it is exchanged for.

Source: https://www.rfc-editor.org/rfc/rfc7636
"""

import base64
import hashlib
import hmac
import re
import uuid

from accounts.emulator.calls import Answer, ApiError, Record, text
from accounts.emulator.endpoints.sessions import open_session
from accounts.emulator.standin import StandIn
from accounts.emulator.store import age_seconds, now

CHALLENGE = re.compile(r"[A-Za-z0-9._~-]{43,128}")
METHODS = ("s256", "plain")
PREFIX = "pkce_"  # of the hash in a link that was asked for with a challenge


def challenge_of(given: Record) -> tuple[str, str]:
    """Return (challenge, method) of a body or a query, two "" without PKCE, or refuse."""
    challenge, method = text(given, "code_challenge"), text(given, "code_challenge_method").lower()
    if not challenge and not method:
        return "", ""
    if not challenge or not method:
        message = "PKCE flow requires code_challenge_method and code_challenge"
        raise ApiError(400, "validation_failed", message)
    if not CHALLENGE.fullmatch(challenge):
        message = "code challenge has to be between 43 and 128 unreserved characters"
        raise ApiError(400, "validation_failed", message)
    if method not in METHODS:
        message = "code_challenge_method must be s256 or plain"
        raise ApiError(400, "validation_failed", message)
    return challenge, method


def begin(
    app: StandIn, given: Record, *, method: str, redirect_to: str, user: Record | None
) -> Record:
    """Keep a new flow and return it; ``method`` is what the session will say opened it."""
    challenge, challenge_method = challenge_of(given)
    flow = {
        "id": str(uuid.uuid4()),
        "user_id": user["id"] if user else None,
        "auth_code": str(uuid.uuid4()),
        "code_challenge": challenge,
        "code_challenge_method": challenge_method,
        "method": method,
        "redirect_to": redirect_to,
        "auth_code_issued_at": None,
        "created_at": now(),
    }
    app.store.insert("flow_states", **flow)
    return flow


def latest(app: StandIn, user: Record) -> Record | None:
    """Return the newest flow that a mail to the user began, or None."""
    query = (
        "select * from flow_states where user_id = ? and method = 'otp' order by created_at desc"
    )
    return app.store.row(query, user["id"])


def issue_code(app: StandIn, flow: Record, user: Record) -> str:
    """Bind the flow to the user and return the code that opens their session."""
    statement = "update flow_states set user_id = ?, auth_code_issued_at = ? where id = ?"
    app.store.execute(statement, user["id"], now(), flow["id"])
    return flow["auth_code"]


def exchange(app: StandIn, body: Record) -> Answer:
    """POST /token?grant_type=pkce."""
    code, verifier = text(body, "auth_code"), text(body, "code_verifier")
    if not code or not verifier:
        message = "invalid request: both auth code and code verifier should be non-empty"
        raise ApiError(400, "validation_failed", message)
    with app.store.transaction():
        query = "select * from flow_states where auth_code = ? and auth_code_issued_at is not null"
        flow = app.store.row(query, code)
        user = app.store.user(flow["user_id"]) if flow else None
        if flow is None or user is None:
            message = "invalid flow state, no valid flow state found"
            raise ApiError(404, "flow_state_not_found", message)
        # A mailed link counts from the click; a provider's page from the beginning.
        since = flow["auth_code_issued_at" if flow["method"] == "otp" else "created_at"]
        if age_seconds(since) > app.options.flow_lifetime:
            raise ApiError(422, "flow_state_expired", "invalid flow state, flow state has expired")
        if not _fits(flow, verifier):
            message = "code challenge does not match previously saved code verifier"
            raise ApiError(400, "bad_code_verifier", message)
        app.store.execute("delete from flow_states where id = ?", flow["id"])
        return Answer(open_session(app, user, flow["method"]))


def _fits(flow: Record, verifier: str) -> bool:
    if flow["code_challenge_method"] == "s256":
        digest = hashlib.sha256(verifier.encode()).digest()
        verifier = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return hmac.compare_digest(verifier.encode(), flow["code_challenge"].encode())
