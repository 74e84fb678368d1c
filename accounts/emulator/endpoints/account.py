"""Endpoints of the signed-in person: read and change oneself."""

from accounts.emulator import links, passwords, shapes
from accounts.emulator.calls import Answer, ApiError, Call, Record, mapping, text
from accounts.emulator.endpoints import mfa
from accounts.emulator.endpoints.public import email_of
from accounts.emulator.endpoints.sessions import end_sessions, level, require_user
from accounts.emulator.standin import StandIn
from accounts.emulator.store import age_seconds


def show(app: StandIn, call: Call) -> Answer:
    user, _ = require_user(app, call)
    return Answer(shapes.api_user(user))


def change(app: StandIn, call: Call) -> Answer:
    body = call.json()
    user, session = require_user(app, call)
    email = email_of(body) if text(body, "email") else user["email"]
    with app.store.transaction():
        if text(body, "password") or email != user["email"]:
            _require_second_factor(app, user, session)
        if text(body, "password"):
            _require_proof(app, user, session, body)
            user = _change_password(app, user, text(body, "password"))
            end_sessions(app, user, keep=session["id"])
        if body.get("data") is not None:
            data = merged(user["raw_user_meta_data"], mapping(body, "data"))
            user = app.store.update_user(user, raw_user_meta_data=data)
        if email != user["email"]:
            user = _ask_to_change_email(app, call, user, email)
    return Answer(shapes.api_user(user))


def reauthenticate(app: StandIn, call: Call) -> Answer:
    """Mail a nonce for a new password."""
    user, _ = require_user(app, call)
    if not user["email_confirmed_at"]:
        raise ApiError(422, "email_not_confirmed", "Please verify your email first.")
    with app.store.transaction():
        links.send_nonce(app, user, call)
    return Answer({})


def _require_second_factor(app: StandIn, user: Record, session: Record) -> None:
    if mfa.has_verified(user) and level(app, session) != "aal2":
        message = "AAL2 session is required to update email or password when MFA is enabled."
        raise ApiError(401, "insufficient_aal", message)


def _require_proof(app: StandIn, user: Record, session: Record, body: Record) -> None:
    """Ask for what the project's settings want besides the access token."""
    current = text(body, "current_password")
    if app.options.require_current_password and user["encrypted_password"] and not current:
        message = "Current password required when setting new password."
        raise ApiError(400, "current_password_required", message)
    if current and not passwords.matches(current, user["encrypted_password"]):
        raise ApiError(400, "current_password_invalid", "Current password is not correct")
    limit = app.options.reauthenticate_after
    if not limit or age_seconds(session["created_at"]) <= limit:
        return
    if not text(body, "nonce"):
        message = "Password update requires reauthentication."
        raise ApiError(400, "reauthentication_needed", message)
    if not links.spend_nonce(app, user, text(body, "nonce")):
        raise ApiError(422, "reauthentication_not_valid", "Nonce has expired or is invalid")


def merged(metadata: Record, changes: Record) -> Record:
    """Return metadata with top-level keys replaced; a null removes its key."""
    return {key: value for key, value in {**metadata, **changes}.items() if value is not None}


def _change_password(app: StandIn, user: Record, password: str) -> Record:
    passwords.check_strength(password)
    if passwords.matches(password, user["encrypted_password"]):
        message = "New password should be different from the old password."
        raise ApiError(422, "same_password", message)
    return app.store.update_user(user, encrypted_password=passwords.encrypt(password))


def _ask_to_change_email(app: StandIn, call: Call, user: Record, email: str) -> Record:
    if app.store.user_by_email(email):
        message = "A user with this email address has already been registered"
        raise ApiError(422, "email_exists", message)
    user = app.store.update_user(user, email_change=email)
    return links.send(app, user, "email_change", call)
