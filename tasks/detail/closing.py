"""What is said when a task is closed: also that something is not finished yet."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks.models import Relation, Status, Task

NAMED = 3  # of the tasks it waits for


def words(task: Task, user: AbstractBaseUser) -> str:
    """Return what is said of ``task``, which ``user`` has just closed.

    Closing is not refused for what is open: who closes knows best. But they are told.
    """
    what = _unfinished(task, user)
    said = _("%(key)s is done, though it still %(what)s.") if what else _("%(key)s is done.")
    return said % {"key": task.key, "what": what}


def still(task: Task, user: AbstractBaseUser) -> str:
    """Return a sentence on what is unfinished about ``task``, which is closed, or ""."""
    what = _unfinished(task, user)
    return _("It still %(what)s.") % {"what": what} if what else ""


def _unfinished(task: Task, user: AbstractBaseUser) -> str:
    return _(" and ").join(part for part in (_waits_for(task, user), _has_open(task)) if part)


def _waits_for(task: Task, user: AbstractBaseUser) -> str:
    """Return which open tasks it waits for: by key where ``user`` sees them."""
    rows = Relation.objects.filter(kind=Relation.Kind.BLOCKS, target=task)
    rows = rows.filter(source__deleted_at=None).exclude(source__status__category__in=Status.ENDED)
    blockers = set(rows.values_list("source", flat=True))
    if not blockers:
        return ""
    seen = Task.objects.visible_to(user).filter(pk__in=blockers).select_related("project")
    keys = [one.key for one in seen.order_by("created_at")[:NAMED]]
    others = len(blockers) - len(keys)
    if others:
        keys.append(ngettext("%(n)d other task", "%(n)d other tasks", others) % {"n": others})
    return _("waits for %(keys)s") % {"keys": _(", ").join(keys)}


def _has_open(task: Task) -> str:
    """Return how many of its subtasks are open, read anew: the row may be older."""
    counted = Task.objects.filter(pk=task.pk).values_list("subtask_count", "subtask_done")
    total, done = counted.first() or (0, 0)
    if total <= done:
        return ""
    some = ngettext("has %(n)d open subtask", "has %(n)d open subtasks", total - done)
    return some % {"n": total - done}
