"""Second factors: authenticator apps with time-based codes (RFC 6238), as Auth keeps them."""

import base64
import hashlib
import hmac
import io
import json
import secrets
import struct
import time
import uuid
from datetime import datetime
from urllib.parse import quote, urlencode, urlsplit

import segno

from accounts.emulator import shapes
from accounts.emulator.calls import Answer, ApiError, Call, Record, text
from accounts.emulator.endpoints import sessions
from accounts.emulator.standin import StandIn
from accounts.emulator.store import age_seconds, now

MOST_FACTORS = 10
CHALLENGE_SECONDS = 300
STEP_SECONDS = 30
SECRET_BYTES = 20


def enroll(app: StandIn, call: Call) -> Answer:
    """Make a factor that counts after its first code."""
    body = call.json()
    user, session = sessions.require_user(app, call)
    if text(body, "factor_type") != "totp":
        message = "factor_type needs to be totp, phone, or webauthn"
        raise ApiError(400, "validation_failed", message)
    name = text(body, "friendly_name")
    with app.store.transaction():
        _check_room(app, user, session, name)
        factor = {
            "id": str(uuid.uuid4()),
            "user_id": user["id"],
            "friendly_name": name,
            "secret": base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode(),
            "status": "unverified",
            "created_at": now(),
            "updated_at": now(),
        }
        app.store.insert("factors", **factor)
    issuer = text(body, "issuer") or urlsplit(app.options.site_url).netloc
    uri = _uri(issuer, user["email"], factor["secret"])
    totp = {"qr_code": _picture(uri), "secret": factor["secret"], "uri": uri}
    return Answer({"id": factor["id"], "type": "totp", "friendly_name": name, "totp": totp})


def _check_room(app: StandIn, user: Record, session: Record, name: str) -> None:
    """Refuse a factor too many, one of a taken name, and one asked for with a password alone."""
    stale = [f for f in user["factors"] if f["status"] == "unverified"]
    for factor in stale:
        if age_seconds(factor["created_at"]) > CHALLENGE_SECONDS:
            app.store.execute("delete from factors where id = ?", factor["id"])
    factors = app.store.rows("select * from factors where user_id = ?", user["id"])
    if len(factors) >= MOST_FACTORS:
        message = "Maximum number of verified factors reached, unenroll to continue"
        raise ApiError(422, "too_many_enrolled_mfa_factors", message)
    if name and any(factor["friendly_name"] == name for factor in factors):
        message = f'A factor with the friendly name "{name}" for this user already exists'
        raise ApiError(422, "mfa_factor_name_conflict", message)
    if has_verified(user) and sessions.level(app, session) != "aal2":
        raise ApiError(403, "insufficient_aal", "AAL2 required to enroll a new factor")


def challenge(app: StandIn, call: Call) -> Answer:
    user, _ = sessions.require_user(app, call)
    factor, stamp = _own_factor(app, call, user), now()
    row = {
        "id": str(uuid.uuid4()),
        "factor_id": factor["id"],
        "client": call.client,
        "created_at": stamp,
    }
    app.store.insert("challenges", **row)
    expires_at = int(datetime.fromisoformat(stamp).timestamp()) + CHALLENGE_SECONDS
    return Answer({"id": row["id"], "type": "totp", "expires_at": expires_at})


def verify(app: StandIn, call: Call) -> Answer:
    """Spend a challenge with a code; the session goes on at aal2, with a new pair of tokens."""
    body = call.json()
    user, session = sessions.require_user(app, call)
    factor = _own_factor(app, call, user)
    with app.store.transaction():
        asked = _open_challenge(app, call, factor, text(body, "challenge_id"))
        if not _fits(factor["secret"], text(body, "code")):
            raise ApiError(422, "mfa_verification_failed", "Invalid TOTP code entered")
        execute = app.store.execute
        execute("update challenges set verified_at = ? where id = ?", now(), asked["id"])
        execute(
            "update factors set status = 'verified', updated_at = ? where id = ?",
            now(),
            factor["id"],
        )
        execute("delete from factors where user_id = ? and status = 'unverified'", user["id"])
        _raise(app, session, factor)
        end_lower = (
            "delete from sessions where user_id = ? and id not in "
            "(select session_id from session_factors)"
        )
        execute(end_lower, user["id"])
        return Answer(sessions.renew(app, session))


