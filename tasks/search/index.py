"""Write down the words of tasks, in the transaction that changes them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from tasks.models import Activity, Attachment, Comment, SearchEntry, Task, TaskLabel
from tasks.models.search import marker
from tasks.models.task_queries import TaskQuerySet
from tasks.search.words import weighed

Kind = Activity.Kind
# Fields of the history whose change is a change of words, or of who may read them.
SEARCHED = frozenset(
    {
        "title",
        "body",
        "project",
        "labels",
        "comment",
        "comment_deleted",
        "comment_audience",
        "attachment",
        "deleted_at",
    }
)
Parts = list[tuple[str, str]]  # [("A", "the title"), …]: see `words.weighed`


def follow(instance: Activity, created: bool, raw: bool, **kwargs: object) -> None:
    """Index the task of a row of history that says its words changed: no writer can forget."""
    if not created or raw:  # fixtures load rows of every kind by themselves
        return
    if instance.kind == Kind.CREATED:
        _write_new(instance.task)
    elif instance.kind != Kind.CHANGED or instance.field in SEARCHED:
        index(instance.task)


def _write_new(task: Task) -> None:
    """Nothing hangs on a new task yet, and nobody else has seen it: one statement."""
    SearchEntry.objects.bulk_create(_entries(task, Said(), timezone.now()))


def index(task: Task) -> None:
    """Write down the words of ``task`` as its rows stand now.

    The task is locked first: of two who comment at once, the second reads both comments.
    """
    with transaction.atomic():
        rows = Task.everything.select_for_update(of=("self",), no_key=True)
        write(rows.filter(pk=task.pk), at=timezone.now())


def missing() -> TaskQuerySet:
    """Return the tasks that search does not know of."""
    return Task.objects.filter(~Exists(SearchEntry.objects.filter(task=OuterRef("pk"))))


def write(tasks: Iterable[Task], at: datetime | None = None) -> None:
    """Write the entries of some hundred ``tasks``; take away those that are no more.

    ``at`` is when the words changed; by default when the task did.
    """
    tasks = list(tasks)
    alive = [task for task in tasks if task.deleted_at is None]
    said = _said(alive)
    rows = [row for task in alive for row in _entries(task, said, at or task.updated_at)]
    SearchEntry.objects.bulk_create(
        rows,
        batch_size=200,
        update_conflicts=True,
        unique_fields=["task", "for_everyone"],
        update_fields=["project", "for_team", "words", "changed_at"],
    )
    _clear(tasks, alive, {row.task_id for row in rows if not row.for_everyone})


def read_again(ids: list[UUID]) -> None:
    """Write the entries of tasks whose words changed beside them; `changed_at` stays theirs."""
    with transaction.atomic():
        # Locked: whoever changes one of them now writes after us.
        rows = Task.everything.select_for_update(no_key=True).filter(pk__in=ids)
        write(rows.order_by("pk"))


def _clear(tasks: list[Task], alive: list[Task], split: set[UUID]) -> None:
    gone = {task.pk for task in tasks} - {task.pk for task in alive}
    joined = [task.pk for task in alive if task.pk not in split]
    stale = Q(task__in=gone) | Q(task__in=joined, for_everyone=False)
    SearchEntry.objects.filter(stale).delete()


class Said:
    """What hangs on tasks, by task: labels and files, comments for everyone, for the team."""

    def __init__(self) -> None:
        self.names: dict[UUID, Parts] = defaultdict(list)
        self.comments: dict[UUID, Parts] = defaultdict(list)
        self.team: dict[UUID, Parts] = defaultdict(list)


def _said(tasks: list[Task]) -> Said:
    said = Said()
    labels = TaskLabel.objects.filter(task__in=tasks).values_list("task_id", "label__name")
    files = Attachment.objects.filter(task__in=tasks).values_list("task_id", "name")
    for task_id, name in [*labels, *files]:
        said.names[task_id].append(("B", name))
    comments = Comment.objects.filter(task__in=tasks).order_by("created_at")
    for task_id, audience, body in comments.values_list("task_id", "audience", "body"):
        for_team = audience == Comment.Audience.TEAM
        (said.team if for_team else said.comments)[task_id].append(("D", body))
    return said


def _entries(task: Task, said: Said, at: datetime) -> list[SearchEntry]:
    """Return one unsaved row, or two when the team has said something on its own."""
    title = ("A", f"{task.title} {task.number}")
    parts = [title, *said.names[task.pk], ("C", task.body), *said.comments[task.pk]]
    team = said.team[task.pk]
    if not team:
        return [_entry(task, parts, at, for_everyone=True, for_team=True)]
    return [
        _entry(task, parts, at, for_everyone=True, for_team=False),
        _entry(task, [*parts, *team], at, for_everyone=False, for_team=True),
    ]


def _entry(
    task: Task, parts: Parts, at: datetime, *, for_everyone: bool, for_team: bool
) -> SearchEntry:
    readers = {False: for_everyone, True: for_team}
    markers = [marker(task.project_id, team=team) for team, reads in readers.items() if reads]
    return SearchEntry(
        task=task,
        project_id=task.project_id,
        for_everyone=for_everyone,
        for_team=for_team,
        words=[*weighed(parts), *((word, "", 0) for word in markers)],
        changed_at=at,
    )
