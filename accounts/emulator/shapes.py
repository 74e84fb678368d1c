"""How a user looks: in the API's JSON, and as a row of ``auth.users`` in a webhook."""

import uuid

from accounts.emulator.calls import Record
from accounts.emulator.store import now

OPTIONAL_INSTANTS = (
    *("email_confirmed_at", "phone_confirmed_at", "invited_at", "confirmation_sent_at"),
    *("recovery_sent_at", "email_change_sent_at", "last_sign_in_at", "banned_until", "deleted_at"),
)
# The columns of the trigger in reference to auth.users: no password, no token.
RECORD_COLUMNS = (
    *("id", "aud", "role", "email", "phone", "email_confirmed_at", "phone_confirmed_at"),
    *("raw_app_meta_data", "raw_user_meta_data", "is_sso_user", "is_anonymous"),
    *("banned_until", "deleted_at", "created_at", "updated_at"),
)


def api_user(user: Record, *, identities: bool = True) -> Record:
    """Return the user as the API shows it. Lists show ``identities`` as null."""
    shape = {
        "id": user["id"],
        "aud": user["aud"],
        "role": user["role"],
        "email": user["email"] or "",
        "phone": user["phone"] or "",
        "app_metadata": user["raw_app_meta_data"],
        "user_metadata": user["raw_user_meta_data"],
        "identities": identities_of(user) if identities else None,
        "created_at": _zulu(user["created_at"]),
        "updated_at": _zulu(user["updated_at"]),
        "is_anonymous": user["is_anonymous"],
    }
    shape |= {name: _zulu(user[name]) for name in OPTIONAL_INSTANTS if user[name]}
    confirmed = [user[name] for name in ("email_confirmed_at", "phone_confirmed_at") if user[name]]
    if confirmed:
        shape["confirmed_at"] = _zulu(min(confirmed))
    if user["email_change"]:
        shape["new_email"] = user["email_change"]
    if user.get("factors") and identities:
        shape["factors"] = [factor(row) for row in user["factors"]]
    return shape


def factor(row: Record) -> Record:
    """Return a second factor as the API shows it: without its secret."""
    return {
        "id": row["id"],
        "created_at": _zulu(row["created_at"]),
        "updated_at": _zulu(row["updated_at"]),
        "status": row["status"],
        "friendly_name": row["friendly_name"],
        "factor_type": "totp",
    }


def stranger(email: str, metadata: Record) -> Record:
    """Return a user that exists nowhere: the answer to signing up a known address."""
    stamp = _zulu(now())
    return {
        "id": str(uuid.uuid4()),
        "aud": "authenticated",
        "role": "",
        "email": email,
        "phone": "",
        "confirmation_sent_at": stamp,
        "app_metadata": {"provider": "email", "providers": ["email"]},
        "user_metadata": metadata,
        "identities": [],
        "created_at": stamp,
        "updated_at": stamp,
        "is_anonymous": False,
    }


def webhook_record(user: Record) -> Record:
    """Return the row of ``auth.users`` that the portal's trigger posts."""
    return {name: user[name] for name in RECORD_COLUMNS}


def identities_of(user: Record) -> list[Record]:
    """Return the ways in that the user has: the address with its password, and providers."""
    has_email = "email" in user["raw_app_meta_data"].get("providers", ["email"])
    return ([_by_email(user)] if has_email else []) + [_linked(row) for row in user["linked"]]


def _linked(identity: Record) -> Record:
    return {
        "identity_id": identity["id"],
        "id": identity["provider_id"],
        "user_id": identity["user_id"],
        "identity_data": identity["identity_data"],
        "provider": identity["provider"],
        "last_sign_in_at": _zulu(identity["last_sign_in_at"]),
        "created_at": _zulu(identity["created_at"]),
        "updated_at": _zulu(identity["updated_at"]),
        "email": identity["identity_data"].get("email", ""),
    }


def _by_email(user: Record) -> Record:
    return {
        "identity_id": str(uuid.uuid5(uuid.UUID(user["id"]), "email")),
        "id": user["id"],
        "user_id": user["id"],
        "identity_data": {
            "email": user["email"],
            "email_verified": bool(user["email_confirmed_at"]),
            "phone_verified": False,
            "sub": user["id"],
        },
        "provider": "email",
        "last_sign_in_at": _zulu(user["last_sign_in_at"] or user["created_at"]),
        "created_at": _zulu(user["created_at"]),
        "updated_at": _zulu(user["updated_at"]),
        "email": user["email"],
    }


def _zulu(instant: str) -> str:
    return instant.replace("+00:00", "Z")
