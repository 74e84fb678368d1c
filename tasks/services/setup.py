"""Set up a project: its statuses and labels. Who may is asked by the caller."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tasks.models import Project, Status, Task

# Without one of these a project cannot do its work; the reason completes a sentence.
NEEDED = {
    Status.Category.TODO: gettext_lazy("new tasks begin there"),
    Status.Category.DONE: gettext_lazy("finished tasks go there"),
}


def why_needed(status: Status) -> str:
    """Return why the project cannot do without ``status`` in its category, or ""."""
    category = status.__dict__.get("_loaded_category") or status.category
    others = status.project.statuses.filter(category=category).exclude(pk=status.pk)
    if category not in NEEDED or others.exists():
        return ""
    return _("“%(status)s” is the last status of the kind “%(kind)s”: %(reason)s.") % {
        "status": status,
        "kind": Status.Category(category).label,
        "reason": NEEDED[category],
    }


def why_not_delete(status: Status) -> str:
    """Return why ``status`` cannot be deleted, and what to do, or ""."""
    if needed := why_needed(status):
        return needed + " " + _("Add another of this kind first.")
    here = Task.everything.filter(status=status)
    if not (total := here.count()):
        return ""
    said = ngettext("%(n)d task stands here", "%(n)d tasks stand here", total) % {"n": total}
    if binned := here.exclude(deleted_at=None).count():
        said += ngettext(", %(n)d of them in the bin", ", %(n)d of them in the bin", binned) % {
            "n": binned
        }
    return said + ". " + _("Move them to another status first, or wait until the bin is emptied.")


@transaction.atomic
def delete_status(status: Status) -> None:
    """Delete ``status``. Raises ValidationError when tasks stand there or it is needed."""
    Project.objects.select_for_update(no_key=True).get(pk=status.project_id)
    if why_not := why_not_delete(status):
        raise ValidationError(why_not)
    status.delete()


def why_not_delete_project(project: Project) -> str:
    """Return why ``project`` cannot be deleted, and what to do, or ""."""
    here = Task.everything.filter(project=project)
    if not (total := here.count()):
        return ""
    said = ngettext("It has %(n)d task", "It has %(n)d tasks", total) % {"n": total}
    if binned := here.exclude(deleted_at=None).count():
        said += ngettext(", %(n)d of them in the bin", ", %(n)d of them in the bin", binned) % {
            "n": binned
        }
    return said + ". " + _("Archive it instead: it can then be read, and nobody changes it.")


@transaction.atomic
def delete_project(project: Project) -> None:
    """Delete ``project`` and what it consists of. Raises ValidationError when it has tasks."""
    Project.objects.select_for_update().get(pk=project.pk)  # no task is added meanwhile
    if why_not := why_not_delete_project(project):
        raise ValidationError(why_not)
    project.delete()


@transaction.atomic
def place_status(status: Status, index: int) -> None:
    """Put ``status`` at ``index``, from 0, among those of its project; beyond the end is the end.

    All are numbered anew under the project's lock, so two people leave no two alike.
    """
    Project.objects.select_for_update(no_key=True).get(pk=status.project_id)
    rows = list(Status.objects.filter(project=status.project_id).order_by("order", "pk"))
    rows.remove(status)
    rows.insert(max(index, 0), status)
    for order, row in enumerate(rows):
        moved = Status.objects.filter(pk=row.pk).exclude(order=order)
        # Whoever has one of them open is told, before an old place in the form wins.
        moved.update(order=order, version=F("version") + 1)
