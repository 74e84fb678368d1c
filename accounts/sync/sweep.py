"""Read all accounts at the Auth server and bring ours in line: what no webhook can promise.

The API can only list everybody, in the order of creation, so both kinds of sweep read all
pages (100 accounts each). They differ in what they compare and write:

* incremental, every ten minutes: the accounts whose record is not the one applied last;
* full, every night: also those of which our copy was changed on this side since.

In order: list, decide, brake, write. A listing that breaks off, an empty one, and one that
would switch too many people off change nothing at all. An account that no page showed is
only a candidate: it is read by id, and closed when the Auth server itself says that there
is no such user. Where two stamps cannot tell which record is newer, the account is read by
id too. Accounts without a Supabase identity are not looked at.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.db import DataError, transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.models import Identity, SweepRequest, SweepRun
from accounts.supabase import admin, listing
from accounts.supabase.errors import AuthProblem
from accounts.sync import records
from accounts.sync.facts import Facts
from accounts.sync.reading import reread
from accounts.sync.turns import NotOurTurn, begin, end, renew
from portal.actor import acting
from portal.queue.models import Cancelled

logger = logging.getLogger(__name__)
AT_LEAST, PER_CENT = 5, 2  # the brake lets the larger of the two pass
Progress = Callable[[int, int], None]  # done, total


class Stopped(Exception):
    """The brake: too many people would be switched off. Nothing was changed."""


@dataclass
class Findings:
    """What a listing says, before anything is written."""

    seen: set[UUID] = field(default_factory=set)
    changed: list[Facts] = field(default_factory=list)  # may be applied as they are
    unclear: set[UUID] = field(default_factory=set)  # must be read by id
    leaving: set[UUID] = field(default_factory=set)  # open here, closed there


def sweep(
    *,
    full: bool = False,
    dry_run: bool = False,
    confirm_mass: bool = False,
    progress: Progress = lambda done, total: None,
) -> SweepRun:
    """Carry out one sweep and return its row: done, failed or stopped, with counts.

    ``confirm_mass`` lets it switch off more than max(5, 2 %) of the open accounts.
    ``progress`` is called with records listed and their total, then with accounts written
    and theirs. Runs outside any transaction. Raises NotOurTurn.
    """
    run = begin(full=full, dry_run=dry_run)
    try:
        findings = _list(run, progress)
        _brake(run, findings, confirm_mass)
        if not dry_run:
            _write(run, findings, progress)
        return end(run, SweepRun.State.DONE)
    except Stopped as reason:
        with transaction.atomic():
            if not dry_run:
                audit.record("sweep.stopped", run=str(run.pk), leaving=run.deactivated)
            return end(run, SweepRun.State.STOPPED, str(reason))
    except AuthProblem as problem:
        return end(run, SweepRun.State.FAILED, f"{type(problem).__name__}: {problem}")
    except NotOurTurn:
        raise
    except BaseException as error:
        end(run, SweepRun.State.FAILED, f"The sweep ended with {type(error).__name__}.")
        raise


def carry_out(request: SweepRequest) -> None:
    """Do what somebody asked for in the admin. Raises Cancelled while another sweep runs."""
    try:
        with acting(request.requested_by):
            sweep(full=True, dry_run=request.dry_run, confirm_mass=request.confirm_mass)
    except NotOurTurn as error:
        raise Cancelled(str(error)) from error


def _list(run: SweepRun, progress: Progress) -> Findings:
    findings = Findings()
    for rows, total in listing.pages():
        page = [facts for row in rows if (facts := _facts(row, run))]
        run.changed += _compare(page, findings, full=run.kind == SweepRun.Kind.FULL)
        findings.seen |= {facts.subject for facts in page}
        run.seen += len(rows)
        renew(run)
        progress(run.seen, max(total, run.seen))
    return findings


def _facts(row: object, run: SweepRun) -> Facts | None:
    """Read one row of a page; count it when it makes no sense."""
    try:
        if isinstance(row, dict):
            return Facts.of(row)
    except ValueError:
        logger.debug("no id")  # counted below; the row may hold anything
    run.malformed += 1
    logger.warning("A row of the list of accounts cannot be read and is left out")
    return None


def _compare(page: list[Facts], findings: Findings, *, full: bool) -> int:
    """Sort the records of one page; return how many say something else than ours."""
    known = {row.subject: row for row in _ours().filter(subject__in=[f.subject for f in page])}
    different = 0
    for facts in page:
        ours = known.get(facts.subject)
        if facts.subject in findings.seen or (ours and ours.user.erased_at):
            continue
        if ours is None:
            news = facts.may_come_in
        else:
            news = _differs(facts, ours, findings) or (full and records.has_drifted(facts, ours))
        if news and facts.subject not in findings.unclear:
            findings.changed.append(facts)
        different += news
    return different


def _differs(facts: Facts, ours: Identity, findings: Findings) -> bool:
    """Return whether a listed record differs from ours; note what follows from that."""
    if ours.applied_hash == facts.digest and (facts.deleted_at or not ours.deleted_at):
        return False
    if facts.deleted_at and not ours.deleted_at:
        findings.leaving.add(facts.subject)
    if not records.is_newer(facts, ours):
        findings.unclear.add(facts.subject)
    return True


def _ours() -> QuerySet[Identity]:
    issued = Identity.objects.filter(issuer=settings.SUPABASE_ISSUER)
    return issued.select_related("user")


def _brake(run: SweepRun, findings: Findings, confirm_mass: bool) -> None:
    """Find out who is gone. Raise Stopped when that would be too many."""
    open_here = _ours().filter(deleted_at=None, user__erased_at=None)
    subjects = set(open_here.values_list("subject", flat=True))
    limit = max(AT_LEAST, len(subjects) * PER_CENT // 100)
    missing = sorted(subjects - findings.seen)
    run.nominated, run.deactivated = len(missing), len(findings.leaving)
    if missing and not findings.seen and not confirm_mass:
        raise Stopped("The Auth server listed nobody at all.")
    for subject in missing:
        if run.deactivated > limit and not confirm_mass:
            break
        record = admin.get_user(subject)
        renew(run)
        if record is None or record.get("deleted_at"):
            findings.leaving.add(subject)
            run.deactivated += 1
        findings.unclear.add(subject)
    if run.deactivated <= limit:
        return
    if confirm_mass and run.dry_run:
        return
    if confirm_mass:
        audit.record("sweep.mass-confirmed", run=str(run.pk), leaving=run.deactivated)
    else:
        raise Stopped(f"More than {limit} of {len(subjects)} open accounts would be closed.")


def _write(run: SweepRun, findings: Findings, progress: Progress) -> None:
    run.deactivated = 0
    total = len(findings.changed) + len(findings.unclear)
    for done, facts in enumerate(findings.changed, 1):
        _apply(facts, run)
        run.deactivated += facts.subject in findings.leaving
        renew(run)
        progress(done, total)
    for done, subject in enumerate(sorted(findings.unclear), len(findings.changed) + 1):
        identity = reread(subject)
        closed = identity is not None and identity.deleted_at is not None
        run.deactivated += closed and subject in findings.leaving
        renew(run)
        progress(done, total)


def _apply(facts: Facts, run: SweepRun) -> None:
    try:
        records.apply_listed(facts, again=run.kind == SweepRun.Kind.FULL)
    except (DataError, ValueError) as error:  # something that our database cannot keep
        run.malformed += 1
        logger.warning("%s cannot be applied: %s", facts.subject, type(error).__name__)
