"""Change many tasks at the Task desk: what is offered, and what each choice does."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tasks import permissions, services
from tasks.lists import said
from tasks.models import Project, Status, Task

Group = tuple[str, list[tuple[str, str]]]
Change = Callable[[Task], Any]


def offered(user: AbstractBaseUser, project: Project | None, *, in_bin: bool) -> list[Group]:
    """Return the choices of the list, in groups: pairs of a value and its words.

    People can be named when the list shows one ``project``.
    """
    if in_bin:
        return [(_("Bin"), [("restore:", _("Take back from the bin"))])]
    categories = [row for row in Status.Category.choices if row[0] != Status.Category.TRIAGE]
    owners = [("owner:me", _("Me")), ("owner:", _("Nobody yet"))]
    if project is not None:
        others = permissions.people(project).exclude(pk=user.pk)
        owners += [(f"owner:{person.pk}", str(person)) for person in others]
    away = [("archive:", _("Archive")), ("unarchive:", _("Take out of the archive"))]
    return [
        (_("Status"), [(f"status:{value}", str(words)) for value, words in categories]),
        (_("Owner"), owners),
        (_("Priority"), [(f"priority:{n}", str(words)) for n, words in Task.Priority.choices]),
        (_("Put away"), [*away, ("delete:", _("Put in the bin"))]),
    ]


def change(chosen: str, groups: list[Group], user: AbstractBaseUser) -> Change | None:
    """Return what ``chosen`` does to a task, or None for what ``groups`` do not offer."""
    if chosen not in {value for _words, choices in groups for value, _label in choices}:
        return None
    verb, _colon, what = chosen.partition(":")
    if verb == "owner":
        person = _person(what, user)
        return lambda task: services.change_task(task=task, user=user, owner=person)
    return lambda task: _CHANGES[verb](task, user, what)


SAID = {
    "archive": said.ARCHIVED,
    "unarchive": said.UNARCHIVED,
    "delete": said.IN_BIN,
    "restore": said.RESTORED,
}


def words(chosen: str, outcome: services.Outcome) -> str:
    """Return what became of the tasks, the subtasks that went along counted."""
    what = SAID.get(chosen.partition(":")[0], said.CHANGED)
    changed = len(outcome.changed)
    return said.done(what, changed=changed, along=outcome.along, same=outcome.same)


def _person(what: str, user: AbstractBaseUser) -> AbstractBaseUser | None:
    if what == "me":
        return user
    return get_user_model().objects.get(pk=what) if what else None


def _move(task: Task, user: AbstractBaseUser, what: str) -> None:
    if task.status.category == what:
        return  # it stands in one of these: the first of them is no better
    try:
        status = task.project.first_status(what)
    except Status.DoesNotExist as error:
        words = Status.Category(what).label
        raise ValidationError(
            _("%(project)s has no status for “%(words)s”.")
            % {"project": task.project, "words": words}
        ) from error
    services.move_task(task=task, user=user, status=status)


_CHANGES: dict[str, Callable[[Task, AbstractBaseUser, str], Any]] = {
    "status": _move,
    "priority": lambda task, user, what: services.change_task(
        task=task, user=user, priority=int(what)
    ),
    "archive": lambda task, user, what: services.archive_task(task=task, user=user),
    "unarchive": lambda task, user, what: services.archive_task(
        task=task, user=user, archived=False
    ),
    "delete": lambda task, user, what: services.delete_task(task=task, user=user),
    "restore": lambda task, user, what: services.restore_task(task=task, user=user),
}
