"""My work: what one person has to do, asked for, or has to answer."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tasks import my_work as work
from tasks import permissions
from tasks.views import quick


@require_safe
@login_required
def my_work(request: HttpRequest) -> HttpResponse:
    which = request.GET.get("group")
    if which:
        return _one_group(request, which)
    user = request.user
    context = {
        **counted(user),
        "section": "my-work",
        "today": timezone.localdate(),
        "requests": work.requests(user),
        "recent": work.recent(user),
        "quick": quick.empty(request, mine=True),
    }
    tasks = [task for group in context["groups"] for task in group.tasks]
    context["nothing"] = not tasks
    permissions.load(user, {task.project for task in tasks})
    return render(request, "tasks/my_work.html", context)


def counted(user: AbstractBaseUser) -> dict[str, Any]:
    """Return the groups and what the line of figures counts."""
    return {"groups": work.groups(user), "waiting": work.waiting(user)}


def _one_group(request: HttpRequest, which: str) -> HttpResponse:
    if which not in work.names():
        raise Http404
    group = work.group(request.user, which, work.ALL_SHOWN)
    permissions.load(request.user, {task.project for task in group.tasks})
    context = {"section": "my-work", "group": group}
    return render(request, "tasks/my_work_group.html", context)
