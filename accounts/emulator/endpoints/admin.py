"""Endpoints for the holder of the secret key."""

import base64
import hashlib
import re
import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from accounts.emulator import links, passwords, shapes
from accounts.emulator.calls import Answer, ApiError, Call, Record, mapping, text
from accounts.emulator.endpoints.account import merged
from accounts.emulator.endpoints.public import ask_before_creating, create, email_of
from accounts.emulator.endpoints.sessions import end_sessions
from accounts.emulator.standin import StandIn
from accounts.emulator.store import now

UNIT_SECONDS = {"h": 3600, "m": 60, "s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
DURATION = re.compile(r"(?:\d+(?:\.\d*)?(?:h|ms|m|s|us|µs|ns))+")
DURATION_PART = re.compile(r"(\d+(?:\.\d*)?)(h|ms|m|s|us|µs|ns)")
LINK_TYPES = ("signup", "invite", "magiclink", "recovery")


def list_users(app: StandIn, call: Call) -> Answer:
    page, per_page = _whole(call, "page", 1), _whole(call, "per_page", 50)
    direction = "asc" if call.query.get("sort", "").lower().endswith(" asc") else "desc"
    where = "(email like ?1 or json_extract(raw_user_meta_data, '$.full_name') like ?1)"
    pattern = f"%{call.query.get('filter', '')}%" if call.query.get("filter") else None
    condition = where if pattern else "?1 is null"
    # Only our own words are pasted in; what the caller sent is bound.
    total = app.store.rows(f"select count(*) as n from users where {condition}", pattern)[0]["n"]  # noqa: S608 - our own words only
    users = app.store.rows(
        f"select * from users where {condition} order by created_at {direction}, id limit ? offset ?",  # noqa: S608 - our own words only
        pattern,
        per_page,
        (page - 1) * per_page,
    )
    body = {
        "users": [shapes.api_user(user, identities=False) for user in users],
        "aud": "authenticated",
    }
    headers = {"X-Total-Count": str(total), "Link": _page_links(call, page, per_page, total)}
    return Answer(body, headers=headers)


def get_user(app: StandIn, call: Call) -> Answer:
    return Answer(shapes.api_user(_named_user(app, call)))


def create_user(app: StandIn, call: Call) -> Answer:
    body = call.json()
    if not text(body, "email"):
        message = "Cannot create a user without either an email or phone"
        raise ApiError(400, "validation_failed", message)
    email, metadata = email_of(body), mapping(body, "user_metadata")
    verified = bool(body.get("email_confirm"))
    values = {"email": email, **_account_columns(body)}
    if body.get("id") is not None:
        values["id"] = _uuid(text(body, "id"), 400)
    with app.store.transaction():
        if app.store.user_by_email(email):
            message = "A user with this email address has already been registered"
            raise ApiError(422, "email_exists", message)
        if "id" in values and app.store.user(values["id"]):
            raise ApiError(500, "unexpected_failure", "Database error creating new user")
        provider = {"provider": "email", "providers": ["email"]}
        user = app.store.insert_user(
            **values,
            email_confirmed_at=now() if verified else None,
            raw_app_meta_data=merged(provider, mapping(body, "app_metadata")),
            raw_user_meta_data=merged({"email_verified": verified}, metadata),
        )
    return Answer(shapes.api_user(user))


def update_user(app: StandIn, call: Call) -> Answer:
    body, user = call.json(), _named_user(app, call)
    values = _account_columns(body)
    if text(body, "email"):
        values["email"] = email_of(body)
    if body.get("email_confirm"):
        values["email_confirmed_at"] = user["email_confirmed_at"] or now()
    for column, name in (
        ("raw_app_meta_data", "app_metadata"),
        ("raw_user_meta_data", "user_metadata"),
    ):
        if body.get(name) is not None:
            values[column] = merged(user[column], mapping(body, name))
    with app.store.transaction():
        other = app.store.user_by_email(values.get("email", ""))
        if other is not None and other["id"] != user["id"]:
            raise ApiError(500, "unexpected_failure", "Error updating user")
        user = app.store.update_user(user, **values)
        if "encrypted_password" in values:
            end_sessions(app, user)
    return Answer(shapes.api_user(user))


def delete_user(app: StandIn, call: Call) -> Answer:
    soft = bool(call.json().get("should_soft_delete"))
    with app.store.transaction():
        user = _named_user(app, call)
        if not soft:
            app.store.delete_user(user)
        elif not user["deleted_at"]:
            _anonymize(app, user)
    return Answer({})


def invite(app: StandIn, call: Call) -> Answer:
    body = call.json()
    email, metadata = email_of(body), mapping(body, "data")
    ask_before_creating(app, call, email, metadata)
    with app.store.transaction():
        user = _invitable(app, email, metadata)
        return Answer(shapes.api_user(links.send(app, user, "invite", call)))


def generate_link(app: StandIn, call: Call) -> Answer:
    body = call.json()
    asked, email, metadata = text(body, "type"), email_of(body), mapping(body, "data")
    if asked not in LINK_TYPES:
        raise ApiError(400, "validation_failed", "Invalid email action link type requested")
    if asked == "signup" and not text(body, "password"):
        raise ApiError(400, "validation_failed", "Signup requires a valid password")
    encrypted = passwords.encrypt(text(body, "password")) if text(body, "password") else None
    if asked != "recovery":
        ask_before_creating(app, call, email, metadata)
    with app.store.transaction():
        user = app.store.user_by_email(email)
        if user is None and asked == "recovery":
            raise ApiError(404, "user_not_found", "User with this email not found")
        if user is None and asked == "magiclink":
            asked = "signup"  # an unknown address is signed up; callers verify as they are told
        if asked == "invite":
            user = _invitable(app, email, metadata)
        elif asked == "signup" and user is not None and user["email_confirmed_at"]:
            message = "A user with this email address has already been registered"
            raise ApiError(422, "email_exists", message)
        user = user or create(app, email, encrypted, metadata)
        kind, column = links.PURPOSES[asked]
        hashed, digits = links.issue(app, user, kind=kind, address=email)
        user = app.store.update_user(user, **{column: now()})
    wanted = text(body, "redirect_to") or call.query.get("redirect_to", "")
    target = links.on_site(app, wanted) or app.options.site_url
    query = urlencode({"token": hashed, "type": asked, "redirect_to": target})
    properties = {
        "action_link": f"{app.options.url}/verify?{query}",
        "email_otp": digits,
        "hashed_token": hashed,
        "verification_type": asked,
        "redirect_to": target,
    }
    return Answer({**shapes.api_user(user), **properties})


def _invitable(app: StandIn, email: str, metadata: Record) -> Record:
    user = app.store.user_by_email(email)
    if user is not None and user["email_confirmed_at"]:
        message = "A user with this email address has already been registered"
        raise ApiError(422, "email_exists", message)
    user = user or create(app, email, None, metadata)
    return app.store.update_user(user, invited_at=now())


def _named_user(app: StandIn, call: Call) -> Record:
    user = app.store.user(_uuid(call.params["user_id"], 404))
    if user is None:
        raise ApiError(404, "user_not_found", "User not found")
    return user


def _account_columns(body: Record) -> Record:
    """Return the columns that creating and updating set alike."""
    values: Record = {}
    if text(body, "password"):
        passwords.check_strength(text(body, "password"))
        values["encrypted_password"] = passwords.encrypt(text(body, "password"))
    if text(body, "role"):
        values["role"] = text(body, "role")
    if text(body, "ban_duration"):
        values["banned_until"] = _ban_end(text(body, "ban_duration"))
    return values


def _ban_end(duration: str) -> str | None:
    if duration == "none":
        return None
    if not DURATION.fullmatch(duration):
        message = f'invalid format for ban duration: time: invalid duration "{duration}"'
        raise ApiError(400, "validation_failed", message)
    seconds = sum(
        float(amount) * UNIT_SECONDS[unit] for amount, unit in DURATION_PART.findall(duration)
    )
    end = datetime.now(UTC) + timedelta(seconds=seconds)
    return end.isoformat(timespec="microseconds")


def _anonymize(app: StandIn, user: Record) -> None:
    digest = hashlib.sha256(f"{user['id']}{user['email']}".encode()).digest()
    app.store.update_user(
        user,
        email=base64.urlsafe_b64encode(digest).decode(),
        encrypted_password=None,
        email_change=None,
        raw_app_meta_data={},
        raw_user_meta_data={},
        deleted_at=now(),
    )
    app.store.execute("delete from one_time_tokens where user_id = ?", user["id"])
    end_sessions(app, user)


def _uuid(value: str, status: int) -> str:
    try:
        return str(uuid.UUID(value))
    except ValueError as error:
        raise ApiError(status, "validation_failed", "user_id must be an UUID") from error


def _whole(call: Call, name: str, default: int) -> int:
    value = call.query.get(name) or str(default)
    if not value.isdigit() or value == "0":
        raise ApiError(400, "validation_failed", f"Bad Pagination Parameters: {name}={value!r}")
    return int(value)


def _page_links(call: Call, page: int, per_page: int, total: int) -> str:
    last = max(1, -(-total // per_page))
    targets = {"next": page + 1} if page < last else {}
    targets["last"] = last
    return ", ".join(
        f'<{call.path}?{urlencode({**call.query, "page": number})}>; rel="{name}"'
        for name, number in targets.items()
    )
