"""Find the task that somebody means by a key or by words of its title."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from tasks.models import Project, Task
from tasks.models.task_queries import TaskQuerySet
from tasks.search.find import find

SUGGESTED = 8


def suggest(words: str, rows: TaskQuerySet, project: Project) -> list[Task]:
    """Return the first of ``rows`` that ``words`` may mean: by key, else by title in ``project``.

    A key reaches into every project; words stay in the one, whose index finds them.
    """
    words = words.strip()[:200]
    rows = rows.select_related("project", "status")
    if key := as_key(words, project):
        found = list(rows.with_key(key)[:1])
        if found or not words.isdigit():
            return found
    if not words:
        return []
    named = Q(project=project, title__icontains=words)
    return list(rows.filter(named).order_by("closed_at", "-updated_at")[:SUGGESTED])


def elsewhere(words: str, user: AbstractBaseUser, project: Project) -> list[Task]:
    """Return tasks of other projects that ``user`` sees and whose title holds ``words``."""
    if not words.strip() or as_key(words, project):
        return []
    found = find(user, words).tasks
    plain = words.strip().casefold()
    return [t for t in found if t.project_id != project.pk and plain in t.title.casefold()]


def as_key(words: str, project: Project) -> str:
    """Return the key in ``words``: "rep-12", "12", or what a suggestion wrote, "REP-12 Title"."""
    first = words.strip().upper().partition(" ")[0]
    if first.isdecimal() and len(first) < 10:
        return f"{project.key}-{int(first)}"
    head, _dash, number = first.rpartition("-")
    if head.isalnum() and head.isascii() and number.isdecimal() and 0 < len(number) < 10:
        return f"{head}-{int(number)}"
    return ""


def is_whole_key(words: str, project: Project) -> bool:
    """Return whether ``words`` begin with a key, and not with a number that may be anything."""
    return bool(as_key(words, project)) and not words.strip().partition(" ")[0].isdecimal()


def named(found: list[Task]) -> str:
    """Return the first three of ``found`` by key and title, for a message."""
    return "; ".join(f"{task.key} {task.title}" for task in found[:3])


def the_one(words: str, rows: TaskQuerySet, project: Project) -> Task:
    """Return the one of ``rows`` that ``words`` mean.

    Raises ValidationError that says what to do when there is none, or more than one.
    """
    found = suggest(words, rows, project)
    if len(found) == 1:
        return found[0]
    if not found and (key := as_key(words, project)):
        former = rows.select_related("project", "status").with_former_key(key).first()
        if former:
            return former
    if found:
        raise ValidationError(
            _("More than one task fits. Enter the key of one: %(named)s") % {"named": named(found)}
        )
    raise ValidationError(_("No task that you see is called so. Enter a key like REP-12."))
