"""Help while writing: how a text will look."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from tasks import permissions
from tasks.models import Project


@require_POST
@login_required
def preview(request: HttpRequest) -> HttpResponse:
    project = writing_in(request, request.POST.get("project", ""))
    context = {"text": request.POST.get("body", ""), "project": project}
    return render(request, "tasks/_preview.html", context)


def writing_in(request: HttpRequest, key: str) -> Project:
    """Return the project ``key``, in which the person may say something."""
    projects = Project.objects.visible_to(request.user)
    project = get_object_or_404(projects, key=key.replace("\x00", ""))  # PostgreSQL refuses NUL
    permissions.require(request.user, permissions.COMMENT, project)
    return project
