"""New requests of a project, and how the talk with who sent them stands."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Case, DateTimeField, F, OuterRef, Q, Subquery, Value, When
from django.utils import timezone

from tasks.models import Comment, Project, Task
from tasks.models.task_queries import TaskQuerySet


@dataclass(frozen=True)
class Talk:
    """When somebody last asked back, and when whoever sent the request last wrote."""

    asked_at: datetime | None
    replied_at: datetime | None

    @property
    def waits(self) -> bool:
        """Return whether a question of ours is open."""
        return bool(self.asked_at) and not self.has_news

    @property
    def has_news(self) -> bool:
        """Return whether the last word is theirs: somebody of us has to read it."""
        asked, replied = self.asked_at, self.replied_at
        return bool(replied) and (asked is None or replied > asked)


def awake(project: Project, user: AbstractBaseUser) -> TaskQuerySet:
    """Return the new requests that wait for an answer: those with news first, then the oldest."""
    news = When(
        Q(asked_at=None, replied_at__isnull=False) | Q(replied_at__gt=F("asked_at")), then=0
    )
    rows = _with_talk(_in_triage(project, user).exclude(_asleep()))
    return rows.order_by(Case(news, default=Value(1)), "created_at")


def asleep(project: Project, user: AbstractBaseUser) -> TaskQuerySet:
    """Return those that were put off, the next to come back first."""
    return _in_triage(project, user).filter(_asleep()).order_by("snoozed_until")


def talk_of(task: Task) -> Talk:
    """Return how the talk about ``task`` stands; no query for what `awake` has fetched."""
    if not task.comment_count:
        return Talk(None, None)
    if "asked_at" not in task.__dict__:
        task = _with_talk(Task.objects.filter(pk=task.pk)).get()
    return Talk(task.asked_at, task.replied_at)


def _asleep() -> Q:
    return Q(snoozed_until__gt=timezone.localdate())


def _in_triage(project: Project, user: AbstractBaseUser) -> TaskQuerySet:
    rows = Task.objects.visible_to(user).in_triage().filter(project=project)
    return rows.with_row().select_related("request", "requester")


def _with_talk(rows: TaskQuerySet) -> TaskQuerySet:
    """Add ``asked_at`` and ``replied_at``. The kept count spares the question mostly."""
    said = Comment.objects.filter(task=OuterRef("pk"), audience=Comment.Audience.EVERYONE)
    # A visitor has no account; a member who asked has.
    theirs = Q(author=None) | Q(author=F("task__requester"))
    ours = Q(author__isnull=False) & (Q(task__requester=None) | ~Q(author=F("task__requester")))
    return rows.annotate(asked_at=_last(said.filter(ours)), replied_at=_last(said.filter(theirs)))


def _last(comments) -> Case:
    latest = Subquery(comments.order_by("-created_at").values("created_at")[:1])
    return Case(When(comment_count__gt=0, then=latest), output_field=DateTimeField())
