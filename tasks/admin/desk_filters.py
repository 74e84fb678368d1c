"""What the list of the Task desk can be narrowed by. None of them lists everybody's names."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tasks import permissions
from tasks.lists import filters
from tasks.models import Label, Project, Status, Task

PROJECTS = 300  # shown as choices
LABELS = 50
PEOPLE = 200
BIN = "bin"


class Filter(SimpleListFilter):
    """Shown with none of its choices chosen as ``everything``; offered even with one choice."""

    everything = _("All")

    def has_output(self) -> bool:
        return bool(self.lookup_choices)


class CategoryFilter(Filter):
    title = _("status")
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list:
        return list(Status.Category.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(status__category=self.value()) if self.value() else queryset


class PersonFilter(Filter):
    """Those with whom one works in the projects shown, not everybody who has an account."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list:
        people = permissions.people_at_desk(request.user, request.GET.get("project", ""))
        others = people.exclude(pk=request.user.pk)
        if not hasattr(request, "desk_people"):  # asked for by two filters
            request.desk_people = [(str(one.pk), str(one)) for one in others[:PEOPLE]]
        offered = [("me", _("Me")), ("nobody", _("Nobody yet")), *request.desk_people]
        return offered + self._after_the_last(others, dict(offered))

    def _after_the_last(self, people: QuerySet, offered: dict) -> list:
        """Return who is chosen, by a link, and not among the first that are offered."""
        if not self.value() or self.value() in offered:
            return []
        try:
            return [(str(one.pk), str(one)) for one in people.filter(pk=self.value())]
        except ValidationError:  # no key
            return []

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if not self.value():
            return queryset
        if self.value() not in {value for value, _words in self.lookup_choices}:
            return queryset.none()
        who = {"me": request.user.pk, "nobody": None}.get(self.value(), self.value())
        return queryset.filter(**{self.parameter_name: who})


class OwnerFilter(PersonFilter):
    title = _("owner")
    parameter_name = "owner"


class ReviewerFilter(PersonFilter):
    title = _("reviewer")
    parameter_name = "reviewer"


class DueFilter(Filter):
    title = _("due date")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list:
        return [(name, words) for name, (words, _where) in filters.due_words().items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        found = filters.due_words().get(self.value())
        return queryset.filter(found[1]) if found else queryset


class PriorityFilter(Filter):
    title = _("priority")
    parameter_name = "priority"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list:
        return [(str(n), words) for n, words in Task.Priority.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        offered = {value for value, _words in self.lookup_choices}
        return queryset.filter(priority=self.value()) if self.value() in offered else queryset


class ProjectFilter(Filter):
    title = _("project")
    parameter_name = "project"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list:
        rows = permissions.rows_for_admin(request.user).values("project")
        projects = Project.objects.open().filter(pk__in=rows)
        return list(projects.values_list("key", "name")[:PROJECTS])

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(project__key=self.value()) if self.value() else queryset


class LabelFilter(Filter):
    """Labels belong to a project: there is something to choose once one is chosen."""

    title = _("label")
    parameter_name = "label"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list:
        rows = permissions.rows_for_admin(request.user).values("project")
        labels = Label.objects.filter(project__in=rows, project__key=request.GET.get("project"))
        return [(str(pk), name) for pk, name in labels.values_list("pk", "name")[:LABELS]]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        offered = {pk for pk, _name in self.lookup_choices}
        if self.value() not in offered:
            return queryset
        return queryset.filter(label_links__label=self.value())


class KeptFilter(Filter):
    """Where it is kept: in use, archived, or in the bin, which is another set of rows."""

    title = _("place")
    parameter_name = "kept"
    everything = _("In use")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list:
        kept = [("archived", _("Archived")), ("all", _("In use and archived"))]
        return [*kept, (BIN, _("In the bin"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in ("all", BIN):
            return queryset
        return queryset.exclude(archived_at=None) if self.value() else queryset.current()


FILTERS = (
    KeptFilter,
    CategoryFilter,
    DueFilter,
    PriorityFilter,
    OwnerFilter,
    ReviewerFilter,
    ProjectFilter,
    LabelFilter,
)
