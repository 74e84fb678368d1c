"""Read one account again over the Admin API and bring ours in line with it."""

import logging
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from accounts.models import Identity
from accounts.supabase import admin
from accounts.supabase.errors import AuthProblem, Unavailable
from accounts.sync import records

logger = logging.getLogger(__name__)
READINGS = 5
ACTIVE = timedelta(hours=1)
AT_ONCE = 100  # accounts; the others come next time


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


def reread_active() -> None:
    """Read the accounts of people who were here in the last hour, longest unread first.

    A ban whose webhook was lost is felt within a minute or two by those who are here.
    """
    here = Identity.objects.filter(
        issuer=settings.SUPABASE_ISSUER,
        deleted_at=None,
        sessions__last_seen_at__gt=timezone.now() - ACTIVE,
    )
    oldest_first = here.order_by("last_synced_at").values_list("subject", "last_synced_at")
    for subject, _synced_at in oldest_first.distinct()[:AT_ONCE]:
        try:
            reread(subject)
        except AuthProblem as problem:
            logger.warning("People who are here could not be read: %s", problem)
            return
