"""Who people are, how they come in, and what is remembered about both."""

from accounts.models.access import AccessSettings, Invitation
from accounts.models.audit import AuditEntry
from accounts.models.export import DataExport
from accounts.models.identity import AuthSession, EndedSession, Identity
from accounts.models.roles import RoleGrant, RoleRule
from accounts.models.sync import (
    ChangeLogPosition,
    KeySetSnapshot,
    SweepRequest,
    SweepRun,
    SyncEvent,
)
from accounts.models.user import User

__all__ = [
    "AccessSettings",
    "AuditEntry",
    "AuthSession",
    "ChangeLogPosition",
    "DataExport",
    "EndedSession",
    "Identity",
    "Invitation",
    "KeySetSnapshot",
    "RoleGrant",
    "RoleRule",
    "SweepRequest",
    "SweepRun",
    "SyncEvent",
    "User",
]
