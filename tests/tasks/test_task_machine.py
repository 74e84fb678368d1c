"""Any sequence of edits, moves, merges, deletions and restores leaves history, counters,
places and roll-ups as a small model of them says. With controls that break the code."""

import os
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from tasks import services
from tasks.models import Activity, ChecklistItem, Relation, Status, Task, changes, task_queries
from tests.factories import make_member, make_project

HISTORIES = int(os.environ.get("TASK_HISTORIES", 40 if connection.vendor == "postgresql" else 20))
STEPS = 40
CATEGORIES = ["todo", "doing", "review", "done", "cancelled"]
ENDED = {"done", "cancelled"}
WORDS = st.sampled_from(["Pump", "Door", "Lamp", "Roof", "Gate"])
NUMBER = st.integers(0, 1_000)


class Model:
    """What must be true, in plain lists: columns top first, with deleted and archived tasks."""

    def __init__(self) -> None:
        self.facts: dict[Any, dict[str, Any]] = {}
        self.columns: dict[str, list[Any]] = {name: [] for name in ["triage", *CATEGORIES]}
        self.blocks: set[tuple[Any, Any]] = set()
        self.duplicates: set[tuple[Any, Any]] = set()

    def add(self, task: Task, category: str, parent: Any = None) -> None:
        self.facts[task.pk] = {
            "number": task.number,
            "title": task.title,
            "category": category,
            "parent": parent,
            "deleted": None,
            "archived": False,
            "items": [],
        }
        self.columns[category].insert(0, task.pk)

    def move(self, pk: Any, category: str, after: Any = None) -> None:
        self.columns[self.facts[pk]["category"]].remove(pk)
        column = self.columns[category]
        column.insert(column.index(after) + 1 if after in column else 0, pk)
        self.facts[pk]["category"] = category

    def children(self, pk: Any) -> list[dict[str, Any]]:
        rows = self.facts.values()
        return [row for row in rows if row["parent"] == pk and row["deleted"] is None]

    def blockers(self, pk: Any) -> int:
        sources = [self.facts[source] for source, target in self.blocks if target == pk]
        return sum(row["deleted"] is None and row["category"] not in ENDED for row in sources)


