"""What a sweep does with good, bad and frightening answers of the Auth server."""

import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import schedule
from accounts.models import AuditEntry, AuthSession, Identity, SweepRequest, SweepRun, User
from accounts.supabase import listing
from accounts.sync.reading import reread_active
from accounts.sync.records import close_subject, version
from accounts.sync.sweep import carry_out, sweep
from accounts.sync.turns import NotOurTurn, begin, end, renew
from portal.queue.models import Cancelled
from tests.accounts.fake_auth import FakeAuth
from tests.factories import make_user

NEWER, OLDER = "2026-02-01T00:00:00Z", "2026-01-01T00:00:00Z"
LIST = "GET /admin/users"


def account(number, **fields):
    name = f"p{number}@lindencourt.example"
    fields = {"updated_at": NEWER, "email_confirmed_at": OLDER, "created_at": OLDER} | fields
    return FakeAuth.record(name, identities=None, last_sign_in_at=OLDER, **fields)


class Listed:
    """An Auth server that lists these accounts and knows them by id."""

    def __init__(self, auth, records):
        self.auth, self.records = auth, list(records)
        auth.answers[LIST] = (200, {"users": self.records, "aud": "authenticated"})
        for record in self.records:
            auth.answers[f"GET /admin/users/{record['id']}"] = (200, record | {"identities": []})

    def forget(self, number, *, answer=(404, {"code": "user_not_found"})):
        record = self.records.pop(number)
        self.auth.answers[f"GET /admin/users/{record['id']}"] = answer
        return record


@pytest.fixture
def listed(auth, db):
    server = Listed(auth, [account(number) for number in range(8)])
    sweep()
    return server


def closed():
    return Identity.objects.exclude(deleted_at=None).count()


def test_it_makes_everybody_who_is_confirmed(auth, db):
    more = [account(8, email_confirmed_at=None), account(9, deleted_at=OLDER)]
    Listed(auth, [account(number) for number in range(8)] + more)
    run = sweep()
    assert (run.state, run.seen, run.changed, User.objects.count()) == ("done", 10, 8, 8)


def test_a_second_one_finds_nothing_and_writes_nothing(listed, django_assert_max_num_queries):
    with django_assert_max_num_queries(7):
        run = sweep()
    assert (run.changed, run.deactivated, run.nominated) == (0, 0, 0)


def test_a_full_one_puts_right_what_went_astray_here(listed):
    User.objects.update(email="astray@lindencourt.example")
    assert sweep().changed == 0
    assert User.objects.filter(email__startswith="astray").count() == 8
    sweep(full=True)
    assert not User.objects.filter(email__startswith="astray").exists()


def test_it_reads_again_what_changed_under_the_same_stamp(listed):
    record = listed.records[0]
    record["banned_until"] = "2999-01-01T00:00:00Z"
    by_id = record | {"identities": [], "banned_until": "2998-01-01T00:00:00Z"}
    listed.auth.answers[f"GET /admin/users/{record['id']}"] = (200, by_id)
    assert sweep().changed == 1
    assert Identity.objects.get(subject=record["id"]).banned_until.year == 2998


def test_it_closes_whom_the_server_does_not_know(listed):
    gone = listed.forget(0)
    run = sweep()
    assert (run.state, run.nominated, run.deactivated) == ("done", 1, 1)
    assert not Identity.objects.get(subject=gone["id"]).user.is_active


def test_absence_alone_closes_nobody(listed):
    record = listed.records.pop(0)
    assert sweep().nominated == 1
    assert Identity.objects.get(subject=record["id"]).user.is_active


@pytest.mark.parametrize(
    "answer",
    [
        (404, "<html>Not found</html>"), (404, {"code": "not_found"}), (401, {}), (402, {}),
        (403, {"code": "bad_jwt"}), (429, {}), (500, {}), (503, ""), (521, ""),
    ],
)  # fmt: skip
def test_no_answer_closes_nobody(listed, answer):
    listed.forget(0, answer=answer)
    assert sweep().state == "failed"
    assert closed() == 0


