"""Who belongs to a project."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tasks import members
from tasks.models import Membership
from tasks.views.projects import in_project, visible_project


@require_safe
@login_required
def members_page(request: HttpRequest, key: str) -> HttpResponse:
    project = visible_project(request, key)
    context = in_project(request, project, "members")
    context |= {
        "belonging": members.of_project(project, request.user),
        "abilities": members.abilities(),
        "roles": Membership.Role.labels,
    }
    return render(request, "tasks/members.html", context)