class Tasks(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.project = make_project()
        self.user = make_member(self.project, "manager")
        self.statuses = {s.category: s for s in Status.objects.filter(project=self.project)}
        self.model = Model()
        self.deletions = 0

    def teardown(self) -> None:
        try:
            self.check()
        finally:
            transaction.savepoint_rollback(self.savepoint)

    def pick(self, number: int, **facts: Any) -> Task | None:
        rows = [pk for pk, row in self.model.facts.items() if _fits(row, facts)]
        if not rows:
            return None
        return Task.everything.with_row().get(pk=rows[number % len(rows)])

    def facts(self, task: Task) -> dict[str, Any]:
        return self.model.facts[task.pk]

    @rule(title=WORDS)
    def create(self, title):
        task = services.create_task(project=self.project, user=self.user, title=title)
        self.model.add(task, "todo")

    @rule(title=WORDS, which=NUMBER)
    def create_subtask(self, title, which):
        parent = self.pick(which, deleted=None, parent=None)
        if parent:
            task = services.create_task(
                project=self.project, user=self.user, title=title, parent=parent
            )
            self.model.add(task, "todo", parent.pk)

    @rule(title=WORDS)
    def ask(self, title):
        request = services.open_request(project=self.project, title=title, name="Samir")
        self.model.add(request.task, "triage")

    @rule(which=NUMBER, into=NUMBER)
    def merge(self, which, into):
        task, other = (
            self.pick(which, deleted=None, category="triage"),
            self.pick(into, deleted=None),
        )
        if task is None or task.pk == other.pk or self.facts(other)["category"] == "cancelled":
            return
        if leads(self.model.duplicates, other.pk, task.pk):
            return
        assert services.merge_request(task=task, user=self.user, into=other)
        self.model.duplicates.add((task.pk, other.pk))
        self.model.move(task.pk, "cancelled")

    @rule(which=NUMBER, title=WORDS)
    def rename(self, which, title):
        if task := self.pick(which, deleted=None):
            services.change_task(task=task, user=self.user, title=title)
            self.facts(task)["title"] = title

    @rule(which=NUMBER, category=st.sampled_from(CATEGORIES), after=NUMBER)
    def place(self, which, category, after):
        task, neighbour = self.pick(which, deleted=None), self.pick(after, deleted=None)
        if task is None or self.facts(neighbour)["category"] == "triage":
            return
        below = neighbour.pk if neighbour.pk != task.pk else None
        services.place_task(task=task, user=self.user, status=self.statuses[category], after=below)
        self.model.move(task.pk, category, below)

    @rule(which=NUMBER)
    def complete(self, which):
        task = self.pick(which, deleted=None)
        if task and not task.is_done:
            services.complete_task(task=task, user=self.user)
            self.model.move(task.pk, "done")

    @rule(which=NUMBER)
    def delete(self, which):
        if task := self.pick(which, deleted=None):
            services.delete_task(task=task, user=self.user)
            self.deletions += 1
            for row in [self.facts(task), *self.model.children(task.pk)]:
                row["deleted"] = self.deletions

    @precondition(lambda self: self.deletions)
    @rule(which=NUMBER)
    def restore(self, which):
        gone = [pk for pk, row in self.model.facts.items() if row["deleted"] is not None]
        if not gone:
            return
        pk = gone[which % len(gone)]
        services.restore_task(task=Task.everything.with_row().get(pk=pk), user=self.user)
        moment = self.model.facts[pk]["deleted"]
        for key, row in self.model.facts.items():
            if row["deleted"] == moment and (key == pk or row["parent"] == pk):
                row["deleted"] = None
        if parent := self.model.facts[pk]["parent"]:
            self.model.facts[parent]["deleted"] = None

    @rule(which=NUMBER, archived=st.booleans())
    def archive(self, which, archived):
        if task := self.pick(which, deleted=None):
            services.archive_task(task=task, user=self.user, archived=archived)
            self.facts(task)["archived"] = archived

    @rule(first=NUMBER, second=NUMBER)
    def block(self, first, second):
        a, b = self.pick(first, deleted=None), self.pick(second, deleted=None)
        if (
            a is None
            or a.pk == b.pk
            or leads(self.model.blocks, b.pk, a.pk)
            or (a.pk, b.pk) in self.model.blocks
        ):
            return
        Relation(source=a, target=b, kind="blocks").save()
        self.model.blocks.add((a.pk, b.pk))

    @rule(which=NUMBER)
    def unblock(self, which):
        if self.model.blocks:
            order = list(self.model.facts)  # the ids are random: a history is to run twice alike
            edges = sorted(self.model.blocks, key=lambda edge: [order.index(pk) for pk in edge])
            source, target = edges[which % len(edges)]
            Relation.objects.get(source=source, target=target, kind="blocks").delete()
            self.model.blocks.remove((source, target))

    @rule(which=NUMBER, done=st.booleans())
    def add_item(self, which, done):
        if task := self.pick(which, deleted=None):
            ChecklistItem(task=task, text="Step", is_done=done).save()
            self.facts(task)["items"].append(done)

    def check(self) -> None:
        self.check_rows()
        self.check_columns()
        self.check_history()

    def check_rows(self) -> None:
        rows = {task.pk: task for task in Task.everything.filter(project=self.project)}
        assert rows.keys() == self.model.facts.keys()
        for pk, facts in self.model.facts.items():
            task, children = rows[pk], self.model.children(pk)
            assert (task.number, task.title) == (facts["number"], facts["title"])
            assert (task.deleted_at is None) == (facts["deleted"] is None)
            assert task.subtask_count == len(children)
            assert task.subtask_done == sum(row["category"] == "done" for row in children)
            assert task.blocker_count == self.model.blockers(pk)
            assert task.checklist_count == len(facts["items"])
            assert task.checklist_done == sum(facts["items"])
            assert (task.closed_at is not None) == (facts["category"] in ENDED)
        assert len({task.number for task in rows.values()}) == len(rows)

    def check_columns(self) -> None:
        for category, status in self.statuses.items():
            status.refresh_from_db()
            rows = Task.everything.filter(status=status).order_by("position", "pk")
            places = list(rows.values_list("pk", "position"))
            assert [pk for pk, _place in places] == self.model.columns[category]
            assert len({place for _pk, place in places}) == len(places)
            here = [self.model.facts[pk] for pk in self.model.columns[category]]
            alive = [row for row in here if row["deleted"] is None]
            assert status.task_count == sum(not row["archived"] for row in alive)
            assert status.archived_count == sum(row["archived"] for row in alive)

    def check_history(self) -> None:
        """Each change begins where the one before ended, and the last is what the row says."""
        rows = Activity.objects.filter(task__project=self.project, kind="changed")
        for pk, facts in self.model.facts.items():
            status = self.statuses[facts["category"]]
            for field, now in (("title", facts["title"]), ("status", status.name)):
                run = list(rows.filter(task=pk, field=field).order_by("version"))
                for before, after in zip(run, run[1:], strict=False):
                    assert before.new_value == after.old_value
                assert not run or run[-1].new_value == now


def leads(edges: set[tuple[Any, Any]], start: Any, goal: Any) -> bool:
    seen, edge = {start}, {start}
    while edge:
        edge = {target for source, target in edges if source in edge} - seen
        seen |= edge
    return goal in seen


def _fits(row: dict[str, Any], facts: dict[str, Any]) -> bool:
    return all(row[name] == value for name, value in facts.items())


def profile(histories: int, **more: Any) -> settings:
    return settings(
        max_examples=histories,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        **more,
    )


@pytest.mark.django_db
def test_tasks_are_what_the_model_says():
    run_state_machine_as_test(Tasks, settings=profile(HISTORIES))


def without_rollup(monkeypatch):
    monkeypatch.setattr(changes, "_move_subtask", lambda task, before: None)


def without_blocks(monkeypatch):
    monkeypatch.setattr(changes, "_move_blocks", lambda task, before: None)


def without_counts(monkeypatch):
    monkeypatch.setattr(changes, "_counter", lambda archived_at: "task_count")


def without_numbering(monkeypatch):
    monkeypatch.setattr(task_queries, "GAP", 0.0)


GUARDS = [without_rollup, without_blocks, without_counts, without_numbering]


@pytest.mark.django_db
@pytest.mark.parametrize("guard", GUARDS)
def test_it_would_notice_what_is_missing(monkeypatch, guard):
    guard(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            Tasks, settings=profile(100, phases=[Phase.generate], report_multiple_bugs=False)
        )