@pytest.mark.parametrize(
    "answer",
    [
        (500, {}), (401, {}), (403, {}), (429, {}), (404, {}), (200, "<html>Welcome</html>"),
        (200, {}), (200, {"users": None}), (200, []), (302, {}),
    ],
)  # fmt: skip
def test_a_listing_that_is_none_changes_nothing(listed, answer):
    listed.auth.answers[LIST] = answer
    run = sweep(confirm_mass=True)
    assert (run.state, run.changed, closed()) == ("failed", 0, 0)
    assert run.error


def test_a_listing_that_breaks_off_changes_nothing(listed, monkeypatch):
    pages = iter([([account(0, banned_until="2999-01-01T00:00:00Z")], 8)])

    def breaks_off():
        yield from pages
        raise listing.Unavailable("page 2 of the accounts: status 500")

    monkeypatch.setattr(listing, "pages", breaks_off)
    run = sweep()
    assert (run.state, closed()) == ("failed", 0)
    assert not Identity.objects.exclude(banned_until=None).exists()


def test_an_empty_listing_closes_nobody(listed):
    while listed.records:
        listed.forget(0)
    assert sweep().state == "stopped"
    assert closed() == 0


def test_it_leaves_out_rows_that_make_no_sense(listed):
    rows = [None, [], "x", {}, {"id": 7}, {"id": "ada"}, {"id": None, "email": "canary"}]
    listed.records += rows + [account(20)]
    run = sweep()
    assert (run.state, run.malformed, run.changed) == ("done", len(rows), 1)


def test_strange_values_stop_nobody_else(listed):
    strange = {"app_metadata": {"a": "\x00", "b": "\ud800"}, "banned_until": "soon"}
    listed.records += [account(20, **strange) | {"email": 7}, account(21)]
    assert sweep().changed == 2


@pytest.fixture
def many_gone(listed):
    for _ in range(6):
        listed.forget(0)
    listed.records[0]["updated_at"] = "2026-03-01T00:00:00Z"
    listed.records[0]["banned_until"] = "2999-01-01T00:00:00Z"
    return listed


def test_the_brake_stops_before_anything_is_changed(many_gone):
    run = sweep()
    assert (run.state, closed()) == ("stopped", 0)
    assert not Identity.objects.exclude(banned_until=None).exists()
    assert AuditEntry.objects.filter(event="sweep.stopped").count() == 1


def test_a_dry_run_shows_the_same_and_tells_nobody(many_gone):
    assert sweep(dry_run=True).state == "stopped"
    assert not AuditEntry.objects.filter(event="sweep.stopped").exists()


def test_it_goes_on_when_somebody_confirms(many_gone):
    sweep()
    run = sweep(confirm_mass=True)
    assert (run.state, run.deactivated, closed()) == ("done", 6, 6)
    assert AuditEntry.objects.filter(event="sweep.mass-confirmed").exists()


def test_a_dry_run_confirms_nothing(many_gone):
    run = sweep(dry_run=True, confirm_mass=True)
    assert (run.state, run.deactivated, closed()) == ("done", 6, 0)
    assert not AuditEntry.objects.filter(event="sweep.mass-confirmed").exists()


def test_soft_deletions_brake_too(listed):
    for record in listed.records:
        record["deleted_at"] = record["updated_at"] = "2026-03-01T00:00:00Z"
    assert (sweep().state, closed()) == ("stopped", 0)


def test_five_may_go(listed):
    for _ in range(5):
        listed.forget(0)
    assert (sweep().state, closed()) == ("done", 5)


def test_it_never_touches_local_people(listed):
    helen = make_user("Helen", email=listed.records[0]["email"], is_superuser=True)
    sweep(full=True, confirm_mass=True)
    helen.refresh_from_db()
    assert helen.is_active


def test_a_dry_run_changes_nothing(listed):
    listed.forget(0)
    listed.records[0] |= {"updated_at": "2026-03-01T00:00:00Z", "banned_until": NEWER}
    run = sweep(dry_run=True)
    assert (run.changed, run.deactivated, closed()) == (1, 1, 0)
    assert not Identity.objects.exclude(banned_until=None).exists()


