"""What hangs on a task: its checklist, its subtasks, its relations, its watchers."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks import permissions
from tasks.models import (
    ChecklistItem,
    Conflict,
    Hue,
    Label,
    Project,
    Relation,
    Task,
    Watch,
    one_change,
)
from tasks.services.labels import why_not_change_label
from tasks.services.work import create_task

TITLE_MAX = Task._meta.get_field("title").max_length


@transaction.atomic
def add_items(*, task: Task, user: AbstractBaseUser, texts: Iterable[str]) -> list[ChecklistItem]:
    """Add one item to the checklist for each of ``texts``, at its end."""
    permissions.require(user, permissions.EDIT, task)
    items = [ChecklistItem(task=task, text=text) for text in texts]
    with one_change():
        for item in items:
            item.save()
    return items


@transaction.atomic
def tick_item(*, item: ChecklistItem, user: AbstractBaseUser, done: bool) -> ChecklistItem:
    """Tick an item, or take the tick off. Harmless when it is so already."""
    if not permissions.may_tick(user, item.task):
        raise PermissionDenied(
            _("Only who does this task, or a contributor of %(project)s, can tick its items.")
            % {"project": item.task.project}
        )
    return _change(item, is_done=done)


@transaction.atomic
def rename_item(
    *, item: ChecklistItem, user: AbstractBaseUser, text: str, began: str | None = None
) -> ChecklistItem:
    """Give an item other words. Raises Conflict when they are not ``began`` any more.

    Not its version, which grows with each tick, too: that is no reason to ask again.
    """
    permissions.require(user, permissions.EDIT, item.task)
    row = _locked(item)
    if began is not None and row.text not in (began, text):
        raise Conflict(row)
    return _change(item, text=text)


def _change(item: ChecklistItem, **values: Any) -> ChecklistItem:
    """Set ``values`` on the row as it is now, so that two who change it keep both changes."""
    row = _locked(item)
    row.task = item.task
    if any(getattr(row, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
    return row


def _locked(item: ChecklistItem) -> ChecklistItem:
    """Lock an item, and its task before it: as everywhere."""
    Task.everything.lock(item.task_id)
    return ChecklistItem.locked(item.pk, None)


@transaction.atomic
def move_item(*, item: ChecklistItem, user: AbstractBaseUser, up: bool) -> None:
    """Change places with the item above or below. Harmless at the end of the list."""
    permissions.require(user, permissions.EDIT, item.task)
    Task.objects.all().lock(item.task_id)
    order = list(item.task.checklist.all())
    here = next((n for n, row in enumerate(order) if row.pk == item.pk), None)
    there = None if here is None else here - 1 if up else here + 1
    if there is None or not 0 <= there < len(order):
        return
    one, other = order[here], order[there]
    one.position, other.position = other.position, one.position
    for row in (one, other):
        row.task = item.task
        row.save()


@transaction.atomic
def delete_item(*, item: ChecklistItem, user: AbstractBaseUser) -> None:
    """Delete an item; `undo` puts it back in its place."""
    permissions.require(user, permissions.EDIT, item.task)
    item.delete()


@transaction.atomic
def promote_item(*, item: ChecklistItem, user: AbstractBaseUser) -> Task:
    """Make a task under this one out of an item. One change, which can be undone."""
    permissions.require(user, permissions.EDIT, item.task)
    text = item.text
    with one_change():
        subtask = create_task(
            project=item.task.project,
            user=user,
            title=text[:TITLE_MAX],
            body=text if len(text) > TITLE_MAX else "",
            parent=item.task,
        )
        item.became = subtask.key
        item.delete()
    return subtask


def put_back_item(task: Task, user: AbstractBaseUser, kept: dict[str, Any]) -> None:
    """Put a deleted item back, as its row of history kept it. For `undo`."""
    permissions.require(user, permissions.EDIT, task)
    if not ChecklistItem.objects.filter(pk=kept["id"]).exists():
        ChecklistItem(task=task, **{**kept, "id": UUID(kept["id"])}).save()


@transaction.atomic
def relate(*, task: Task, user: AbstractBaseUser, kind: str, other: Task) -> Relation:
    """Say how ``task`` belongs to ``other``. ``kind`` is one of Relation.Kind, or of its inverses.

    Raises ValidationError for what exists already, and for circles.
    """
    permissions.require(user, permissions.EDIT, task)
    permissions.require(user, permissions.COMMENT, other)  # it is told of it, too
    if kind in Relation.Kind:
        relation = Relation(source=task, target=other, kind=kind)
    else:
        inverse = {name: one for one, (name, _label) in Relation.INVERSE.items()}
        relation = Relation(source=other, target=task, kind=inverse[kind])
    with one_change():
        relation.save()
    return relation


@transaction.atomic
def unrelate(*, relation: Relation, task: Task, user: AbstractBaseUser) -> None:
    """Take a relation of ``task`` away; `undo` puts it back."""
    permissions.require(user, permissions.EDIT, task)
    with one_change():
        relation.delete()


def put_back_relation(task: Task, user: AbstractBaseUser, kept: dict[str, Any]) -> None:
    """Put a relation back, as its row of history kept it. For `undo`."""
    permissions.require(user, permissions.EDIT, task)
    ends = Task.objects.visible_to(user).filter(pk__in=[kept["source"], kept["target"]])
    if ends.count() < 2:
        raise ValidationError(_("The other task is gone."))
    rows = Relation.objects.filter(source=kept["source"], target=kept["target"], kind=kept["kind"])
    if not rows.exists():
        Relation(
            source_id=UUID(kept["source"]), target_id=UUID(kept["target"]), kind=kept["kind"]
        ).save()


def take_off_relation(task: Task, user: AbstractBaseUser, kept: dict[str, Any]) -> None:
    """Take off a relation that was added. For `undo`; harmless when it is gone."""
    permissions.require(user, permissions.EDIT, task)
    rows = Relation.objects.filter(source=kept["source"], target=kept["target"], kind=kept["kind"])
    for relation in rows:
        relation.delete()


@transaction.atomic
def watch_task(*, task: Task, user: AbstractBaseUser, watching: bool) -> None:
    """Hear of what happens to ``task``, or no longer. Harmless when it is so already."""
    if watching:
        permissions.require(user, permissions.COMMENT, task)
    Watch.objects.update_or_create(task=task, user=user, defaults={"muted": not watching})


@transaction.atomic
def create_label(*, project: Project, user: AbstractBaseUser, name: str) -> Label:
    """Return the label ``name`` of ``project``, made now if there is none of that name."""
    permissions.require(user, permissions.MANAGE, project)
    found = project.labels.filter(name__iexact=name).first()
    if found and (why_not := why_not_change_label(found)):
        raise ValidationError(why_not)
    if found:
        return found
    hues = [hue for hue in Hue if hue != Hue.GREY]
    return Label.objects.create(
        project=project, name=name, hue=hues[project.labels.count() % len(hues)]
    )
