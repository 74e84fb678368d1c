"""Move a card: by its new neighbours, as a drag names them, or by column and place, as the
form *Move to…* does."""

from dataclasses import dataclass, replace
from uuid import UUID

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks import permissions, services
from tasks.board.columns import Place, board_statuses, ordered, place_of
from tasks.detail import closing
from tasks.models import Project, Status, Task, one_change

TOP, BOTTOM = 1, 0
PLACES = 20


class MoveForm(forms.Form):
    """A column and a place in it, counted from the top."""

    status = forms.ChoiceField(label=gettext_lazy("Column"))
    place = forms.TypedChoiceField(
        label=gettext_lazy("Place"), coerce=int, required=False, empty_value=TOP
    )

    def __init__(self, *args, task: Task, user: AbstractBaseUser, **kwargs) -> None:
        self.task, self.here = task, _number_of(task, user)
        kwargs.setdefault("initial", {"status": task.status_id, "place": self.here})
        super().__init__(*args, **kwargs)
        names = [(str(status.pk), status.name) for status in board_statuses(task.project)]
        self.fields["status"].choices = names
        numbers = sorted({*range(2, PLACES + 1), max(self.here, 2)})
        places = [(TOP, _("Top")), *((n, str(n)) for n in numbers), (BOTTOM, _("Bottom"))]
        self.fields["place"].choices = places

    @property
    def stays(self) -> bool:
        """Return whether it asks for the place where the task stands."""
        chosen = self.cleaned_data
        return (chosen["status"], chosen["place"]) == (str(self.task.status_id), self.here)


def _number_of(task: Task, user: AbstractBaseUser) -> int:
    """Return the task's place in its column, as the form says it."""
    if task.status.is_ended:
        return TOP
    number = place_of(task, user).number
    return BOTTOM if number is None else number


@dataclass(frozen=True)
class Moved:
    task: Task
    place: Place
    change_id: UUID | None  # None: only the place has changed, of which there is no history
    columns: list[Status]  # both, as they are now
    elsewhere: bool  # the neighbours had left: it stands as near as possible
    still: str = ""  # what is unfinished about a task that was closed
    stays: bool = False

    @property
    def said(self) -> str:
        status, place = self.task.status, self.place
        if self.stays:
            return _("%(key)s stays where it is.") % {"key": self.task.key}
        if status.is_ended or place.number is None or place.of is None:
            words = _("%(key)s moved to %(column)s.")
        elif self.elsewhere:
            words = _(
                "%(key)s moved to %(column)s, %(number)d of %(of)d: its neighbours had moved on."
            )
        else:
            words = _("%(key)s moved to %(column)s, %(number)d of %(of)d.")
        about = {"key": self.task.key, "column": status.name}
        said = words % {**about, "number": place.number, "of": place.of}
        return f"{said} {self.still}".strip()


def column_of(project: Project, pk: str) -> Status:
    """Return the column called ``pk`` of the board of ``project``, or answer 404."""
    for status in board_statuses(project):
        if str(status.pk) == pk:
            return status
    raise Http404


def neighbour(task: Task, user: AbstractBaseUser, key: str) -> UUID | None:
    """Return the id of a task named as a neighbour; None for no name or one in the bin.

    Answers 404 for what belongs to another project, or is not to be seen.
    """
    if not key:
        return None
    project, _sep, number = key.rpartition("-")
    if (
        project != task.project.key
        or not number.isascii()
        or not number.isdigit()
        or len(number) > 9
    ):
        raise Http404
    rows = Task.everything.filter(project=task.project, number=int(number))
    row = rows.values("pk", "deleted_at").first()
    if row is None:
        raise Http404
    if row["deleted_at"]:
        permissions.require(user, permissions.VIEW_ALL, task)
        return None
    return row["pk"]


def move_between(
    task: Task, user: AbstractBaseUser, status: Status, after: str, before: str
) -> Moved:
    """Put ``task`` between two tasks named by their keys. Raises what `place_task` raises."""
    asked = {
        "after": neighbour(task, user, after),
        "before": neighbour(task, user, before),
    }
    moved = _move(task, user, status, **asked)
    elsewhere = bool(after) and not status.is_ended and moved.place.above != after
    return replace(moved, elsewhere=elsewhere)


def move_to(task: Task, user: AbstractBaseUser, status: Status, number: int) -> Moved:
    """Put ``task`` at a place of a column: 1 is the top, 0 the bottom."""
    column = ordered(permissions.tasks_in(task.project, user, by_status=True), status).exclude(
        pk=task.pk
    )
    ids = column.values_list("pk", flat=True)
    after = None
    if number != TOP and not status.is_ended:
        above = ids[number - 2 : number - 1].first() if number else None
        after = above or ids.reverse().first()
    return _move(task, user, status, after=after)


def stay(task: Task, user: AbstractBaseUser) -> Moved:
    """Return what is answered to a form that asks for the place where ``task`` stands."""
    here = place_of(task, user)
    return Moved(task, here, None, [task.status], elsewhere=False, stays=True)


def _move(task: Task, user: AbstractBaseUser, status: Status, **neighbours: UUID | None) -> Moved:
    left = task.status_id
    with one_change() as change_id:
        task = services.place_task(task=task, user=user, status=status, **neighbours)
    both = Status.objects.filter(pk__in={left, status.pk})
    return Moved(
        task=task,
        place=place_of(task, user),
        change_id=change_id if left != status.pk else None,
        columns=list(both),
        elsewhere=False,
        still=closing.still(task, user) if left != status.pk and status.is_done else "",
    )
