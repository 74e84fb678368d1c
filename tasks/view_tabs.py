"""The tabs over a list: views that everybody has, and those that people have saved."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tasks import permissions
from tasks.filters import encode
from tasks.listing import Listing
from tasks.models import Project, SavedView, Status

VIEWS_SHOWN = 30


@dataclass(frozen=True)
class Tab:
    name: str
    query: str
    on: bool
    count: int | None = None
    view: SavedView | None = None
    changed: bool = False  # the list is no longer what the view says


def usual() -> list[tuple[str, str]]:
    """Return the views of every project: name and address."""
    return [
        (_("Open"), ""),
        (_("Mine"), "owner=me"),
        (_("Overdue"), "due=overdue"),
        (_("Done"), "show=done"),
        (_("All"), "show=all"),
    ]


def tabs(request: HttpRequest, listing: Listing) -> list[Tab]:
    """Return the tabs; exactly one is on."""
    project, query = listing.filters.project, listing.query
    saved = list(of_project(project, request.user)[:VIEWS_SHOWN])
    chosen = next((view for view in saved if str(view.pk) == request.GET.get("view")), None)
    base = "" if listing.filters.show == "open" else f"show={listing.filters.show}"
    exact = [address for _name, address in usual() if address == query]
    on = None if chosen else (exact or [base])[0]
    counts = _counts(request, project)
    built_in = [Tab(name, address, address == on, counts.get(address)) for name, address in usual()]
    return built_in + [_of_view(view, chosen, query) for view in saved]


def _of_view(view: SavedView, chosen: SavedView | None, query: str) -> Tab:
    marked = "&".join(filter(None, (view.query, encode([("view", str(view.pk))]))))
    on = view is chosen
    return Tab(view.name, marked, on, view=view, changed=on and view.query != query)


def of_project(project: Project, user) -> "SavedView.objects":
    """Return the saved lists of ``project`` that ``user`` is offered: own and shared ones."""
    mine = Q(owner=user) | Q(shared=True)
    return SavedView.objects.filter(mine, project=project, layout=SavedView.Layout.LIST)


def _counts(request: HttpRequest, project: Project) -> dict[str, int]:
    if not permissions.may(request.user, permissions.VIEW_ALL, project):
        return {}
    return {"": project.open_count, "show=done": project.count([Status.Category.DONE])}


def found(user, project: Project, pk: UUID) -> SavedView:
    return of_project(project, user).get(pk=pk)
