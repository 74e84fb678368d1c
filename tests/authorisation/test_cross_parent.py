"""Ids from the wrong place: of another project, another task, somebody else's.

All is asked by the manager of Repairs and Twin, so that rights are never what refuses it.
"""

import pytest
from django.urls import reverse

from tasks.lists.bulk import ACTIONS
from tasks.models import Label, Membership, Status
from tests.authorisation.addresses import address, sent
from tests.authorisation.asking import browser, changed, checksums, undone
from tests.authorisation.table import ROUTES
from tests.authorisation.world import parts

# Taking out whoever is not there is done already: it says so, whoever they are.
ANSWERS = {"tasks:remove-member": 302}
HTMX = [{}, {"HX-Request": "true"}]
NOT_OF_A_PROJECT = {"-", "token", "mention", "own-mention", "own-comment", "own-view"}


def column(task):
    return str(Status.objects.get(project=task.project, category="doing").pk)


def label(task):
    return str(Label.objects.get_or_create(project=task.project, name="There", hue="blue")[0].pk)


def elsewhere(world):
    """Return a world that is the same but for what stands in addresses: rows of Elsewhere."""
    outsider, foreign = world.people["outsider"], world.foreign
    rows = parts(foreign) | {"task": foreign, "done": foreign, "asked": world.foreign_asked}
    there = type(world)(**{**vars(world), **rows, "project": world.elsewhere})
    there.team, there.author = there.comment, outsider
    there.membership = outsider.memberships.get(project=world.elsewhere)
    there.gone = {"task": foreign, "comment": there.comment, "file": there.file}
    return there


def misplaced(world):
    """Yield (route, arguments): rows that exist, below parents that are not theirs."""
    key, other, twin = world.task.key, world.other.key, world.twin_task.key
    items = [(other, world.item.pk), (twin, world.item.pk)]
    items += [(key, parts(task)["item"].pk) for task in (world.other, world.foreign)]
    for name in ("item", "item-tick", "item-move", "item-delete", "item-promote"):
        yield from ((f"tasks:{name}", of) for of in items)
    for wrong in (world.done.key, twin):
        yield "tasks:relation-delete", (wrong, world.relation.pk)
    for name in ("edit-view", "update-view", "delete-view", "restore-view"):
        yield f"tasks:{name}", (world.twin.key, world.shared_view.pk)
    for name in ("member", "remove-member"):
        for row in (world.twin.memberships.first(), world.elsewhere.memberships.first()):
            yield f"tasks:{name}", (world.project.key, row.pk)
    for kind, row in world.gone.items():
        yield "tasks:restore", (world.twin.key, kind, row.pk)


def payloads(world):
    """Yield (route, OF, field, one that is right, those that are wrong)."""
    foreign, twin, other = world.foreign, world.twin_task, world.other
    outsider = str(world.people["outsider"].pk)
    inside = str(world.author.pk)
    columns, keys = [column(foreign), column(twin)], [foreign.key, twin.key]
    comments = [parts(task)["comment"].pk for task in (other, twin, foreign)]
    others = [other.pk, twin.pk, foreign.pk]
    yield "tasks:comment", "task", "parent", world.comment.pk, comments
    yield "tasks:subtask-tick", "task", "done", world.subtask.pk, others
    yield "tasks:set", "status", "status", column(world.task), columns
    yield "tasks:set", "owner", "owner", inside, [outsider]
    yield "tasks:set", "reviewer", "reviewer", inside, [outsider]
    yield "tasks:set", "collaborators", "collaborators", inside, [outsider]
    yield "tasks:set", "labels", "labels", label(world.task), [label(foreign), label(twin)]
    yield "tasks:relations", "task", "other", world.done.key, [foreign.key]
    yield "tasks:move", "task", "status", column(world.task), columns
    yield "tasks:move", "task", "after", world.subtask.key, keys
    yield "tasks:move", "task", "before", other.key, keys
    yield "tasks:add-card", "project", "status", column(world.task), columns
    yield "tasks:create", "project", "owner", inside, [outsider]
    yield "tasks:new", "-", "project", world.twin.key, [world.elsewhere.key]
    yield "tasks:quick-add", "-", "project", world.twin.key, [world.elsewhere.key]
    yield "tasks:move-project", "task", "project", world.twin.key, [world.elsewhere.key]
    yield "tasks:bulk", "bulk-status", "status", column(world.task), columns
    yield "tasks:bulk", "bulk-owner", "owner", inside, [outsider]
    yield "tasks:bulk", "bulk-labels", "add", label(world.task), [label(foreign), label(twin)]
    yield "tasks:bulk", "bulk-move", "project", world.twin.pk, [world.elsewhere.pk]
    yield "tasks:accept", "request", "owner", inside, [outsider]
    yield "tasks:merge", "request", "other", other.key, keys


