"""Read one account again over the Admin API and bring ours in line with it."""

from uuid import UUID

from accounts.models import Identity
from accounts.supabase import admin
from accounts.supabase.errors import Unavailable
from accounts.sync import records

READINGS = 5


def reread(subject: UUID) -> Identity | None:
    """Bring our copy in line with the Auth server's record and return it; None without one.

    Runs outside any transaction. Only the server's own "no such user", or `deleted_at`,
    closes an account; every other failure raises AuthProblem and changes nothing.
    """
    for _reading in range(READINGS):
        since = records.version(subject)
        record = admin.get_user(subject)
        try:
            if record is None:
                return records.close_subject(subject, since=since)
            return records.apply_truth(record, since=since)
        except records.Outdated:
            continue
    raise Unavailable("the account kept changing while it was read")
