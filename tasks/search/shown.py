"""How a task that was found is shown: its words marked, and where they stand."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tasks import permissions
from tasks.models import Attachment, Comment, Task
from tasks.search.words import words
from tasks.text import markdown

AROUND = 60  # letters shown before the first word found
LENGTH = 200  # letters shown at all
NEAR = 300  # letters on each side of a word that are read as Markdown
READ = 20_000  # letters of a text that are looked at
MOST = 200  # files, and comments, that are looked at for all tasks of a page together
# A word as it was written, with accents that stand for themselves.
RUN = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")


@dataclass(frozen=True)
class Place:
    """A text of a task in which words may stand."""

    where: str  # "Comment by Mei", "" for the description
    text: str


@dataclass(frozen=True)
class Hit:
    """A task that was found. ``excerpt`` holds the words that its title lacks."""

    task: Task
    title: SafeString
    where: str
    excerpt: SafeString


def hits(user: AbstractBaseUser, tasks: list[Task], asked: list[str]) -> list[Hit]:
    """Return ``tasks`` with the words in ``asked`` marked. Three queries for any number."""
    if not tasks:
        return []
    permissions.load(user, {task.project for task in tasks})
    places = _places(user, tasks)
    return [_hit(task, places[task.pk], asked) for task in tasks]


def _hit(task: Task, places: list[Place], asked: list[str]) -> Hit:
    title = marked(task.title, asked)
    missing = without(asked, f"{task.title} {task.number}")
    best = min(places, key=lambda place: len(without(missing, place.text)))
    if without(missing, best.text) == missing:  # also when none is missing
        return Hit(task, title, "", SafeString(""))
    near = markdown.plain(around(best.text, missing))
    return Hit(task, title, best.where, marked(cut(near, missing), asked))


def _places(user: AbstractBaseUser, tasks: list[Task]) -> dict[UUID, list[Place]]:
    """Return the texts of each task, beside its title, that ``user`` may read."""
    places: dict[UUID, list[Place]] = defaultdict(list)
    for task in tasks:
        places[task.pk].append(Place("", task.body[:READ]))
        places[task.pk] += [Place(_("Label"), label.name) for label in task.labels]
    files = Attachment.objects.filter(task__in=tasks).order_by("-created_at")
    for task_id, name in files.values_list("task_id", "name")[:MOST]:
        places[task_id].append(Place(_("File"), name))
    team = [task.pk for task in tasks if permissions.may(user, permissions.INTERNAL, task)]
    readable = Q(task__in=team) | ~Q(audience=Comment.Audience.TEAM)
    comments = Comment.objects.filter(readable, task__in=tasks).order_by("-created_at")
    for task_id, name, body in comments.values_list("task_id", "author_name", "body")[:MOST]:
        places[task_id].append(Place(_("Comment by %(name)s") % {"name": name}, body))
    return places


def without(asked: Iterable[str], text: str) -> list[str]:
    """Return the words of ``asked`` with which no word of ``text`` begins."""
    there = set(words(text))
    return [word for word in asked if not any(one.startswith(word) for one in there)]


def marked(text: str, asked: list[str]) -> SafeString:
    """Return ``text`` escaped, with every word that begins with one of ``asked`` marked."""
    pieces, end = [], 0
    for run in RUN.finditer(text):
        if _begins(run[0], asked):
            pieces.append((text[end : run.start()], run[0]))
            end = run.end()
    return format_html_join("", "{}<mark>{}</mark>", pieces) + escape(text[end:])


def around(text: str, asked: list[str]) -> str:
    """Return the whole lines of ``text`` near the first word that begins with one of ``asked``.

    Enough to understand its Markdown, and no more of it than can be shown.
    """
    at = next((run.start() for run in RUN.finditer(text) if _begins(run[0], asked)), 0)
    start = text.rfind("\n", 0, max(at - NEAR, 0)) + 1
    start = start if at - start < NEAR * 2 else at - NEAR
    end = text.find("\n", at + NEAR)
    end = end if 0 <= end < at + NEAR * 2 else at + NEAR
    return text[start:end]


def cut(text: str, asked: list[str]) -> str:
    """Return the part of ``text`` around the first word that begins with one of ``asked``."""
    text = " ".join(text.split())
    at = next((run.start() for run in RUN.finditer(text) if _begins(run[0], asked)), 0)
    start = text.rfind(" ", 0, at - AROUND) + 1 if at > AROUND else 0
    part = text[start : start + LENGTH]
    if start + LENGTH < len(text):
        part = part[: part.rfind(" ")] if " " in part[AROUND * 2 :] else part
        part += "…"
    return f"…{part}" if start else part


def _begins(run: str, asked: list[str]) -> bool:
    return any(word.startswith(tuple(asked)) for word in words(run))
