"""The tabs over a list or board: views that everybody has, and those that people have saved."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tasks import permissions
from tasks.lists.filters import encode
from tasks.lists.listing import Listing
from tasks.models import Project, SavedView, Status

VIEWS_SHOWN = 30
Layout = SavedView.Layout


@dataclass(frozen=True)
class Tab:
    name: str
    query: str
    on: bool
    count: int | None = None
    view: SavedView | None = None
    changed: bool = False  # the list is no longer what the view says
    editable: bool = False

    @property
    def shown(self) -> tuple[Any, ...]:
        view = self.view and (self.view.pk, self.view.shared, self.view.version)
        return self.name, self.query, self.on, self.count, view, self.changed, self.editable


@dataclass(frozen=True)
class Tabs:
    all: list[Tab]

    @property
    def on(self) -> Tab:
        """Return the one that is shown; there always is one."""
        return next(tab for tab in self.all if tab.on)

    @property
    def shown(self) -> tuple[Any, ...]:
        """Return all that the tabs show."""
        return tuple(tab.shown for tab in self.all)


def usual(layout: str = Layout.LIST) -> list[tuple[str, str]]:
    """Return the views of every project: name and address."""
    if layout == Layout.BOARD:
        return [(_("All cards"), "")]
    return [
        (_("Open"), ""),
        (_("Mine"), "owner=me"),
        (_("Overdue"), "due=overdue"),
        (_("Done"), "show=done"),
        (_("All"), "show=all"),
    ]


def tabs(user: AbstractBaseUser, listing: Listing, layout: str = Layout.LIST) -> Tabs:
    project = listing.filters.project
    views = [view for view in project.offered_views if view.layout == layout]
    saved = [_of_view(user, view, listing) for view in views[:VIEWS_SHOWN]]
    is_list = layout == Layout.LIST
    on = "" if not is_list or any(tab.on for tab in saved) else _usual_on(listing)
    counts = _counts(user, project) if is_list else {}
    built_in = [
        Tab(name, query, not any(tab.on for tab in saved) and query == on, counts.get(query))
        for name, query in usual(layout)
    ]
    return Tabs(built_in + saved)


def _usual_on(listing: Listing) -> str:
    """Return the address of the usual view that fits exactly, else of the one it began as."""
    show = listing.filters.show
    if any(query == listing.filters.query for _name, query in usual()):
        return listing.filters.query
    return "" if show == "open" else f"show={show}"


def _of_view(user: AbstractBaseUser, view: SavedView, listing: Listing) -> Tab:
    on = view.pk == listing.view
    return Tab(
        view.name,
        address(view),
        on,
        view=view,
        changed=on and view.query != listing.saved,
        editable=on and permissions.may_change_view(user, view),
    )


def address(view: SavedView) -> str:
    """Return what stands behind the "?" of a saved view's list or board."""
    return "&".join(filter(None, (view.query, encode([("view", str(view.pk))]))))


def of_project(project: Project, user: AbstractBaseUser) -> QuerySet[SavedView]:
    """Return the saved views of ``project`` that ``user`` is offered: own and shared ones."""
    return SavedView.objects.filter(Q(owner=user) | Q(shared=True), project=project)


def _counts(user: AbstractBaseUser, project: Project) -> dict[str, int]:
    if not permissions.may(user, permissions.VIEW_ALL, project):
        return {}
    return {"": project.open_count, "show=done": project.count([Status.Category.DONE])}
