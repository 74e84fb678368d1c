"""Labels that many tasks carry: few are dealt with at once, many by the worker, part by part."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.actor import acting
from portal.queue.models import Cancelled
from tasks.models import Label, LabelWork, Task, one_change
from tasks.search import index

AT_ONCE = 200  # tasks that a request changes while somebody waits
PART = 500  # tasks of one lease, which has to end in time
BATCH = 100  # tasks of one transaction


def has_many_tasks(label: Label) -> bool:
    """Return whether a change of ``label`` is work for the worker."""
    return label.task_links.all()[: AT_ONCE + 1].count() > AT_ONCE


def why_not_change_label(label: Label) -> str:
    """Return why ``label`` cannot be changed, or be taken for another, or ""."""
    if not LabelWork.objects.leaving().filter(label=label).exists():
        return ""
    said = _("“%(label)s” is being taken off its tasks and then deleted. Look in a few minutes.")
    return said % {"label": label}


def why_not_delete_label(label: Label) -> str:
    """Return why ``label`` can be neither deleted nor merged now, or ""."""
    if why_not := why_not_change_label(label):
        return why_not
    if not LabelWork.objects.leaving().filter(into=label).exists():
        return ""
    said = _("Tasks of another label are getting “%(label)s” just now. Try again in a few minutes.")
    return said % {"label": label}


def hold(*labels: Label) -> None:
    """Lock ``labels``, so that none is deleted or merged until the commit."""
    rows = Label.objects.select_for_update(no_key=True).order_by("pk")
    list(rows.filter(pk__in=[label.pk for label in labels]).values_list("pk"))


@transaction.atomic
def delete_label(label: Label, *, into: Label | None = None) -> int:
    """Delete ``label``, or merge it ``into`` another; return how many tasks carried it.

    Each of them, those in the bin too, gets a row of history. A label of many tasks stays
    until the worker has taken it off the last of them; meanwhile it is not offered. Raises
    ValidationError while the worker is at one of them already.
    """
    if into is not None and (into.project_id != label.project_id or into.pk == label.pk):
        raise ValidationError(_("Choose another label of the same project."))
    hold(label, *([into] if into else []))
    if why_not := why_not_delete_label(label) or (why_not_change_label(into) if into else ""):
        raise ValidationError(why_not)
    total = label.task_links.count()
    if total > AT_ONCE:
        LabelWork.objects.create(label=label, into=into, leaves=True)
        return total
    _take_off(label, into, AT_ONCE)
    label.delete()
    return total


def catch_up(label: Label) -> bool:
    """Let search read the tasks of a renamed label now. False: there are many, the worker does."""
    if has_many_tasks(label):
        return False
    pending = LabelWork.objects.filter(state=LabelWork.State.PENDING)
    for work in pending.filter(label=label, leaves=False):
        carry_out(work)
        work.mark_done()
    return True


def carry_out(work: LabelWork) -> None:
    """Do a part of ``work`` and leave the rest to a row of its own. Harmless when repeated."""
    label = Label.objects.filter(pk=work.label_id).first()  # it may have gone a moment ago
    if label is None:
        raise Cancelled("The label is gone.")
    if work.leaves:
        _leave(work, label)
    else:
        _read_again(work, label)


def _leave(work: LabelWork, label: Label) -> None:
    with acting(work.actor):
        for _batch in range(PART // BATCH):
            if not _take_off(label, work.into, BATCH):
                label.delete()
                return
    LabelWork.objects.create(label=label, into=work.into, leaves=True, actor=work.actor)


@transaction.atomic
def _take_off(label: Label, into: Label | None, limit: int) -> int:
    """Take ``label`` off up to ``limit`` tasks, or replace it; return how many were looked at.

    They are locked before their labels are read: what somebody adds meanwhile stays.
    """
    links = label.task_links.order_by("task")
    ids = list(links.values_list("task", flat=True)[:limit])
    Task.everything.lock(*ids)
    rows = Task.everything.filter(pk__in=ids, label_links__label=label)
    with one_change():
        for task in rows.with_row().with_labels().order_by("pk"):
            kept = {one for one in task.labels if one.pk != label.pk}
            task.set_labels(kept | ({into} if into else set()))
    return len(ids)


def _read_again(work: LabelWork, label: Label) -> None:
    after = work.after
    for _batch in range(PART // BATCH):
        links = label.task_links.filter(task__gt=after) if after else label.task_links.all()
        ids = list(links.order_by("task").values_list("task", flat=True)[:BATCH])
        if not ids:
            return
        index.read_again(ids)
        after = ids[-1]
    LabelWork.objects.create(label=label, after=after, actor=work.actor)
