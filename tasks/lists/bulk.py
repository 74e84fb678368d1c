"""Change many tasks of a project at once: what can be done, to which tasks, how far it is."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.core import signing
from django.core.exceptions import BadRequest
from django.db.models import Max
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks import permissions, services
from tasks.forms.fields import DueField, PersonField, PriorityField
from tasks.lists import listing, said
from tasks.models import Label, Project, Status, Task, one_change
from tasks.models.task_queries import TaskQuerySet

TICKED = 500  # tasks that may be named one by one
MOST = 1_000  # tasks that may be changed at once
CHUNK = 200  # of them in one request
REASONS = 5  # that are told
SALT, VALID_FOR = "tasks.bulk", 3600  # seconds


CHOOSE = gettext_lazy("Choose…")
NOBODY = "nobody"


class Form(forms.Form):
    """What an action has to know. Gets the project and who asks.

    Nothing is chosen at first: a window that began on a value would write it into all tasks
    at one careless click.
    """

    def __init__(self, *args: Any, project: Project, user: AbstractBaseUser, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="bulk-%s", **kwargs)
        self.fill(project, user)

    def fill(self, project: Project, user: AbstractBaseUser) -> None:
        pass


class StatusForm(Form):
    status = forms.ModelChoiceField(
        Status.objects.none(),
        label=gettext_lazy("Status"),
        empty_label=CHOOSE,
        error_messages={"required": gettext_lazy("Choose a status.")},
    )

    def fill(self, project: Project, user: AbstractBaseUser) -> None:
        self.fields["status"].queryset = project.statuses.exclude(category=Status.Category.TRIAGE)


class OwnerForm(Form):
    def fill(self, project: Project, user: AbstractBaseUser) -> None:
        field = PersonField(permissions.people(project))
        field.choices = [("", CHOOSE), (NOBODY, gettext_lazy("Nobody")), *field.choices[1:]]
        field.required = True
        field.error_messages["required"] = gettext_lazy("Choose a person, or “Nobody”.")
        self.fields["owner"] = field  # of "nobody" it makes None


class DueForm(Form):
    use_required_attribute = False  # a browser would want the day, also with "No date" ticked

    no_date = forms.BooleanField(label=gettext_lazy("No date"), required=False)

    def fill(self, project: Project, user: AbstractBaseUser) -> None:
        field = DueField(required="no_date" not in self.data)
        field.error_messages["required"] = gettext_lazy("Choose a day, or tick “No date”.")
        self.fields = {"due_on": field, **self.fields}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("due_on") and data.get("no_date"):
            raise forms.ValidationError({"due_on": _("Choose either a day or “No date”.")})
        return data


class PriorityForm(Form):
    def fill(self, project: Project, user: AbstractBaseUser) -> None:
        field = PriorityField()
        field.choices = [("", CHOOSE), *field.choices]
        field.error_messages["required"] = gettext_lazy("Choose a priority.")
        self.fields["priority"] = field


class LabelsForm(Form):
    def fill(self, project: Project, user: AbstractBaseUser) -> None:
        for name, label in (("add", _("Add")), ("remove", _("Take away"))):
            self.fields[name] = forms.ModelMultipleChoiceField(
                Label.objects.filter(project=project).on_offer(),
                label=label,
                required=False,
                widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("add") and not data.get("remove") and not self.errors:
            raise forms.ValidationError(_("Choose a label to add or to take away."))
        return data


class ProjectForm(Form):
    project = forms.ModelChoiceField(
        Project.objects.none(),
        label=gettext_lazy("Project"),
        empty_label=CHOOSE,
        error_messages={"required": gettext_lazy("Choose a project.")},
    )

    def fill(self, project: Project, user: AbstractBaseUser) -> None:
        others = permissions.projects_where(user, permissions.EDIT).exclude(pk=project.pk)
        self.fields["project"].queryset = others


def _due(task: Task, user: AbstractBaseUser, data: dict[str, Any]) -> None:
    services.change_task(task=task, user=user, due_on=data["due_on"], due_at=None)


def _labels(task: Task, user: AbstractBaseUser, data: dict[str, Any]) -> None:
    gone = set(data["remove"])
    kept = [label for label in task.labels if label not in gone]
    services.set_labels(task=task, user=user, labels={*kept, *data["add"]})


@dataclass(frozen=True)
class Action:
    id: str
    words: Promise
    icon: str
    form: type[Form]
    change: Callable[[Task, AbstractBaseUser, dict[str, Any]], Any]
    note: Promise | str = ""
    undoable: bool = True
    said: Promise = said.CHANGED

    @property
    def verb(self) -> bool:
        """Return whether its words say what is done: "Archive", not "Status"."""
        return self.said is not said.CHANGED


ACTIONS = {
    action.id: action
    for action in (
        Action(
            "status",
            gettext_lazy("Status"),
            "s-todo",
            StatusForm,
            lambda task, user, data: services.move_task(task=task, user=user, **data),
        ),
        Action(
            "owner",
            gettext_lazy("Owner"),
            "user",
            OwnerForm,
            lambda task, user, data: services.change_task(task=task, user=user, **data),
        ),
        Action("due", gettext_lazy("Due"), "calendar", DueForm, _due),
        Action(
            "priority",
            gettext_lazy("Priority"),
            "flag",
            PriorityForm,
            lambda task, user, data: services.change_task(task=task, user=user, **data),
        ),
        Action("labels", gettext_lazy("Labels"), "tag", LabelsForm, _labels),
        Action(
            "move",
            gettext_lazy("Move"),
            "folder",
            ProjectForm,
            lambda task, user, data: services.move_to_project(task=task, user=user, **data),
            gettext_lazy("They get new keys; the old ones lead to them. This cannot be undone."),
            undoable=False,
            said=said.MOVED,
        ),
        Action(
            "archive",
            gettext_lazy("Archive"),
            "archive",
            Form,
            lambda task, user, data: services.archive_task(task=task, user=user),
            gettext_lazy("They leave lists and boards, and can be found with a filter."),
            said=said.ARCHIVED,
        ),
        Action(
            "unarchive",
            gettext_lazy("Bring back"),
            "repeat",
            Form,
            lambda task, user, data: services.archive_task(task=task, user=user, archived=False),
            gettext_lazy("They stand in lists and boards again."),
            said=said.UNARCHIVED,
        ),
        Action(
            "delete",
            gettext_lazy("Delete"),
            "trash",
            Form,
            lambda task, user, data: services.delete_task(task=task, user=user),
            gettext_lazy("They go to the bin, with their subtasks. You can take them back."),
            said=said.IN_BIN,
        ),
    )
}


def offered(*, archived: bool) -> list[Action]:
    """Return what a list offers: what is archived can be brought back, and the rest archived."""
    absurd = "archive" if archived else "unarchive"
    return [action for action in ACTIONS.values() if action.id != absurd]


@dataclass(frozen=True)
class Selection:
    """The tasks that were ticked, or all that a list's address selects."""

    project: Project
    user: AbstractBaseUser
    query: str
    ids: tuple[UUID, ...]
    everything: bool

    @cached_property
    def tasks(self) -> TaskQuerySet:
        """Return what of it the person may see: never a task of another project."""
        if not self.everything:
            return permissions.tasks_in(self.project, self.user).filter(pk__in=self.ids)
        wanted = listing.parse(QueryDict(self.query), project=self.project, user=self.user)
        return wanted.tasks(self.user)

    @cached_property
    def count(self) -> int:
        """Return how many there are, up to how many may be changed at once."""
        return min(self._counted, MOST)

    @cached_property
    def _counted(self) -> int:
        return self.tasks[: MOST + 1].count()

    @property
    def is_cut(self) -> bool:
        """Return whether more match than may be changed at once: then it is the oldest."""
        return self._counted > MOST

    @property
    def gone(self) -> int:
        """Return how many were ticked and are not here, or not for this person."""
        return 0 if self.everything else len(self.ids) - self.count

    @cached_property
    def last_number(self) -> int:
        """Return the number up to which it reaches: what is added meanwhile stays as it is."""
        oldest = self.tasks.order_by("number").values("number")[:MOST]
        return oldest.aggregate(last=Max("number"))["last"] or 0

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Return the form fields that say it again."""
        pairs = [("query", self.query)] + ([("all", "1")] if self.everything else [])
        return pairs + [("task", str(pk)) for pk in self.ids]


def selected(sent: QueryDict, *, project: Project, user: AbstractBaseUser) -> Selection:
    """Read which tasks a form means. Raises BadRequest for what no page of ours sends."""
    values = sent.getlist("task")
    if len(values) > TICKED:
        raise BadRequest(_("Tick up to %(n)d tasks, or select all that match.") % {"n": TICKED})
    try:
        ids = tuple(dict.fromkeys(UUID(value) for value in values))
    except ValueError as error:
        raise BadRequest("This is not the id of a task.") from error
    everything = sent.get("all") == "1"
    return Selection(project, user, sent.get("query", "")[:8_000], ids, everything)


@dataclass(frozen=True)
class Progress:
    """How far a change of many has come; goes from request to request, signed."""

    change_id: str
    total: int
    upto: int  # the highest number that belongs to it
    after: int = 0  # the number of the last task looked at
    seen: int = 0
    changed: int = 0
    along: int = 0  # subtasks that went with their tasks
    same: int = 0  # were so already
    refused: int = 0
    reasons: tuple[tuple[str, str], ...] = ()  # key and reason of the first few
    is_over: bool = False

    def signed(self) -> str:
        return signing.dumps(asdict(self), salt=SALT, compress=True)

    @classmethod
    def read(cls, token: str) -> "Progress":
        """Return what `signed` has given out. Raises BadRequest for anything else."""
        try:
            return cls(**signing.loads(token, salt=SALT, max_age=VALID_FOR))
        except (signing.BadSignature, TypeError) as error:
            raise BadRequest(
                _("This took too long. Look what is done, and start again.")
            ) from error


def begin(selection: Selection) -> Progress:
    return Progress(str(uuid4()), selection.count, selection.last_number, refused=selection.gone)


def go_on(
    progress: Progress, selection: Selection, action: Action, data: dict[str, Any]
) -> Progress:
    """Change the next CHUNK tasks of ``selection`` and return how far that came."""
    rows = selection.tasks.filter(number__gt=progress.after, number__lte=progress.upto)
    rows = list(rows.with_row().with_labels().order_by("number")[:CHUNK])
    # Before the change: a task that moves takes a number of the other project.
    last = rows[-1].number if rows else progress.upto
    user = selection.user
    with one_change(UUID(progress.change_id)):
        outcome = services.change_many(
            tasks=rows, user=user, change=lambda task: action.change(task, user, data)
        )
    reasons = (*progress.reasons, *outcome.refused.items())[:REASONS]
    return replace(
        progress,
        after=last,
        seen=progress.seen + len(rows),
        changed=progress.changed + len(outcome.changed),
        along=progress.along + outcome.along,
        same=progress.same + outcome.same,
        refused=progress.refused + len(outcome.refused),
        reasons=tuple(reasons),
        is_over=len(rows) < CHUNK or last >= progress.upto,
    )
