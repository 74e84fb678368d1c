"""What the page of a task shows beside its own row, each kind asked for once."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Exists, OuterRef, Q

from tasks import permissions
from tasks.models import ChecklistItem, Collaborator, Relation, Status, Task, Watch


@dataclass(frozen=True)
class Related:
    """One relation as this task says it, and the task at its other end."""

    relation: Relation
    kind: str  # "blocks", or "blocked_by" as the other end says it
    label: str
    task: Task


@dataclass(frozen=True)
class People:
    helping: list[AbstractBaseUser]
    watching: list[AbstractBaseUser]
    user_watches: bool


def people(task: Task, user: AbstractBaseUser) -> People:
    """Return who helps with ``task`` and who watches it, in one query."""
    helps = Collaborator.objects.filter(task=task, user=OuterRef("pk"))
    watches = Watch.objects.filter(task=task, user=OuterRef("pk"), muted=False)
    rows = get_user_model().objects.filter(
        Q(pk__in=Collaborator.objects.filter(task=task).values("user_id"))
        | Q(pk__in=Watch.objects.filter(task=task, muted=False).values("user_id"))
    )
    rows = rows.annotate(helps=Exists(helps), watches_it=Exists(watches)).order_by("display_name")
    found = list(rows)
    watching = [person for person in found if person.watches_it]
    return People(
        helping=[person for person in found if person.helps],
        watching=watching,
        user_watches=user in watching,
    )


def items(task: Task) -> list[ChecklistItem]:
    """Return its checklist. The kept count tells when there is nothing to ask for."""
    return list(task.checklist.all()) if task.checklist_count else []


def hides_parent(task: Task, user: AbstractBaseUser) -> bool:
    """Return whether ``task`` is a part of one that ``user``, a guest, does not see."""
    if task.parent_id is None or permissions.may(user, permissions.VIEW_ALL, task):
        return False
    return not Task.objects.visible_to(user).filter(pk=task.parent_id).exists()


def subtasks(task: Task, user: AbstractBaseUser) -> list[Task]:
    """Return those of its subtasks that ``user`` sees, in the order they were added."""
    if not task.subtask_count:
        return []
    rows = Task.objects.filter(parent=task).exclude(status__category=Status.Category.TRIAGE)
    if not permissions.may(user, permissions.VIEW_ALL, task):
        rows = rows.visible_to(user)
    rows = rows.with_row().select_related("reviewer")
    if not permissions.may(user, permissions.EDIT, task):
        rows = rows.prefetch_related("collaborations")  # "their own" is asked of each row
    return list(rows.order_by("created_at"))


def related(task: Task, user: AbstractBaseUser) -> tuple[list[Related], int]:
    """Return its relations to tasks that ``user`` sees, and the number of the others."""
    seen = Task.objects.visible_to(user)
    rows = Relation.objects.filter(Q(source=task) | Q(target=task)).annotate(
        sees_source=Exists(seen.filter(pk=OuterRef("source_id"))),
        sees_target=Exists(seen.filter(pk=OuterRef("target_id"))),
    )
    ends = [f"{end}__{to}" for end in ("source", "target") for to in ("project", "status")]
    found, hidden = [], 0
    for row in rows.select_related(*ends):
        one = _as_said_by(task, row)
        if one.task.deleted_at:
            continue
        if row.sees_source and row.sees_target:
            found.append(one)
        else:
            hidden += 1
    order = list(KINDS)
    return sorted(found, key=lambda one: order.index(one.kind)), hidden


KINDS = {
    "blocked_by": Relation.INVERSE[Relation.Kind.BLOCKS][1],
    "blocks": Relation.Kind.BLOCKS.label,
    "duplicates": Relation.Kind.DUPLICATES.label,
    "duplicated_by": Relation.INVERSE[Relation.Kind.DUPLICATES][1],
    "relates": Relation.Kind.RELATES.label,
}


def _as_said_by(task: Task, row: Relation) -> Related:
    if row.source_id == task.pk:
        return Related(row, row.kind, str(KINDS[row.kind]), row.target)
    kind = Relation.INVERSE[Relation.Kind(row.kind)][0]
    return Related(row, kind, str(KINDS[kind]), row.source)
