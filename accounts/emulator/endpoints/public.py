"""Endpoints that need no account: sign up, ask for a mail, spend its link."""

import re
import uuid
from urllib.parse import urlencode

from accounts.emulator import flows, hooks, links, passwords, shapes
from accounts.emulator.calls import Answer, ApiError, Call, Record, mapping, text
from accounts.emulator.endpoints import sessions
from accounts.emulator.endpoints.sessions import is_banned, open_session
from accounts.emulator.standin import StandIn
from accounts.emulator.store import now

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
NEVER = "0001-01-01T00:00:00Z"


def email_of(body: Record) -> str:
    """Return the body's address in lower case, or refuse."""
    email = text(body, "email").strip().lower()
    if not email:
        raise ApiError(400, "validation_failed", "An email address is required")
    if not EMAIL.fullmatch(email) or len(email) > 255:
        message = "Unable to validate email address: invalid format"
        raise ApiError(400, "validation_failed", message)
    return email


def token(app: StandIn, call: Call) -> Answer:
    grants = {
        "password": sessions.password_grant,
        "refresh_token": sessions.refresh_grant,
        "pkce": flows.exchange,
    }
    grant = grants.get(call.query.get("grant_type", ""))
    if grant is None:
        raise ApiError(400, "invalid_credentials", "unsupported_grant_type")
    return grant(app, call.json())


def sign_up(app: StandIn, call: Call) -> Answer:
    body = call.json()
    flows.challenge_of(body)
    if app.options.disable_signup:
        raise ApiError(422, "signup_disabled", "Signups not allowed for this instance")
    if not text(body, "email") and not text(body, "phone"):
        message = "Anonymous sign-ins are disabled"
        raise ApiError(422, "anonymous_provider_disabled", message)
    password = text(body, "password")
    if not password:
        raise ApiError(400, "validation_failed", "Signup requires a valid password")
    passwords.check_strength(password)
    email, metadata = email_of(body), mapping(body, "data")
    encrypted = passwords.encrypt(password)
    ask_before_creating(app, call, email, metadata)
    with app.store.transaction():
        user = app.store.user_by_email(email)
        if user is not None and user["email_confirmed_at"]:
            if app.options.autoconfirm:
                raise ApiError(422, "user_already_exists", "User already registered")
            return Answer(shapes.stranger(email, metadata))
        # A second sign-up mails again but changes nothing: nobody knows who the first one was.
        if user is None:
            user = create(app, email, encrypted, metadata)
        if app.options.autoconfirm:
            return Answer(open_session(app, confirm(app, user), "password"))
        return Answer(shapes.api_user(links.send(app, user, "signup", call)))


def create(app: StandIn, email: str, encrypted: str | None, metadata: Record) -> Record:
    """Insert an unconfirmed user. Needs a transaction."""
    user_id = str(uuid.uuid4())
    facts = {"sub": user_id, "email": email, "email_verified": False, "phone_verified": False}
    return app.store.insert_user(
        id=user_id,
        email=email,
        encrypted_password=encrypted,
        raw_user_meta_data={**metadata, **facts},
    )


def ask_before_creating(app: StandIn, call: Call, email: str, metadata: Record) -> None:
    """Let the before-user-created hook refuse a new user."""
    url = app.options.before_user_created_hook
    if not url or app.store.user_by_email(email):
        return
    user = {
        **shapes.stranger(email, metadata),
        "created_at": NEVER,
        "updated_at": NEVER,
    }
    del user["confirmation_sent_at"]
    hooks.call_auth_hook(
        url,
        app.options.hook_secrets,
        name="before-user-created",
        client=call.client,
        payload={"user": user},
    )


def recover(app: StandIn, call: Call) -> Answer:
    body = call.json()
    flows.challenge_of(body)
    email = email_of(body)
    with app.store.transaction():
        user = app.store.user_by_email(email)
        if user is not None:
            links.send(app, user, "recovery", call)
    return Answer({})


def resend(app: StandIn, call: Call) -> Answer:
    body = call.json()
    purpose = text(body, "type")
    if purpose not in ("signup", "email_change", "sms", "phone_change"):
        message = "Missing one of these types: signup, email_change, sms, phone_change"
        raise ApiError(400, "validation_failed", message)
    if purpose in ("sms", "phone_change"):
        raise ApiError(400, "phone_provider_disabled", "Phone logins are disabled")
    email = email_of(body)
    with app.store.transaction():
        user = app.store.user_by_email(email)
        waits = user and (
            not user["email_confirmed_at"] if purpose == "signup" else user["email_change"]
        )
        if user is not None and waits:
            links.send(app, user, purpose, call)
    return Answer({})


def one_time_password(app: StandIn, call: Call) -> Answer:
    body = call.json()
    email, metadata = email_of(body), mapping(body, "data")
    flows.challenge_of(body)
    known = app.store.user_by_email(email)
    if not known and not body.get("create_user", True):
        raise ApiError(422, "otp_disabled", "Signups not allowed for otp")
    if not known and app.options.disable_signup:
        raise ApiError(422, "signup_disabled", "Signups not allowed for this instance")
    ask_before_creating(app, call, email, metadata)
    with app.store.transaction():
        user = app.store.user_by_email(email) or create(app, email, None, metadata)
        links.send(app, user, "magiclink" if user["email_confirmed_at"] else "signup", call)
    return Answer({})


