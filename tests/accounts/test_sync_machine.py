"""Whatever happens at the Auth server and on the way: afterwards our accounts equal its own.

Hypothesis invents histories of changes there and of deliveries here: dropped, repeated,
reordered, delayed and forged webhooks, late snapshots, workers and sweeps in between. Two
promises are checked at the end of each:

* nothing was lost on the way and nobody edited rows in SQL: the hints alone were enough;
* always: one sweep makes both sides equal, and what arrives late afterwards changes nothing.

SYNC_HISTORIES=1000 .venv/bin/pytest tests/accounts/test_sync_machine.py looks longer.
"""

import os
import uuid
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from accounts.models import Identity, SyncEvent, User
from accounts.sync import records, sweep
from accounts.sync.inbox import apply
from portal.queue.worker import Queue, process
from tests.accounts.auth_world import SHARED_SECRET, AuthWorld
from tests.factories import make_user

HISTORIES = int(os.environ.get("SYNC_HISTORIES", 300 if connection.vendor == "postgresql" else 60))
STEPS = 50
HASH_LENGTH = 44  # of the text that stands for a deleted address
KINDS = ("INSERT", "UPDATE", "DELETE")
numbers = st.integers(0, 1000)
addresses = st.sampled_from([f"p{n}@lindencourt.example" for n in range(6)])
names = st.sampled_from(["Ada", "Ben", ""])
secrets = st.sampled_from(["", "guessed", SHARED_SECRET])
LIES = {"role": "admin", "is_superuser": True, "is_staff": True}
roles = st.sampled_from([{"role": "editor"}, {"role": None}, {"team": "REP"}, LIES])
changes = st.one_of(
    st.fixed_dictionaries({"ban_duration": st.sampled_from(["1h", "876000h", "none"])}),
    st.fixed_dictionaries({"app_metadata": roles}),
    st.fixed_dictionaries({"user_metadata": names.map(lambda name: LIES | {"full_name": name})}),
    st.fixed_dictionaries({"email": addresses}),
    st.just({"email_confirm": True}),
)