def _raise(app: StandIn, session: Record, factor: Record) -> None:
    app.store.execute("delete from session_factors where session_id = ?", session["id"])
    app.store.insert("session_factors", session_id=session["id"], factor_id=factor["id"])
    amr = [*json.loads(session["amr"]), {"method": "totp", "timestamp": int(time.time())}]
    app.store.execute("update sessions set amr = ? where id = ?", json.dumps(amr), session["id"])


def unenroll(app: StandIn, call: Call) -> Answer:
    user, session = sessions.require_user(app, call)
    factor = _own_factor(app, call, user)
    if factor["status"] == "verified" and sessions.level(app, session) != "aal2":
        raise ApiError(422, "insufficient_aal", "AAL2 required to unenroll verified factor")
    return _forget(app, factor)


def list_of_user(app: StandIn, call: Call) -> Answer:
    """For the holder of the secret key: a bare list."""
    return Answer([shapes.factor(row) for row in _named_user(app, call)["factors"]])


def delete_of_user(app: StandIn, call: Call) -> Answer:
    """For the holder of the secret key: how staff resets a lost phone."""
    return _forget(app, _own_factor(app, call, _named_user(app, call)))


def has_verified(user: Record) -> bool:
    return any(factor["status"] == "verified" for factor in user["factors"])


def _forget(app: StandIn, factor: Record) -> Answer:
    # Sessions that it had raised fall back to aal1 with it.
    app.store.execute("delete from factors where id = ?", factor["id"])
    return Answer({"id": factor["id"]})


def _named_user(app: StandIn, call: Call) -> Record:
    user = app.store.user(call.params["user_id"])
    if user is None:
        raise ApiError(404, "user_not_found", "User not found")
    return user


def _own_factor(app: StandIn, call: Call, user: Record) -> Record:
    found = [row for row in user["factors"] if row["id"] == call.params["factor_id"]]
    if not found:
        raise ApiError(404, "mfa_factor_not_found", "Factor not found")
    return found[0]


def _open_challenge(app: StandIn, call: Call, factor: Record, challenge_id: str) -> Record:
    query = "select * from challenges where id = ? and factor_id = ?"
    asked = app.store.row(query, challenge_id, factor["id"])
    if asked is None:
        raise ApiError(404, "mfa_factor_not_found", "MFA factor with the provided challenge ID")
    if asked["verified_at"] or asked["client"] != call.client:
        message = "Challenge and verify IP addresses mismatch."
        raise ApiError(422, "mfa_ip_address_mismatch", message)
    if age_seconds(asked["created_at"]) > CHALLENGE_SECONDS:
        message = f"MFA challenge {challenge_id} has expired, verify against another challenge"
        raise ApiError(422, "mfa_challenge_expired", message)
    return asked


def _fits(secret: str, code: str) -> bool:
    """Tell whether the code is the current one, the last one or the next one."""
    step = int(time.time()) // STEP_SECONDS
    return any(hmac.compare_digest(_code(secret, at), code) for at in (step - 1, step, step + 1))


def _code(secret: str, step: int) -> str:
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1)
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06}"


def _uri(issuer: str, email: str, secret: str) -> str:
    query = {"algorithm": "SHA1", "digits": 6, "issuer": issuer, "period": STEP_SECONDS}
    return f"otpauth://totp/{quote(issuer)}:{quote(email)}?{urlencode(query)}&secret={secret}"


def _picture(uri: str) -> str:
    picture = io.BytesIO()
    segno.make(uri, error="m", micro=False).save(
        picture, kind="svg", xmldecl=False, nl=False, omitsize=True, svgclass=None, lineclass=None
    )
    return picture.getvalue().decode()
