"""The groups of a list: what puts a task into one, and what stands above it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Lower
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks.lists.sorting import Key, number, text
from tasks.models import Project, Task, TaskLabel


@dataclass(frozen=True)
class Group:
    """Sorting by ``keys`` first brings the tasks of a group together."""

    id: str
    name: Promise
    keys: Callable[[Project], list[Key]]
    heading: Callable[[Task], Any]  # a text
    # The keys of a page, where a task stands in several groups: it is read once for each.
    each: Callable[[Project], list[Key]] | None = None

    def of(self, task: Task, keys: list[Key]) -> tuple:
        return tuple(getattr(task, key.name) for key in keys)


def _by_status(project: Project) -> list[Key]:
    places = [When(status=s.pk, then=Value(n)) for n, s in enumerate(project.statuses.all())]
    return [_number_key("in_status", *places)]


def _number_key(name: str, *places: When, default: int = 0) -> Key:
    by = Case(*places, default=Value(default), output_field=IntegerField())
    return Key(name, number, False, by)


def _text_key(name: str, expression: Any) -> Key:
    by = Coalesce(expression, Value(""), output_field=CharField())
    return Key(name, text, False, by)


def _by_owner(project: Project) -> list[Key]:
    return [
        _number_key("in_nobody", When(owner=None, then=Value(1))),
        _text_key("in_owner", Lower("owner__display_name")),
        # Two people of one name are two groups.
        _text_key("in_person", Cast("owner", CharField())),
    ]


def _by_priority(project: Project) -> list[Key]:
    return [Key("priority", number)]


def _by_due(project: Project) -> list[Key]:
    today = timezone.localdate()
    places = [
        When(due_on=None, then=Value(4)),
        When(due_on__lt=today, then=Value(0)),
        When(due_on=today, then=Value(1)),
        When(due_on__lte=today + timedelta(days=7), then=Value(2)),
    ]
    return [_number_key("in_due", *places, default=3)]


def _by_label(project: Project) -> list[Key]:
    """Sort a task once, by the first of its labels: in a file, and for its neighbours."""
    links = TaskLabel.objects.filter(task=OuterRef("pk"))
    first = links.order_by("label__name").values("label__name")[:1]
    return [
        _number_key("in_none", When(Exists(links), then=Value(0)), default=1),
        _text_key("in_label", Subquery(first)),
    ]


def _by_each_label(project: Project) -> list[Key]:
    name = "label_links__label__name"
    return [
        _number_key("in_none", When(**{name: None}, then=Value(1))),
        _text_key("in_label", F(name)),
    ]


def _due_heading(task: Task) -> str:
    words = [_("Earlier"), _("Today"), _("Next 7 days"), _("Later"), _("No date")]
    return words[task.in_due]


GROUPS = {
    group.id: group
    for group in (
        Group("status", gettext_lazy("Status"), _by_status, lambda task: task.status.name),
        Group(
            "owner",
            gettext_lazy("Owner"),
            _by_owner,
            lambda task: str(task.owner or _("Nobody yet")),
        ),
        Group(
            "priority",
            gettext_lazy("Priority"),
            _by_priority,
            lambda task: str(task.get_priority_display()),
        ),
        Group("due", gettext_lazy("Due"), _by_due, _due_heading),
        Group(
            "label",
            gettext_lazy("Label"),
            _by_label,
            lambda task: task.in_label or _("No label"),
            each=_by_each_label,
        ),
    )
}
