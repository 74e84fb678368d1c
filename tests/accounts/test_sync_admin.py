"""The webhook inbox and the sweeps in the admin."""

import uuid

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import SweepRequest, SweepRun, SyncEvent
from accounts.sync.records import apply_record
from tests.factories import make_user

EVENTS, SWEEPS = "/admin/people/account-events/", "/admin/people/sweeps/"


def event(state="done", **fields):
    fields = {"subject": uuid.uuid4(), "kind": "UPDATE", "dedupe_key": uuid.uuid4().hex} | fields
    return SyncEvent.objects.create(state=state, **fields)


@pytest.fixture
def editor_client(client, db):
    """Somebody who may open the admin and look at sweeps, and is no administrator."""
    editor = make_user("Priya")
    names = ["access_admin", "view_sweeprun", "view_syncevent"]
    editor.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(editor)
    return client


def test_it_shows_what_waits_and_what_was_ignored(admin_client):
    event("pending")
    event("cancelled", subject=None, last_error="There is no record.")
    page = admin_client.get(EVENTS).content.decode()
    assert "1 waits, since" in page
    assert "1 was ignored in the last day" in page


def test_it_says_so_when_nothing_came(admin_client):
    page = admin_client.get(EVENTS).content.decode()
    assert "Nothing waits." in page
    assert "manage.py supabase_sql" in page


@pytest.mark.parametrize(
    "query", [{"state": "cancelled"}, {"kind": "DELETE"}, {"q": "zzz"}, {"q": '"'}]
)
def test_it_filters_and_searches(admin_client, query):
    wanted = event("done")
    page = admin_client.get(EVENTS, query).content.decode()
    assert str(wanted.subject) not in page


@pytest.mark.parametrize("state", ["done", "dead"])
def test_it_replays_a_hint_whatever_came_of_it(admin_client, state):
    row = event(state, attempts=8)
    address = reverse("account-events:replay", args=[row.pk])
    page = admin_client.get(reverse("account-events:inspect", args=[row.pk])).content.decode()
    assert address in page
    for _ in range(2):
        assert admin_client.post(address).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("pending", 0)


def test_it_replays_nothing_that_was_ignored(admin_client):
    row = event("cancelled", subject=None)
    admin_client.post(reverse("account-events:replay", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == "cancelled"


def test_replaying_refuses_get_and_people_without_the_right(admin_client, editor_client):
    address = reverse("account-events:replay", args=[event().pk])
    assert admin_client.get(address).status_code == 405
    assert editor_client.post(address).status_code == 302
    assert SyncEvent.objects.get().state == "done"


def test_it_lists_sweeps_with_their_brake(admin_client):
    run = SweepRun.objects.create(kind="full", state="stopped", error="More than 5 would go.")
    page = admin_client.get(SWEEPS).content.decode()
    assert "stopped before it changed anything" in page
    inspected = admin_client.get(reverse("sweeps:inspect", args=[run.pk])).content.decode()
    assert "More than 5 would go." in inspected


@pytest.mark.parametrize("query", [{"state": "done"}, {"kind": "full"}, {"q": "x"}, {"q": '"'}])
def test_sweeps_can_be_filtered_and_searched(admin_client, query):
    SweepRun.objects.create(kind="incremental", state="failed", error="y")
    assert admin_client.get(SWEEPS, query).status_code == 200


@pytest.mark.parametrize(("kind", "dry_run"), [("dry-run", True), ("now", False), ("", True)])
def test_an_administrator_asks_for_a_sweep(admin_client, admin_user, kind, dry_run):
    assert admin_client.get(reverse("sweeps:ask")).status_code == 405
    assert admin_client.post(reverse("sweeps:ask"), {"kind": kind}).status_code == 302
    request = SweepRequest.objects.get()
    assert (request.dry_run, request.confirm_mass) == (dry_run, False)
    assert request.requested_by == admin_user
    assert "was asked for" in admin_client.get(SWEEPS).content.decode()


def test_many_accounts_are_closed_only_when_asked_twice(admin_client):
    SweepRun.objects.create(kind="full", state="stopped", error="More than 5 would go.")
    asked = {"kind": "confirm-mass"}
    assert "Close these accounts…" in admin_client.get(SWEEPS).content.decode()
    page = admin_client.post(reverse("sweeps:ask"), asked).content.decode()
    assert "More than 5 would go." in page
    assert not SweepRequest.objects.exists()
    admin_client.post(reverse("sweeps:ask"), asked | {"confirmed": "yes"})
    request = SweepRequest.objects.get()
    assert (request.dry_run, request.confirm_mass) == (False, True)


@pytest.mark.parametrize("later", [[], [{"state": "stopped"}, {"state": "done"}]])
def test_nobody_takes_the_brake_off_that_holds_nothing(admin_client, later):
    for fields in later:
        SweepRun.objects.create(kind="full", **fields)
    assert "Close these accounts" not in admin_client.get(SWEEPS).content.decode()
    admin_client.post(reverse("sweeps:ask"), {"kind": "confirm-mass", "confirmed": "yes"})
    assert not SweepRequest.objects.exists()


def test_it_says_that_a_stopped_sweep_closed_nobody(admin_client):
    run = SweepRun.objects.create(kind="full", state="stopped", deactivated=21)
    for address in (SWEEPS, reverse("sweeps:inspect", args=[run.pk])):
        assert "0 (at least 21 would be)" in admin_client.get(address).content.decode()


def test_it_names_whose_account_an_event_is_about(admin_client, auth):
    record = auth.record()
    person = apply_record(record).user
    event(subject=record["id"])
    event("cancelled", subject=None)
    page = admin_client.get(EVENTS).content.decode()
    assert f"Changed account: {person}" in page
    assert "Changed account: nobody" in page


def test_others_look_and_do_not_ask(editor_client):
    page = editor_client.get(SWEEPS)
    assert page.status_code == 200
    assert "Sweep now" not in page.content.decode()
    editor_client.post(reverse("sweeps:ask"), {"kind": "confirm-mass"})
    assert not SweepRequest.objects.exists()


@pytest.mark.parametrize("address", [EVENTS, SWEEPS])
def test_it_hides_from_members_and_visitors(client, amara, address):
    assert client.get(address).status_code == 302
    client.force_login(amara)
    assert client.get(address).status_code in (302, 403)
