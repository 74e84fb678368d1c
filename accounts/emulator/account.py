"""Endpoints of the signed-in person: read and change oneself."""

from accounts.emulator import links, passwords, shapes
from accounts.emulator.calls import Answer, ApiError, Call, Record, mapping, text
from accounts.emulator.public import email_of
from accounts.emulator.sessions import end_sessions, require_user
from accounts.emulator.standin import StandIn


def show(app: StandIn, call: Call) -> Answer:
    user, _ = require_user(app, call)
    return Answer(shapes.api_user(user))


def change(app: StandIn, call: Call) -> Answer:
    body = call.json()
    user, session = require_user(app, call)
    with app.store.transaction():
        if text(body, "password"):
            user = _change_password(app, user, text(body, "password"))
            end_sessions(app, user, keep=session["id"])
        if body.get("data") is not None:
            data = merged(user["raw_user_meta_data"], mapping(body, "data"))
            user = app.store.update_user(user, raw_user_meta_data=data)
        if text(body, "email") and email_of(body) != user["email"]:
            user = _ask_to_change_email(app, call, user, email_of(body))
    return Answer(shapes.api_user(user))


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
