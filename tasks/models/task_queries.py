"""Sets of tasks: who sees which, which are open, what one line of a list needs."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from portal.actor import current_actor
from tasks.models.activity import Activity, new_change_id
from tasks.models.membership import Membership
from tasks.models.people import Collaborator, Watch
from tasks.models.project import Project
from tasks.models.status import Status

if TYPE_CHECKING:
    from tasks.models.task import Task

GAP = 65_536.0  # between two neighbours of a board column when there is room


class TaskQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(status__category__in=Status.OPEN)

    def in_triage(self) -> Self:
        return self.filter(status__category=Status.Category.TRIAGE)

    def current(self) -> Self:
        """Leave out what has been archived."""
        return self.filter(archived_at=None)

    def of(self, user: AbstractBaseUser) -> Self:
        """Tasks that ``user`` has a part in: owner, collaborator, reviewer, requester, watcher."""
        return self.filter(self._part(user))

    @staticmethod
    def _part(user: AbstractBaseUser) -> Q:
        helped = Collaborator.objects.filter(user=user).values("task_id")
        watched = Watch.objects.filter(user=user, muted=False).values("task_id")
        own = Q(owner=user) | Q(reviewer=user) | Q(requester=user)
        return own | Q(pk__in=helped) | Q(pk__in=watched)

    def visible_to(self, user) -> Self:
        """Tasks ``user`` may see; every view, export, block and mail goes through here.

        Guests see what they have a part in. New requests are for those who triage, and for
        the person who asked.
        """
        if user is None or not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        memberships = Membership.objects.of(user)
        full = memberships.exclude(role=Membership.Role.GUEST).values("project_id")
        any_role = memberships.values("project_id")
        triage = memberships.filter(role=Membership.Role.MANAGER).values("project_id")
        shared = Q(project__visibility=Project.Visibility.SIGNED_IN)
        in_triage = Q(status__category=Status.Category.TRIAGE)
        return self.filter(
            (Q(project__in=full) | shared) & ~in_triage
            | Q(project__in=triage)
            | (Q(project__in=any_role) | shared) & self._part(user) & ~in_triage
            | (Q(project__in=any_role) | shared) & in_triage & Q(requester=user)
        )

    def with_key(self, key: str) -> Self:
        """The one task called ``key`` now, such as "REP-12"."""
        project, _, number = key.rpartition("-")
        return self.filter(project__key=project, number=int(number))

    def with_former_key(self, key: str) -> Self:
        """The task that was called ``key`` before its project was renamed, or before it moved."""
        project, _, number = key.rpartition("-")
        owner = Project.objects.filter(keys__key=project)
        moved = Q(aliases__project__in=owner, aliases__number=int(number))
        return self.filter(moved | Q(project__in=owner, number=int(number)))

    def with_row(self) -> Self:
        """Join everything one line of a list shows, so that lists cost one query."""
        return self.select_related("project", "status", "owner")

    def lock(self, *ids: UUID) -> None:
        """Lock some of these until the commit, always in the same order.

        By itself, and read afterwards: a locking query that joins loses, on PostgreSQL, a task
        whose status or project somebody has changed while it waited. NO KEY: who only points
        to a task, as a comment does, need not wait for us, nor we for them.
        """
        rows = self.filter(pk__in=ids).select_for_update(no_key=True).order_by("pk")
        list(rows.values_list("pk"))

    def lock_around(self, *ids: UUID, subtasks: bool = False) -> None:
        """Lock tasks, with their ``subtasks``, and the tasks whose counters follow them: their
        parents, and what they block.

        All at once: a task that is locked later, after a column or after one that comes behind
        it in the order, is how two writers come to wait for each other. Nobody joins them but
        by locking one of ``ids``; where somebody has while we waited, we let go and start anew.
        """
        if not connection.features.has_select_for_update:
            return
        wanted = self._around(ids, subtasks)
        while (now := self._lock_unless_more(wanted, ids, subtasks)) is not None:
            wanted = now

    def _lock_unless_more(
        self, wanted: set[UUID], ids: Collection[UUID], subtasks: bool
    ) -> set[UUID] | None:
        """Lock ``wanted`` if that is still all; else lock nothing and return what is."""
        with transaction.atomic():  # a savepoint: undone, it gives its locks back
            self.model.everything.lock(*wanted)
            now = self._around(ids, subtasks)
            if now <= wanted:
                return None
            transaction.set_rollback(True)
        return now

    def _around(self, ids: Collection[UUID], subtasks: bool) -> set[UUID]:
        rows = self.model.everything
        if subtasks:
            ids = {*ids, *rows.filter(parent__in=ids).values_list("pk", flat=True)}
        parents = rows.filter(pk__in=ids, parent__isnull=False).values_list("parent_id")
        blocked = rows.filter(relations_to__source__in=ids, relations_to__kind="blocks")
        return {*ids, *(pk for (pk,) in parents.union(blocked.values_list("pk")))}

    def locked(self, pk: UUID, *more: UUID) -> "Task":
        """Lock one task, what is around it, and ``more``; return it as it is now, with what a
        line of a list needs."""
        self.lock_around(pk, *more)
        return self.with_row().get(pk=pk)

    def with_labels(self) -> Self:
        return self.prefetch_related("label_links__label")

    def hand_over(self, to: AbstractBaseUser) -> int:
        """Make ``to`` the owner of all of these and return how many; needs a transaction.

        The history is the one that `Task.save()` writes, under one change id. Nobody is
        mailed about each task: the caller tells ``to`` once.
        """
        change_id, actor = new_change_id(), current_actor()
        tasks = self.select_related("owner").order_by("pk")
        tasks = list(tasks.select_for_update(of=("self",), no_key=True))
        history = [
            Activity(
                task=task,
                change_id=change_id,
                kind=Activity.Kind.CHANGED,
                field="owner",
                old_value=str(task.owner or ""),
                new_value=str(to),
                old_raw=str(task.owner_id) if task.owner_id else None,
                new_raw=str(to.pk),
                version=task.version + 1,
                actor=actor,
                actor_name=actor.get_full_name()[:150] if actor else "",
            )
            for task in tasks
        ]
        for start in range(0, len(tasks), 500):
            ids = [task.pk for task in tasks[start : start + 500]]
            rows = self.model.everything.filter(pk__in=ids)
            rows.update(owner=to, version=F("version") + 1, updated_at=timezone.now())
        Activity.objects.bulk_create(history, batch_size=500)
        return len(tasks)

    def backdate(self, created_at: datetime, updated_at: datetime, **more: datetime) -> None:
        """Say when these tasks were really opened and changed: for imports and the demo."""
        self.update(created_at=created_at, updated_at=updated_at, **more)

    def put_at(self, position: float) -> None:
        """Set the place on the board of one task; no history, for nobody is told of it."""
        self.update(position=position)

    def count_by(self, **steps: int) -> None:
        """Move kept counters, such as ``comment_count=-1``; never a reason to tell anybody."""
        self.update(**{name: F(name) + step for name, step in steps.items()})

    def touch(self) -> None:
        """Say that something was said or added: "last changed" is more than the row's fields."""
        self.update(updated_at=timezone.now())

    def number_anew(self, status: Status) -> None:
        """Spread the places of a whole column, in its order; needs the lock on ``status``.

        Deleted and archived tasks keep their place between the others.
        """
        with connection.cursor() as cursor:
            # Two forms of one statement: SQLite keeps UUIDs as text without hyphens.
            pk = self.model._meta.pk.get_db_prep_value(status.pk, connection)
            cursor.execute(
                "UPDATE tasks_task SET position = spread.place * %s FROM ("
                " SELECT id, row_number() OVER (ORDER BY position, id) AS place"
                " FROM tasks_task WHERE status_id = %s"
                ") AS spread WHERE tasks_task.id = spread.id",
                [GAP, pk],
            )

    def delete(self) -> tuple[int, dict[str, int]]:
        """Put these in the bin, one by one, as `Task.delete()` does."""
        tasks = list(self.with_row())
        for task in tasks:
            task.delete()
        return len(tasks), {self.model._meta.label: len(tasks)}


class TaskManager(models.Manager.from_queryset(TaskQuerySet)):
    """Tasks that are not in the bin: what nearly everybody means."""

    def get_queryset(self) -> TaskQuerySet:
        return super().get_queryset().filter(deleted_at=None)


def first_place(status: Status, rows: Any) -> float:
    """Return the place above all others of a column; needs the lock on ``status``."""
    top = rows.filter(status=status).order_by("position").values_list("position", flat=True).first()
    return GAP if top is None else top - GAP