def post(client, world, row, value, headers):
    route, of, field, *_ = row
    data = {**sent(world, route), field: value}
    if field in ("after", "before"):
        data = {"after": "", "status": world.task.status_id, field: value}
    return client.post(address(world, route, of, "manager"), data, headers=headers).status_code


@pytest.fixture
def client(world):
    return browser(world, "manager")


def test_whoever_manages_here_finds_nothing_elsewhere(world, client):
    there, before, wrong = elsewhere(world), checksums(), []
    for route, of, *wanted in ROUTES:
        if of in NOT_OF_A_PROJECT or of.endswith("-view") or of == "relation":
            continue
        url = address(there, route, of, "manager")
        for method, profile in zip(("get", "post"), wanted, strict=True):
            if profile == "-":
                continue
            with undone(client):
                status = getattr(client, method)(url, sent(world, route)).status_code
                if status != 404 or changed(before, checksums()):
                    wrong.append((method, url, status, changed(before, checksums())))
    assert wrong == []


@pytest.mark.parametrize("headers", HTMX)
def test_a_row_is_not_found_below_another_parent(world, client, headers):
    before, wrong = checksums(), []
    for route, arguments in misplaced(world):
        url = reverse(route, args=arguments)
        with undone(client):
            status = client.post(url, sent(world, route), headers=headers).status_code
            if status != ANSWERS.get(route, 404) or changed(before, checksums()):
                wrong.append((route, url, status))
    assert wrong == []


@pytest.mark.parametrize("headers", HTMX)
def test_an_id_from_the_wrong_place_is_refused(world, client, headers):
    rows = list(payloads(world))
    before, wrong = checksums(), []
    for row in rows:
        for value in row[-1]:
            with undone(client):
                status = post(client, world, row, value, headers)
                if status not in (404, 422) or changed(before, checksums()):
                    wrong.append((*row[:3], value, status, changed(before, checksums())))
    assert wrong == []


def test_the_same_is_done_with_an_id_from_the_right_place(world, client):
    """The control: what is sent above is refused for its id alone."""
    rows = list(payloads(world))
    before, wrong = checksums(), []
    for row in rows:
        with undone(client):
            status = post(client, world, row, row[3], {})
            if status != 302 or not changed(before, checksums()):
                wrong.append((*row[:3], status))
    assert wrong == []


@pytest.mark.parametrize("action", ACTIONS)
def test_many_tasks_at_once_are_of_the_project_alone(world, client, action):
    before = checksums()
    data = {**sent(world, "tasks:bulk"), "task": [world.twin_task.pk, world.foreign.pk]}
    page = client.post(f"/projects/REP/bulk/{action}/", data, follow=True).content.decode()
    assert "2 tasks were refused." in page
    assert changed(before, checksums()) == []


def test_a_change_of_somebody_else_is_not_undone(world, client):
    before = checksums()
    answer = client.post("/work/undo/", {"change_id": world.change.change_id}, follow=True)
    assert "This can no longer be undone." in answer.content.decode()
    assert changed(before, checksums()) == []


def test_fields_that_no_form_has_are_ignored(world, client):
    """Every column of a task is sent to the form of its words, which has two of them."""
    columns = {field.attname: "1" for field in world.task._meta.concrete_fields}
    columns |= {"project": world.twin.key, "owner": world.author.pk, "version": ""}
    before = {**vars(type(world.task).objects.get(pk=world.task.pk))}
    client.post(f"/tasks/{world.task.key}/edit/", {**columns, "title": "New", "body": "New"})
    after = vars(type(world.task).objects.get(pk=world.task.pk))
    told = {name for name in columns if name in before and before[name] != after[name]}
    assert told == {"title", "body", "version", "updated_at"}


def test_who_left_the_project_is_no_longer_let_in(world, client):
    Membership.objects.filter(user=world.people["manager"], project=world.project).delete()
    assert client.post(f"/tasks/{world.task.key}/complete/").status_code == 404
