"""Save a list or board as a view, rename it, bring it up to date, delete it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from tasks import permissions, services
from tasks.frame import open_project
from tasks.lists import listing, tabs
from tasks.models import Conflict, Project, SavedView
from tasks.views.answers import began_at, posted

DELETED = "deleted_view"  # in the session: what "Undo" brings back
KEPT = ("name", "query", "shared", "layout")
PAGES = {SavedView.Layout.LIST: "tasks:list", SavedView.Layout.BOARD: "tasks:board"}


class ViewForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        error_messages={"required": gettext_lazy("Enter a name.")},
    )
    shared = forms.BooleanField(label=gettext_lazy("For everybody of the project"), required=False)

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="view-%s", **kwargs)
        if not may_share:
            del self.fields["shared"]

    def compare(self, row: SavedView) -> None:
        """Say what somebody else has made of ``row`` meanwhile; the next save goes on top of it."""
        said = gettext_lazy(
            "Somebody has set this to “%(theirs)s” meanwhile. Save again for yours."
        )
        theirs = {"name": row.name, "shared": row.shared}
        words = {"name": row.name, "shared": _("yes") if row.shared else _("no")}
        for name in self.fields:
            if self.cleaned_data[name] != theirs[name]:
                self.add_error(name, said % {"theirs": words[name]})
        if not self.errors:
            self.add_error(None, _("Somebody has changed what this view shows. Save again."))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def save_view(request: HttpRequest, key: str) -> HttpResponse:
    project = open_project(request, key)
    may_share = permissions.may(request.user, permissions.SHARE, project)
    form = ViewForm(posted(request), may_share=may_share)
    layout = _layout(request)
    query = _canonical(request, project, layout)
    if form.is_valid():
        kept = {"query": query, "layout": layout, **form.cleaned_data}
        try:
            view = services.save_view(project=project, user=request.user, **kept)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
            return redirect(_address(view))
    back = reverse(PAGES[layout], args=[key])
    return _page(request, project, form, query=query, layout=layout, back=back)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_view(request: HttpRequest, key: str, pk: UUID) -> HttpResponse:
    """Rename it, or say whom it is for."""
    project, view = _found(request, key, pk)
    services.require_change(view, request.user)
    may_share = view.shared or permissions.may(request.user, permissions.SHARE, project)
    initial = {"name": view.name, "shared": view.shared}
    form = ViewForm(posted(request), may_share=may_share, initial=initial)
    status = 422
    if form.is_valid():
        try:
            if _changed(request, view, form, **form.cleaned_data):
                return redirect(_address(view))
        except Conflict as conflict:
            form.compare(conflict.row)
            view.version, status = conflict.row.version, 409
    return _page(request, project, form, view=view, back=_back(view), status=status)


@require_POST
@login_required
def update_view(request: HttpRequest, key: str, pk: UUID) -> HttpResponse:
    """Make the view what the list shows now."""
    project, view = _found(request, key, pk)
    form = ViewForm({"name": view.name}, may_share=False)
    query = _canonical(request, project, view.layout)
    try:
        if _changed(request, view, form, query=query):
            return redirect(_address(SavedView.objects.get(pk=pk)))
    except Conflict as conflict:
        context = {"section": "tasks", "current_project": project, "view": conflict.row}
        context |= {"mine": query, "theirs": tabs.address(conflict.row), "back": _back(view)}
        return render(request, "tasks/view_conflict.html", context, status=409)
    for text in form.non_field_errors():
        messages.error(request, text)
    return redirect(_address(SavedView.objects.get(pk=pk)))


@require_POST
@login_required
def delete_view(request: HttpRequest, key: str, pk: UUID) -> HttpResponse:
    project, view = _found(request, key, pk)
    kept = {"pk": str(view.pk), **{name: getattr(view, name) for name in KEPT}}
    services.delete_view(view=view, user=request.user)
    if view.owner_id == request.user.pk:
        request.session[DELETED] = kept
    said = _("The view “%(name)s” is deleted.") % {"name": view.name}
    undo = f"undo-view:{kept['pk']}" if view.owner_id == request.user.pk else ""
    messages.success(request, said, extra_tags=undo)
    return redirect(PAGES[view.layout], project.key)


@require_POST
@login_required
def restore_view(request: HttpRequest, key: str, pk: UUID) -> HttpResponse:
    """Bring back the view one has just deleted."""
    project = open_project(request, key)
    kept = request.session.get(DELETED, {})
    kept = {"layout": SavedView.Layout.LIST, **kept}  # one deleted long ago was of a list
    if kept.get("pk") != str(pk):
        raise Http404
    fields = {name: kept[name] for name in KEPT}
    try:
        view = services.save_view(project=project, user=request.user, **fields)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("tasks:list", project.key)
    del request.session[DELETED]
    return redirect(_address(view))


def _found(request: HttpRequest, key: str, pk: UUID) -> tuple[Project, SavedView]:
    project = open_project(request, key)
    views = tabs.of_project(project, request.user).select_related("owner", "project")
    return project, get_object_or_404(views, pk=pk)


def _sent(request: HttpRequest) -> QueryDict:
    return request.POST if request.method == "POST" else request.GET


def _layout(request: HttpRequest) -> str:
    asked = _sent(request).get("layout", "")
    return asked if asked in PAGES else SavedView.Layout.LIST


def _canonical(request: HttpRequest, project: Project, layout: str) -> str:
    """Return the address that was sent, as we would write it: nothing unknown is kept."""
    query = QueryDict(_sent(request).get("query", "")[:8_000])
    found = listing.parse(query, project=project, user=request.user)
    return (found.of_board() if layout == SavedView.Layout.BOARD else found).saved


def _changed(request: HttpRequest, view: SavedView, form: forms.Form, **fields: Any) -> bool:
    """Return whether the change was saved; else ``form`` says why not. May raise Conflict."""
    try:
        services.change_view(
            view=view, user=request.user, version=began_at(request) or view.version, **fields
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _address(view: SavedView) -> str:
    return f"{_back(view)}?{tabs.address(view)}"


def _back(view: SavedView) -> str:
    return reverse(PAGES[view.layout], args=[view.project.key])


def _page(
    request: HttpRequest, project: Project, form: forms.Form, *, status: int = 422, **context: Any
) -> HttpResponse:
    context |= {"section": "tasks", "current_project": project, "form": form}
    status = status if form.errors else 200
    return render(request, "tasks/view_form.html", context, status=status)
