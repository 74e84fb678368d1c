"""Who finds what."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q

from tasks import permissions
from tasks.models import Project, Status, Task
from tasks.search.candidates import Candidate, Reach, candidates
from tasks.search.words import asked_words

PAGE = 25
FIRST_LOOK = 50  # candidates that are looked up before all others
KEY = re.compile(r"\s*([A-Za-z][A-Za-z0-9]{1,7})[-\s]([1-9][0-9]{0,8})\s*", re.ASCII)
OWN_SHOWN = 4000  # tasks that a guest has a part in

STATES = {
    "all": Q(),
    "open": ~Q(status__category__in=Status.ENDED) & Q(archived_at=None),
    "done": Q(status__category=Status.Category.DONE),
}


@dataclass(frozen=True)
class Found:
    """One page of what was found."""

    words: list[str] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    next: str = ""  # the place behind the last of them, when more follow
    more: bool = False  # more match than were looked at


def find(
    user: AbstractBaseUser,
    question: str,
    *,
    project: Project | None = None,
    state: str = "all",
    after: str = "",
) -> Found:
    """Return the tasks ``user`` sees that hold every word of ``question``, best first.

    ``state`` is one of STATES, ``after`` the `next` of the page before. Raises ValueError
    for another ``after``.
    """
    words = asked_words(question)
    place = _place(after) if after else None
    hits, more = candidates(words, reach_of(user, project))
    if place:
        hits = [hit for hit in hits if hit < place]
    tasks = _page(user, hits, project, state)
    shown = tasks[:PAGE]
    last = next((hit for hit in hits if shown and hit.task_id == shown[-1].pk), None)
    return Found(words, shown, _cursor(last) if len(tasks) > PAGE else "", more)


def matching(user: AbstractBaseUser, question: str, project: Project) -> list[UUID]:
    """Return the best tasks of ``project`` that hold every word, for a list that sorts itself.

    What somebody may not read is not looked through; whether they see the task is the list's
    to ask.
    """
    words = asked_words(question)
    hits = candidates(words, reach_of(user, project))[0] if words else []
    return [hit.task_id for hit in hits]


def reach_of(user: AbstractBaseUser, project: Project | None = None) -> Reach:
    """Return whose entries ``user`` may find. The page asks `visible_to` again for each task."""
    if user.is_superuser:
        reach = Reach(everything=True)
        return reach.narrowed(project.pk, ()) if project else reach
    granted = permissions.everywhere(user)
    if project:
        granted = {pk: able for pk, able in granted.items() if pk == project.pk}
    full = {pk: able for pk, able in granted.items() if permissions.VIEW_ALL in able}
    partly = granted.keys() - full.keys()
    return Reach(
        team=frozenset(pk for pk, able in full.items() if permissions.INTERNAL in able),
        everyone=frozenset(pk for pk, able in full.items() if permissions.INTERNAL not in able),
        tasks=_own(user, partly) if partly else (),
    )


def _own(user: AbstractBaseUser, projects: set[UUID]) -> tuple[UUID, ...]:
    rows = Task.objects.visible_to(user).filter(project__in=projects).order_by("-updated_at")
    return tuple(rows.values_list("pk", flat=True)[:OWN_SHOWN])


def _page(
    user: AbstractBaseUser, hits: list[Candidate], project: Project | None, state: str
) -> list[Task]:
    """Return up to PAGE + 1 tasks of ``hits``, in their order, that ``user`` really sees."""
    visible = Task.objects.visible_to(user).filter(STATES[state])
    if project:
        visible = visible.filter(project=project)
    seen: list[UUID] = []
    for some in (hits[:FIRST_LOOK], hits[FIRST_LOOK:]):
        if some and len(seen) <= PAGE:
            ids = [hit.task_id for hit in some]
            known = set(visible.filter(pk__in=ids).values_list("pk", flat=True))
            seen += [pk for pk in ids if pk in known]
    rows = Task.objects.with_row().with_labels().in_bulk(seen[: PAGE + 1])
    return [rows[pk] for pk in seen[: PAGE + 1] if pk in rows]


def called(user: AbstractBaseUser, question: str) -> Task | None:
    """Return the task whose key, now or before, was typed: "REP-12", "rep 12"."""
    match = KEY.fullmatch(question)
    if match is None:
        return None
    key = f"{match[1].upper()}-{match[2]}"
    tasks = Task.objects.visible_to(user).select_related("project")
    return tasks.with_key(key).first() or tasks.with_former_key(key).first()


def _cursor(hit: Candidate) -> str:
    return f"{hit.rank}_{hit.changed_at.isoformat()}_{hit.task_id}"


def _place(after: str) -> Candidate:
    rank, moment, pk = after.split("_")
    at = datetime.fromisoformat(moment)
    if at.tzinfo is None:
        raise ValueError(after)
    try:
        return Candidate(float(rank), at.astimezone(UTC), UUID(pk))
    except OverflowError as error:  # such as before the year 1
        raise ValueError(after) from error