class Synchronisation(RuleBasedStateMachine):
    world: AuthWorld
    boss: User

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.world.store.execute("delete from users")
        self.waiting = self.world.posts  # webhooks that were sent and have not arrived
        self.waiting.clear()
        self.snapshots: list[dict[str, Any]] = []
        self.gone: list[str] = []
        self.lossless = True
        for number in range(3):
            self.world.create(f"p{number}@lindencourt.example")
        self.everything_arrives()

    # At the Auth server ------------------------------------------------------------------------

    def someone(self, number: int) -> str:
        users = self.world.users()
        return users[number % len(users)]["id"] if users else str(uuid.uuid4())

    @rule(email=addresses, confirmed=st.booleans(), name=names, number=numbers)
    def somebody_comes(self, email: str, confirmed: bool, name: str, number: int) -> None:
        """A new person, or somebody deleted under the id they had."""
        again = {"id": self.gone[number % len(self.gone)]} if self.gone and number % 3 else {}
        self.world.create(email, confirmed=confirmed, user_metadata={"full_name": name}, **again)

    @rule(number=numbers, soft=st.booleans())
    def somebody_goes(self, number: int, soft: bool) -> None:
        self.gone.append(self.someone(number))
        self.world.delete(self.gone[-1], soft=soft)

    @rule(number=numbers, changes=changes)
    def an_account_changes(self, number: int, changes: dict[str, Any]) -> None:
        self.world.change(self.someone(number), **changes)

    @rule(first=numbers, second=numbers)
    def two_swap_addresses(self, first: int, second: int) -> None:
        a, b = self.someone(first), self.someone(second)
        emails = {user["id"]: user["email"] for user in self.world.users()}
        if a in emails and b in emails and a != b:
            self.world.change(a, email=f"{uuid.uuid4()}@lindencourt.example")
            self.world.change(b, email=emails[a])
            self.world.change(a, email=emails[b])

    @rule(number=numbers, email=addresses, banned=st.booleans(), undelete=st.booleans())
    def an_operator_edits_a_row(
        self, number: int, email: str, banned: bool, undelete: bool
    ) -> None:
        changes = {"banned_until": "2999-01-01T00:00:00.000000+00:00" if banned else None}
        if self.world.store.user_by_email(email) is None:
            changes["email"] = email
            changes |= {"deleted_at": None} if undelete else {}
        self.world.edit(self.someone(number), **changes)
        self.lossless = False  # no webhook is sent

    # On the way --------------------------------------------------------------------------------

    @precondition(lambda self: self.waiting)
    @rule(number=numbers, copies=st.integers(1, 3), signed=st.booleans(), all_of_it=st.booleans())
    def a_webhook_arrives(self, number: int, copies: int, signed: bool, all_of_it: bool) -> None:
        place = number % len(self.waiting)
        secret = "" if signed else SHARED_SECRET
        answers = {self.world.post(self.waiting[place], secret=secret) for _ in range(copies)}
        assert answers <= {200, 202}
        if all_of_it:  # else another copy comes later
            self.waiting.pop(place)

    @precondition(lambda self: self.waiting)
    @rule(number=numbers)
    def a_webhook_is_lost(self, number: int) -> None:
        self.waiting.pop(number % len(self.waiting))
        self.lossless = False

    @rule(number=numbers, kind=st.sampled_from(KINDS), email=addresses, secret=secrets)
    def somebody_forges(self, number: int, kind: str, email: str, secret: str) -> None:
        """Whoever knows the shared secret costs us one reading, and tells us nothing."""
        lie = {
            "id": self.someone(number),
            "email": email,
            "updated_at": "2999-01-01T00:00:00Z",
            "raw_app_meta_data": {"role": "admin"},
            "banned_until": None,
        }
        body = {"type": kind, "schema": "auth", "table": "users", "record": lie}
        answer = self.world.post(body, key=b"guessed", secret=secret)
        assert answer in ((200, 202) if secret == SHARED_SECRET else (401,))

    @rule(number=numbers)
    def somebody_begins_to_sign_in(self, number: int) -> None:
        snapshot = self.world.snapshot(self.someone(number))
        if snapshot:
            self.snapshots.append(snapshot)

    @precondition(lambda self: self.snapshots)
    @rule(number=numbers)
    def a_snapshot_arrives(self, number: int) -> None:
        self.sign_in(self.snapshots[number % len(self.snapshots)])

    def sign_in(self, snapshot: dict[str, Any]) -> None:
        if Identity.objects.filter(subject=snapshot["id"]).exists():
            records.apply_record(snapshot)

    # Here --------------------------------------------------------------------------------------

    @rule()
    def the_worker_works(self) -> None:
        while process(Queue(SyncEvent.objects.all(), apply)):
            pass

    @rule(full=st.booleans(), dry_run=st.booleans())
    def a_sweep_runs(self, full: bool, dry_run: bool) -> None:
        assert sweep.sweep(full=full, dry_run=dry_run).state in ("done", "stopped")

    # In the end --------------------------------------------------------------------------------

    def teardown(self) -> None:
        try:
            self.check()
        finally:
            transaction.savepoint_rollback(self.savepoint)

    def check(self) -> None:
        if self.lossless:
            self.everything_arrives()
            assert self.world.divergences() == []
        run = sweep.sweep(confirm_mass=True)
        assert (run.state, run.error) == ("done", "")
        assert self.world.divergences() == []
        self.everything_arrives()
        assert self.world.divergences() == []
        self.nobody_became_powerful()

    def everything_arrives(self) -> None:
        while self.waiting:
            self.world.post(self.waiting.pop())
        self.the_worker_works()
        for snapshot in self.snapshots:  # the slowest of all
            self.sign_in(snapshot)
        self.the_worker_works()
        assert not SyncEvent.objects.filter(state="pending").exists()

    def nobody_became_powerful(self) -> None:
        assert list(User.objects.filter(is_superuser=True)) == [self.boss]
        assert User.objects.get(pk=self.boss.pk).is_active
        shown = [
            len(email.partition("@")[0]) for email in User.objects.values_list("email", flat=True)
        ]
        assert HASH_LENGTH not in shown


@pytest.fixture
def machine(db, settings):
    world = AuthWorld()
    world.settle_in(settings)
    boss = make_user("Helen", email="p0@lindencourt.example", is_superuser=True)
    yield type("Machine", (Synchronisation,), {"world": world, "boss": boss})
    world.close()


def profile(histories: int, **more: Any) -> settings:
    return settings(
        max_examples=histories,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        **more,
    )


def test_accounts_end_up_equal(machine):
    run_state_machine_as_test(machine, settings=profile(HISTORIES))


def without_order(monkeypatch):
    monkeypatch.setattr(records, "is_newer", lambda facts, identity: not identity.deleted_at)


def without_tombstones(monkeypatch):
    newer = records.is_newer
    monkeypatch.setattr(
        records, "is_newer", lambda facts, identity: identity.deleted_at or newer(facts, identity)
    )


def without_reading_in_doubt(monkeypatch):
    monkeypatch.setattr(sweep, "reread", lambda subject: None)


@pytest.mark.parametrize("guard", [without_order, without_tombstones, without_reading_in_doubt])
def test_it_would_notice_a_missing_guard(machine, monkeypatch, guard):
    guard(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            machine, settings=profile(200, phases=[Phase.generate], report_multiple_bugs=False)
        )
