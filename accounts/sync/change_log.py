"""The change log in Supabase's database: no change of an account is missing from it.

A trigger writes each row in the transaction of the change (`accounts/supabase/sql`). Where
the portal lives in the same database the worker turns new rows into hints.
"""

import hashlib
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import ChangeLogPosition, SyncEvent

PAGE = 1000
# Rows appear when their transaction commits, not in the order of their ids. A transaction older
# than every running one has ended: nothing will appear before its rows any more. Younger rows
# are read as well, so that one slow transaction delays nobody, and read again next time.
NEXT_ROWS = """
select transaction::text::bigint, id, user_id, operation,
       transaction < pg_snapshot_xmin(pg_current_snapshot())
from portal_sync.changes
where (transaction, id) > (%s::text::xid8, %s)
order by transaction, id
limit %s
"""
NEWEST_TRANSACTION = "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint"


class Change(NamedTuple):
    """One row of the log."""

    transaction: int
    id: int
    subject: UUID
    operation: str
    is_settled: bool


def read(page: int = PAGE) -> int:
    """Turn new rows into hints, ``page`` rows a query; return how many hints are new.

    Harmless when repeated. Needs the SQL that `manage.py supabase_sql` prints.
    """
    new, settled = 0, True
    with transaction.atomic():
        position = _locked_position()
        at = position.transaction, position.row
        while rows := _rows_after(*at, page):
            new += _store(rows)
            at = rows[-1].transaction, rows[-1].id
            for row in rows:
                # Not again after the first unsettled one, even if it settles between two pages.
                settled = settled and row.is_settled
                if settled:
                    position.transaction, position.row = row.transaction, row.id
        position.read_at = timezone.now()
        position.save()
    return new


def _locked_position() -> ChangeLogPosition:
    """Return where to go on; a second reader waits here."""
    ChangeLogPosition.objects.bulk_create([ChangeLogPosition()], ignore_conflicts=True)
    position = ChangeLogPosition.objects.select_for_update().get()
    with connection.cursor() as cursor:
        cursor.execute(NEWEST_TRANSACTION)
        (newest,) = cursor.fetchone()
    if position.transaction > newest:
        # The database was restored on another server, whose transactions count from anew.
        position.transaction = position.row = 0
    return position


def _rows_after(at: int, row: int, limit: int) -> list[Change]:
    with connection.cursor() as cursor:
        cursor.execute(NEXT_ROWS, [str(at), row, limit])
        return [Change(*values) for values in cursor.fetchall()]


def _store(rows: list[Change]) -> int:
    events = [
        SyncEvent(dedupe_key=_key(row), kind=row.operation, subject=row.subject) for row in rows
    ]
    before = SyncEvent.objects.filter(dedupe_key__in=[event.dedupe_key for event in events])
    known = before.count()
    SyncEvent.objects.bulk_create(events, ignore_conflicts=True)
    return len(events) - known


def _key(row: Change) -> str:
    # Ids begin again when the log is installed again; transactions do not.
    return hashlib.sha256(f"change {row.transaction} {row.id}".encode()).hexdigest()
