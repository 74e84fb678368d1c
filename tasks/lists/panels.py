"""The small windows over a list in which people choose filters, order and columns."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks.lists import filters
from tasks.lists.filters import NAMES
from tasks.lists.grouping import GROUPS
from tasks.lists.listing import COLUMNS, Listing
from tasks.lists.sorting import SORTS
from tasks.models import Task

PANELS = {
    "status": gettext_lazy("Status"),
    "owner": gettext_lazy("Owner"),
    "label": gettext_lazy("Label"),
    "more": gettext_lazy("All filters"),
    "look": gettext_lazy("Order and columns"),
    "export": gettext_lazy("Export"),
}


@dataclass(frozen=True)
class Option:
    value: str
    words: str
    on: bool
    hue: str = ""


@dataclass(frozen=True)
class Part:
    """One question of a panel: boxes to tick, a list to choose from, or a date."""

    name: str
    title: str
    options: list[Option] = field(default_factory=list)
    kind: str = "boxes"  # or "choice", "date"
    value: str = ""


@dataclass(frozen=True)
class Panel:
    id: str
    title: str
    parts: list[Part]
    rest: list[tuple[str, str]]  # what the form carries along

    @property
    def is_small(self) -> bool:
        return len(self.parts) < 2


def panel(which: str, listing: Listing, user: AbstractBaseUser) -> Panel:
    """Return one of PANELS, filled with what the list shows now."""
    maker = _Maker(listing)
    makers = {"more": maker.more, "look": maker.look, "export": list}
    parts = makers[which]() if which in makers else [maker.part(which)]
    names = {part.name for part in parts}
    return Panel(which, str(PANELS[which]), parts, listing.without(*names))


@dataclass
class _Maker:
    listing: Listing
    _people: list[Any] | None = None

    def part(self, name: str) -> Part:
        options = {
            "status": self._statuses,
            "label": self._labels,
            "priority": self._priorities,
            "due": self._due,
        }
        if name in filters.PEOPLE:
            return self._person(name)
        if name in filters.DATES:
            value = (self._on(name) or [""])[0]
            return Part(name, str(NAMES[name]), kind="date", value=value)
        return Part(name, str(NAMES[name]), self._options(name, options[name]()))

    def more(self) -> list[Part]:
        names = ("status", "owner", "label", "priority", "due", "due_from", "due_to")
        parts = [self.part(name) for name in (*names, "with", "reviewer", "requester")]
        return parts + [self._switch(name) for name in filters.SWITCHES]

    def look(self) -> list[Part]:
        listing = self.listing
        sorts = []
        for sort in SORTS.values():
            sorts.append((sort.id, str(sort.name)))
            sorts.append((f"-{sort.id}", str(sort.backwards)))
        groups = [("", _("No groups")), *((g.id, str(g.name)) for g in GROUPS.values())]
        return [
            Part("sort", _("Order"), self._chosen(sorts, [listing.sort_value]), "choice"),
            Part(
                "group",
                _("Groups"),
                self._chosen(groups, [listing.group.id if listing.group else ""]),
                "choice",
            ),
            Part("cols", _("Columns"), self._chosen(COLUMNS.items(), listing.columns)),
        ]

    def _on(self, name: str) -> list[str]:
        return self.listing.filters.values.get(name, [])

    def _options(self, name: str, choices: Any) -> list[Option]:
        return self._chosen(choices, self._on(name))

    @staticmethod
    def _chosen(choices: Any, on: Any) -> list[Option]:
        return [Option(value, str(words), value in on) for value, words in choices]

    def _statuses(self) -> list[tuple[str, str]]:
        statuses = self.listing.filters.project.statuses.all()
        return [(str(s.pk), s.name) for s in statuses if not s.is_triage]

    def _labels(self) -> list[tuple[str, str]]:
        labels = self.listing.filters.project.labels.all()
        return [*((str(label.pk), label.name) for label in labels), ("none", _("No label"))]

    def _priorities(self) -> list[tuple[str, str]]:
        return [(p.name.lower(), str(p.label)) for p in Task.Priority]

    def _due(self) -> list[tuple[str, str]]:
        return [(value, words) for value, (words, _where) in filters.due_words().items()]

    def _person(self, name: str) -> Part:
        if self._people is None:
            self._people = filters.people(self.listing.filters.project)
        nobody = [("nobody", _("Nobody"))] if filters.PEOPLE[name][0] else []
        names = [("me", _("Me")), *nobody, *((str(p.pk), str(p)) for p in self._people)]
        if name == "owner":
            return Part(name, str(NAMES[name]), self._options(name, names))
        return Part(
            name, str(NAMES[name]), self._options(name, [("", _("Anybody")), *names]), "choice"
        )

    def _switch(self, name: str) -> Part:
        words = {
            "blocked": _("Only what is blocked"),
            "files": _("Only with files"),
            "archived": _("What is archived"),
        }
        return Part(name, "", self._options(name, [("yes", words[name])]))
