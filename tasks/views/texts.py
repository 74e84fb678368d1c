"""Help while writing: how a text will look, and the names it may want."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from tasks import permissions
from tasks.models import Comment, Project, Task
from tasks.search import picker
from tasks.text import suggest


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


@require_safe
@login_required
def names(request: HttpRequest) -> HttpResponse:
    """Return the options for what is being typed: people for "@…", tasks for "#…"."""
    project = writing_in(request, request.GET.get("project", ""))
    task = _written_on(request, project)
    team = task is not None and request.GET.get("audience") == Comment.Audience.TEAM
    if team:
        permissions.require(request.user, permissions.INTERNAL, task)
    typed = request.GET.get("q", "").replace("\x00", "")[:100]
    mark, words = typed[:1], typed[1:].strip()
    context = {
        "people": suggest.people(words, project, task=task, team=team) if mark == "@" else [],
        "tasks": suggest.tasks(words, project, request.user) if mark == "#" else [],
    }
    return render(request, "tasks/_names.html", context)


def _written_on(request: HttpRequest, project: Project) -> Task | None:
    """Return the task that the text is about, if it is about one."""
    if not (named := request.GET.get("task", "")):
        return None
    rows = Task.objects.visible_to(request.user).with_row().filter(project=project)
    task = rows.with_key(key).first() if (key := picker.as_key(named, project)) else None
    if task is None:
        raise Http404
    return task