def verify(app: StandIn, call: Call) -> Answer:
    body = call.json()
    token_type, hashed = text(body, "type"), text(body, "token_hash")
    digits, email = text(body, "token"), text(body, "email").lower()
    if not token_type:
        raise ApiError(400, "validation_failed", "Verify requires a verification type")
    if hashed and (digits or email):
        message = "Only the token_hash and type should be provided"
        raise ApiError(400, "validation_failed", message)
    if not hashed and not digits:
        message = "Verify requires either a token or a token hash"
        raise ApiError(400, "validation_failed", message)
    if not hashed and not email:
        message = "Only an email address or phone number should be provided on verify"
        raise ApiError(400, "validation_failed", message)
    return Answer(spend(app, hashed or _hash_of_digits(app, email, digits), token_type))


def _hash_of_digits(app: StandIn, email: str, digits: str) -> str:
    """Return the hash that digits stand for, or refuse a banned person before looking at them.

    The real server finds the person by address first, so even wrong digits tell of a ban.
    """
    user = app.store.user_by_email(email)
    if user is not None and is_banned(user):
        raise ApiError(403, "user_banned", "User is banned")
    hashed = links.token_hash(email, digits)
    query = "select 1 from one_time_tokens where token_hash = ?"
    with_flow = app.store.row(query, flows.PREFIX + hashed)
    return flows.PREFIX + hashed if with_flow else hashed


def verify_by_link(app: StandIn, call: Call) -> Answer:
    """GET /verify: what the stock mail templates link to. Opening the link spends it."""
    site = links.redirect_target(app, call) or app.options.site_url
    token_type = call.query.get("type", "")
    if not call.query.get("token") or not token_type:
        raise ApiError(400, "validation_failed", "Verify requires a token and a type")
    try:
        session = spend(app, call.query["token"], token_type)
    except ApiError as error:
        fragment = {
            "error": "access_denied" if error.status < 500 else "server_error",
            "error_code": error.code,
            "error_description": error.message,
        }
    else:
        if call.query["token"].startswith(flows.PREFIX) and "user" in session:
            return _lead_on_with_code(app, session["user"], site)
        names = ("access_token", "expires_at", "expires_in", "refresh_token", "token_type")
        fragment = {name: session[name] for name in names if name in session}
        fragment |= {"type": token_type} if fragment else {"message": session["msg"]}
    return Answer(status=303, headers={"Location": f"{site}#{urlencode(fragment)}"})


def _lead_on_with_code(app: StandIn, user: Record, site: str) -> Answer:
    """Hand out a code, which only the browser that asked for the mail can exchange."""
    with app.store.transaction():
        flow = flows.latest(app, user)
        code = flows.issue_code(app, flow, user) if flow else ""
    return Answer(status=303, headers={"Location": f"{site}?{urlencode({'code': code})}"})


def spend(app: StandIn, hashed: str, kind: str) -> Record:
    """Use up a one-time token and return the session it opens.

    The first of the two links of an e-mail change opens none: the answer is
    ``{"msg": …, "code": "200"}``.
    """
    if kind not in links.KINDS:
        raise ApiError(400, "validation_failed", "Invalid email verification type")
    with app.store.transaction():
        token = links.find(app, hashed, kind)
        user = app.store.user(token["user_id"]) if token else None
        if token is None or user is None:
            raise ApiError(403, "otp_expired", "Email link is invalid or has expired")
        if is_banned(user):
            raise ApiError(403, "user_banned", "User is banned")
        app.store.execute("delete from one_time_tokens where token_hash = ?", hashed)
        if kind == "email_change":
            return _agree_to_change(app, user)
        return open_session(app, confirm(app, user), "otp")


def confirm(app: StandIn, user: Record) -> Record:
    """Mark the address as confirmed; a confirmed user is returned unchanged."""
    if user["email_confirmed_at"]:
        return user
    metadata = {**user["raw_user_meta_data"], "email_verified": True}
    return app.store.update_user(user, email_confirmed_at=now(), raw_user_meta_data=metadata)


def _agree_to_change(app: StandIn, user: Record) -> Record:
    missing = app.store.row(
        "select 1 from one_time_tokens where user_id = ? and kind like 'email_change%'", user["id"]
    )
    if missing:
        message = (
            "Confirmation link accepted. Please proceed to confirm link sent to the other email"
        )
        return {"msg": message, "code": "200"}
    if app.store.user_by_email(user["email_change"]):
        message = "A user with this email address has already been registered"
        raise ApiError(422, "email_exists", message)
    metadata = {**user["raw_user_meta_data"], "email": user["email_change"]}
    changed = app.store.update_user(
        user, email=user["email_change"], email_change=None, raw_user_meta_data=metadata
    )
    return open_session(app, changed, "otp")