def test_a_closed_account_comes_back_only_by_a_reading(listed):
    subject = listed.records[0]["id"]
    close_subject(uuid.UUID(subject), since=version(subject))
    assert sweep().changed == 1
    assert Identity.objects.get(subject=subject).user.is_active


# One at a time -------------------------------------------------------------------------------


def test_two_never_run_at_once(db):
    begin(full=True, dry_run=False)
    with pytest.raises(NotOurTurn):
        begin(full=False, dry_run=True)


def test_a_run_whose_worker_died_makes_way(db):
    first = begin(full=True, dry_run=False)
    SweepRun.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    second = begin(full=True, dry_run=False)
    first.lease_until -= timedelta(minutes=5)
    for late in (lambda: renew(first), lambda: end(first, "done")):
        with pytest.raises(NotOurTurn):
            late()
    end(second, "done")
    assert sorted(SweepRun.objects.values_list("state", flat=True)) == ["done", "failed"]


def test_a_request_waits_for_its_turn(listed):
    begin(full=True, dry_run=False)
    with pytest.raises(Cancelled):
        carry_out(SweepRequest())


def test_a_request_names_who_asked(many_gone):
    helen = make_user("Helen", is_superuser=True)
    carry_out(SweepRequest(dry_run=False, confirm_mass=True, requested_by=helen))
    assert AuditEntry.objects.get(event="sweep.mass-confirmed").actor_id == helen.pk


@pytest.mark.parametrize("job", [schedule.sweep_changes, schedule.sweep_everything])
def test_a_sweep_that_failed_is_seen_in_its_row(listed, job):
    listed.auth.answers[LIST] = (500, {})
    job()
    assert SweepRun.objects.first().state == "failed"


@pytest.mark.parametrize("job", [schedule.sweep_changes, schedule.sweep_everything])
def test_the_schedule_waits_for_its_turn(db, job):
    begin(full=True, dry_run=False)
    with pytest.raises(Cancelled):
        job()


def test_old_sweeps_are_forgotten_at_night(listed):
    SweepRun.objects.update(started_at=timezone.now() - timedelta(days=31))
    schedule.sweep_everything()
    assert SweepRun.objects.count() == 1


def be_here(identity, ago=timedelta(0)):
    seen = timezone.now() - ago
    AuthSession.objects.create(
        identity=identity, session_key=identity.pk.hex, expires_at=seen, last_seen_at=seen
    )


def test_a_ban_of_somebody_who_is_here_needs_no_webhook(listed):
    here, away, *_others = Identity.objects.order_by("email_seen")
    be_here(here)
    be_here(away, timedelta(hours=2))
    for record in listed.records[:2]:
        banned = record | {"banned_until": "2999-01-01T00:00:00Z", "identities": []}
        listed.auth.answers[f"GET /admin/users/{record['id']}"] = (200, banned)
    reread_active()
    assert list(Identity.objects.exclude(banned_until=None)) == [here]


def test_who_is_here_stays_while_the_auth_server_is_away(listed):
    here = Identity.objects.first()
    be_here(here)
    listed.auth.answers[f"GET /admin/users/{here.subject}"] = (500, {})
    reread_active()
    assert closed() == 0


# The command -----------------------------------------------------------------------------------


def run_command(*arguments):
    out = StringIO()
    call_command("sync_users", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_command_prints_a_table(listed):
    listed.forget(0)
    assert "dry run" in run_command("--dry-run")
    assert "closed                               1" in run_command("--full")


@pytest.mark.parametrize(("arguments", "code"), [((), 3), (("--dry-run",), 3)])
def test_the_command_says_that_it_stopped(many_gone, arguments, code):
    with pytest.raises(CommandError, match="--confirm-mass") as caught:
        run_command(*arguments)
    assert caught.value.returncode == code
    run_command("--confirm-mass")
    assert closed() == 6


def test_the_command_says_that_it_failed(listed):
    listed.auth.answers[LIST] = (500, {})
    with pytest.raises(CommandError, match="Failed") as caught:
        run_command()
    assert caught.value.returncode == 1


def test_the_command_says_that_it_must_wait(db):
    begin(full=True, dry_run=False)
    with pytest.raises(CommandError) as caught:
        run_command()
    assert caught.value.returncode == 4
