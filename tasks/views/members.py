"""Who belongs to a project, and as what. Everybody of it reads, its managers change."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tasks import permissions, services
from tasks.forms.members import AddMemberForm, MemberForm
from tasks.models import Conflict, Membership, Project, Task
from tasks.projects import members
from tasks.views.answers import began_at, posted, tell
from tasks.views.projects import in_project, visible_project

OWNED_COUNTED = 100


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def members_page(request: HttpRequest, key: str) -> HttpResponse:
    """Show who belongs; by POST, add a person or a group."""
    project = visible_project(request, key)
    if request.method == "POST":
        return _add(request, project)
    if request.htmx:
        permissions.require(request.user, permissions.MANAGE, project)
        return render(
            request, "tasks/_found_members.html", _search(request, project, AddMemberForm())
        )
    return _page(request, project, AddMemberForm())


def _add(request: HttpRequest, project: Project) -> HttpResponse:
    permissions.require(request.user, permissions.MANAGE, project)
    form = AddMemberForm(request.POST)
    if form.is_valid():
        try:
            row = services.add_member(project=project, user=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("who", error)
        else:
            _say_role(request, row, project)
            return redirect("tasks:members", project.key)
    return _page(request, project, form, status=422)


def _page(request: HttpRequest, project: Project, form: Form, status: int = 200) -> HttpResponse:
    user = request.user
    belonging = members.of_project(project, user)
    context = in_project(request, project, "members")
    context |= {
        "belonging": belonging,
        "may_manage": permissions.may(user, permissions.MANAGE, project),
        "sees_all": permissions.may(user, permissions.VIEW_ALL, project),
        "may_leave": any(_is_own_row(grant, user) for grant in belonging.grants),
        "abilities": members.abilities(),
        "roles": Membership.Role.labels,
    }
    if context["may_manage"]:
        context |= _search(request, project, form)
    return render(request, "tasks/members.html", context, status=status)


def _is_own_row(grant: members.Grant, user: AbstractBaseUser) -> bool:
    return grant.is_own and grant.membership.user_id == user.pk and not grant.has_ended


def _search(request: HttpRequest, project: Project, form: Form) -> dict[str, Any]:
    words = request.POST.get("q", request.GET.get("q", ""))[:100]
    people, groups = members.find(project, words)
    return {
        "current_project": project,
        "words": words.strip(),
        "too_short": len(words.strip()) < members.SHORTEST_SEARCH,
        "found_people": [(person, f"person:{person.pk}") for person in people],
        "found_groups": [(group, f"group:{group.pk}") for group in groups],
        "found_many": len(people) + len(groups),
        "form": form,
        "chosen": form["who"].value(),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change(request: HttpRequest, key: str, pk: Any) -> HttpResponse:
    project = visible_project(request, key)
    permissions.require(request.user, permissions.MANAGE, project)
    row = get_object_or_404(_rows(project), pk=pk)
    initial = {"role": row.role, "expires_at": row.expires_at}
    form = MemberForm(posted(request), initial=initial)
    version, status = began_at(request) or row.version, 422
    if form.is_valid():
        try:
            changed = services.change_member(
                membership=row, user=request.user, version=version, **form.cleaned_data
            )
        except ValidationError as error:
            form.add_error("role", error)
        except Conflict as conflict:
            version, status = conflict.row.version, 409
            form.compare(conflict.row)
        else:
            _say_role(request, changed, project)
            return redirect("tasks:members", project.key)
    context = in_project(request, project, "members", row=row, form=form, version=version)
    status = status if form.errors else 200
    return render(request, "tasks/member_edit.html", context, status=status)


@require_POST
@login_required
def remove(request: HttpRequest, key: str, pk: Any) -> HttpResponse:
    project = visible_project(request, key)
    permissions.require(request.user, permissions.MANAGE, project)
    row = _rows(project).filter(pk=pk).first()
    if row is None:
        messages.info(request, _("They do not belong to the project any more."))
        return redirect("tasks:members", project.key)
    try:
        entry_id = services.remove_member(membership=row, user=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("tasks:member", project.key, row.pk)
    said = _("%(name)s does not belong to %(project)s any more.")
    said %= {"name": row.user or row.group, "project": project}
    # Who has taken themselves out may not take anybody in any more.
    undo = None if row.user_id == request.user.pk else entry_id
    tell(request, f"{said} {_still_owned(project, row)}".strip(), change_id=undo)
    stays = Project.objects.visible_to(request.user).filter(pk=project.pk).exists()
    return redirect("tasks:members", project.key) if stays else redirect("tasks:project-list")


@require_POST
@login_required
def leave(request: HttpRequest, key: str) -> HttpResponse:
    project = visible_project(request, key)
    try:
        services.leave_project(project=project, user=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("tasks:members", project.key)
    said = _("You have left %(project)s. A manager can take you back in.")
    messages.success(request, said % {"project": project})
    return redirect("tasks:project-list")


def _rows(project: Project) -> QuerySet[Membership]:
    """Return what is given by hand: what a rule gave is changed in the rule."""
    rows = Membership.objects.filter(project=project, granted_by=None)
    return rows.select_related("project", "user", "group")


def _say_role(request: HttpRequest, row: Membership, project: Project) -> None:
    said = _("%(name)s is a %(role)s of %(project)s now.")
    who: AbstractBaseUser | Group = row.user or row.group
    words = {"name": who, "role": row.get_role_display().lower(), "project": project}
    tell(request, said % words)


def _still_owned(project: Project, row: Membership) -> str:
    if row.user_id is None:
        return ""
    rows = Task.objects.filter(project=project, owner=row.user_id, closed_at=None, archived_at=None)
    owned = len(rows.values_list("pk")[:OWNED_COUNTED])
    if not owned:
        return ""
    words = ngettext(
        "They still own %(n)d open task there.", "They still own %(n)d open tasks there.", owned
    )
    return words % {"n": owned}
