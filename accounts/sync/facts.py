"""What we keep of a user record of the Auth server, checked and in our own types."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.dateparse import parse_datetime
from django.utils.text import Truncator

NAME_LENGTH = 120
PROVIDERS = 20
DOCTORS_DOMAIN = "portal.invalid"  # of the accounts that supabase_doctor makes and deletes
FACTOR_KEYS = ("id", "friendly_name", "factor_type", "status")


@dataclass(frozen=True)
class Facts:
    """One account at one instant. Two records that mean the same are equal here."""

    subject: UUID
    email: str  # lower case; "" when there is none that could be written to
    name: str
    email_confirmed_at: datetime | None
    phone_confirmed_at: datetime | None
    banned_until: datetime | None
    deleted_at: datetime | None
    created_at: datetime | None
    invited_at: datetime | None
    last_sign_in_at: datetime | None
    updated_at: datetime | None
    is_anonymous: bool
    providers: list[str]
    app_metadata: dict[str, Any]
    factors: list[dict[str, Any]] | None  # None: not said, as in listings

    @classmethod
    def of(cls, record: dict[str, Any]) -> Self:
        """Read a record in the Auth API's JSON shape; odd values count as missing ones.

        Raises ValueError when the record has no usable id.
        """
        app_metadata = _mapping(record, "app_metadata")
        return cls(
            subject=UUID(str(record.get("id"))),
            email=_email(record),
            name=_name(record),
            email_confirmed_at=moment(record, "email_confirmed_at"),
            phone_confirmed_at=moment(record, "phone_confirmed_at"),
            banned_until=moment(record, "banned_until"),
            deleted_at=moment(record, "deleted_at"),
            created_at=moment(record, "created_at"),
            invited_at=moment(record, "invited_at"),
            last_sign_in_at=moment(record, "last_sign_in_at"),
            updated_at=moment(record, "updated_at"),
            is_anonymous=record.get("is_anonymous", False) not in (False, None),
            providers=_providers(app_metadata),
            app_metadata=app_metadata,
            factors=_factors(record),
        )

    @property
    def is_confirmed(self) -> bool:
        """Whether the owner has shown that the address or number is theirs."""
        return bool(self.email_confirmed_at or self.phone_confirmed_at) and not self.is_anonymous

    @property
    def may_come_in(self) -> bool:
        """Whether a person is made here of an account that nobody has signed in with."""
        doctors = self.email.endswith(f"@{DOCTORS_DOMAIN}")
        return self.is_confirmed and not self.deleted_at and not doctors

    @property
    def digest(self) -> str:
        """Tell two records with the same `updated_at` apart, listed ones or read by id.

        Second factors are left out: they have no part in `updated_at`, and lists lack them.
        """
        values = asdict(self) | {"factors": None}
        if self.deleted_at:  # the rest is hashes
            values = {"deleted_at": self.deleted_at, "updated_at": self.updated_at}
        text = json.dumps(values, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def moment(record: dict[str, Any], key: str) -> datetime | None:
    """Return an instant of the record in UTC, or None when it is missing or unreadable."""
    try:
        found = parse_datetime(str(record.get(key) or ""))
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC) if found else None
    except (ValueError, OverflowError):
        return None


def _email(record: dict[str, Any]) -> str:
    email = str(record.get("email") or "").strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email if len(email) <= 254 else ""


def _mapping(record: dict[str, Any], key: str) -> dict[str, Any]:
    """Return an object of the record without what the database could not keep."""
    value = record.get(key)
    if not isinstance(value, dict):
        return {}
    return {} if _is_unstorable(value) else value


def _is_unstorable(value: dict[str, Any]) -> bool:
    try:
        # PostgreSQL's jsonb refuses NUL, and text cannot hold half of a surrogate pair.
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        return "\\u0000" in text or not text.encode()
    except (ValueError, RecursionError):
        return True


def _providers(app_metadata: dict[str, Any]) -> list[str]:
    names = app_metadata.get("providers")
    if not isinstance(names, list):
        names = [app_metadata.get("provider")]
    return [name[:60] for name in names if isinstance(name, str) and name][:PROVIDERS]


def _factors(record: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the second factors, None for a listed record: that has no identities either."""
    if record.get("identities") is None:
        return None
    found = record.get("factors")
    found = [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
    return [{key: str(entry.get(key) or "") for key in FACTOR_KEYS} for entry in found]


def _name(record: dict[str, Any]) -> str:
    """Return the name people gave themselves, on one line and without invisible tricks."""
    metadata = record.get("user_metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    name = next((metadata[key] for key in ("full_name", "name") if metadata.get(key)), "")
    shown = "".join(letter for letter in str(name) if letter.isprintable())
    return Truncator(" ".join(shown.split())).chars(NAME_LENGTH)
