"""Sessions: opened by a password or a link, refreshed, ended."""

import json
import secrets
import time
import uuid
from datetime import UTC, datetime

from accounts.emulator import passwords, shapes
from accounts.emulator.calls import Answer, ApiError, Call, Record, text
from accounts.emulator.standin import StandIn
from accounts.emulator.store import age_seconds, now


def is_banned(user: Record) -> bool:
    """Tell whether the ban lies ahead; one that is over stays in its column."""
    until = user["banned_until"]
    return until is not None and datetime.fromisoformat(until) > datetime.now(UTC)


def open_session(app: StandIn, user: Record, method: str) -> Record:
    """Start a session and return its JSON. Needs a transaction."""
    user = app.store.update_user(user, last_sign_in_at=now())
    session = {
        "id": str(uuid.uuid4()),
        "user_id": user["id"],
        "amr": json.dumps([{"method": method, "timestamp": int(time.time())}]),
        "created_at": now(),
    }
    app.store.insert("sessions", **session)
    return _shape(app, user, session, _new_refresh_token(app, session, parent=None))


def require_user(app: StandIn, call: Call) -> tuple[Record, Record]:
    """Return (user, session) of the bearer, or refuse."""
    if not call.bearer:
        message = "This endpoint requires a valid Bearer token"
        raise ApiError(401, "no_authorization", message)
    claims = app.signer.read(call.bearer)
    user = app.store.user(claims.get("sub", ""))
    if user is None:
        message = "User from sub claim in JWT does not exist"
        raise ApiError(403, "user_not_found", message)
    session = app.store.row("select * from sessions where id = ?", claims.get("session_id", ""))
    if session is None or session["user_id"] != user["id"]:
        message = "Session from session_id claim in JWT does not exist"
        raise ApiError(403, "session_not_found", message)
    if is_banned(user):
        raise ApiError(403, "user_banned", "User is banned")
    return user, session


def log_out(app: StandIn, call: Call) -> Answer:
    user, session = require_user(app, call)
    scope = call.query.get("scope", "global")
    if scope not in ("global", "local", "others"):
        raise ApiError(400, "validation_failed", f"Unsupported logout scope {scope!r}")
    if scope == "local":
        end_session(app, session["id"])
    else:
        end_sessions(app, user, keep=session["id"] if scope == "others" else "")
    return Answer(status=204)


def level(app: StandIn, session: Record) -> str:
    """Return "aal2" for a session in which a second factor was shown, else "aal1"."""
    query = "select 1 from session_factors where session_id = ?"
    return "aal2" if app.store.row(query, session["id"]) else "aal1"


def renew(app: StandIn, session: Record) -> Record:
    """Return the session as it is now with a new pair of tokens. Needs a transaction."""
    session, user = _owner(app, {"session_id": session["id"]})
    active = app.store.row(
        "select * from refresh_tokens where session_id = ? and revoked_at is null", session["id"]
    )
    fresh = _successor(app, session, active) if active else None
    return _shape(app, user, session, fresh or _new_refresh_token(app, session, parent=None))


def end_sessions(app: StandIn, user: Record, *, keep: str = "") -> None:
    """End every session of the user except ``keep``."""
    app.store.execute("delete from sessions where user_id = ? and id <> ?", user["id"], keep)


def end_session(app: StandIn, session_id: str) -> None:
    app.store.execute("delete from sessions where id = ?", session_id)


def password_grant(app: StandIn, body: Record) -> Answer:
    """POST /token?grant_type=password."""
    email, password = text(body, "email").lower(), text(body, "password")
    if not email:
        raise ApiError(400, "validation_failed", "missing email or phone")
    user = app.store.user_by_email(email)
    if user is None or not user["encrypted_password"]:
        raise ApiError(400, "invalid_credentials", "Invalid login credentials")
    if is_banned(user):  # before the password is looked at, as the real server does
        raise ApiError(400, "user_banned", "User is banned")
    if not passwords.matches(password, user["encrypted_password"]):
        raise ApiError(400, "invalid_credentials", "Invalid login credentials")
    if not user["email_confirmed_at"]:
        raise ApiError(400, "email_not_confirmed", "Email not confirmed")
    with app.store.transaction():
        return Answer(open_session(app, user, "password"))


def refresh_grant(app: StandIn, body: Record) -> Answer:
    """POST /token?grant_type=refresh_token."""
    presented = text(body, "refresh_token")
    if not presented:
        raise ApiError(400, "validation_failed", "refresh_token required")
    with app.store.transaction():
        old = app.store.row("select * from refresh_tokens where token = ?", presented)
        if old is None:
            message = "Invalid Refresh Token: Refresh Token Not Found"
            raise ApiError(400, "refresh_token_not_found", message)
        session, user = _owner(app, old)
        if is_banned(user):
            raise ApiError(400, "user_banned", "Invalid Refresh Token: User Banned")
        fresh = _successor(app, session, old)
        if fresh is None:  # stolen, as far as anybody can tell: the family ends, and that stays
            end_session(app, session["id"])
        else:
            return Answer(_shape(app, user, session, fresh))
    raise ApiError(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used")


def _owner(app: StandIn, refresh_token: Record) -> tuple[Record, Record]:
    session = app.store.row("select * from sessions where id = ?", refresh_token["session_id"])
    user = app.store.user(session["user_id"]) if session else None
    if session is None or user is None:
        message = "Invalid Refresh Token: Session Not Found"
        raise ApiError(400, "session_not_found", message)
    return session, user


def _successor(app: StandIn, session: Record, old: Record) -> str | None:
    """Return the refresh token that answers ``old``, or None when it was used too long ago."""
    if old["revoked_at"] is None:
        app.store.execute(
            "update refresh_tokens set revoked_at = ? where token = ?", now(), old["token"]
        )
        return _new_refresh_token(app, session, parent=old["token"])
    active = app.store.row(
        "select * from refresh_tokens where session_id = ? and revoked_at is null", session["id"]
    )
    recent = age_seconds(old["revoked_at"]) <= app.options.reuse_interval
    if active and (active["parent"] == old["token"] or recent):
        return active["token"]
    return None


def _new_refresh_token(app: StandIn, session: Record, *, parent: str | None) -> str:
    value = secrets.token_urlsafe(16)
    app.store.insert(
        "refresh_tokens", token=value, session_id=session["id"], parent=parent, created_at=now()
    )
    return value


def _shape(app: StandIn, user: Record, session: Record, refresh_token: str) -> Record:
    session = {**session, "aal": level(app, session)}
    access_token, expires_at = app.signer.sign(user, session)
    return {
        "access_token": access_token,
        "token_type": "bearer",
        "expires_in": app.signer.lifetime_seconds,
        "expires_at": expires_at,
        "refresh_token": refresh_token,
        "user": shapes.api_user(user),
    }
