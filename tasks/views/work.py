"""My work: what one person has to do, asked for, or has to answer."""

from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tasks import my_work as work
from tasks import permissions
from tasks.views import quick
from tasks.views.answers import changed


@require_safe
@login_required
def my_work(request: HttpRequest) -> HttpResponse:
    which = request.GET.get("group")
    if which:
        return _one_group(request, which)
    return render(request, "tasks/my_work.html", _page(request))


def _page(request: HttpRequest) -> dict[str, Any]:
    user = request.user
    mine = work.work_of(user)
    work.fill(mine.mine)
    permissions.load(user, {task.project for task in mine.all})
    mentions = work.mentions(user)
    context = {
        "groups": mine.groups,
        "waiting": mine.waiting,
        "section": "my-work",
        "today": timezone.localdate(),
        "mentions": mentions,
        "requests": work.new_requests(user),
        "asked": work.my_requests(mine.requested),
        "recent": work.recent(user, mine.all),
        "quick": quick.empty(request, mine=True),
    }
    if not mine.mine and not mentions.tasks:
        context["empty"] = "done" if work.has_finished_any(user) else "new"
    return context


def counted(user: AbstractBaseUser) -> dict[str, Any]:
    """Return the groups and what the line of figures counts."""
    mine = work.work_of(user)
    return {"groups": mine.groups, "waiting": mine.waiting}


@require_POST
@login_required
def dismiss(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a mention away."""
    if not work.dismiss(request.user, pk):
        raise Http404
    context = {"mentions": work.mentions(request.user)}
    said = _("The mention is put away.")
    return changed(request, said, "tasks/_mention_gone.html", context, "tasks:my-work")


def _one_group(request: HttpRequest, which: str) -> HttpResponse:
    if which not in work.names():
        raise Http404
    group = work.group(request.user, which, work.ALL_SHOWN)
    work.fill(group.tasks)
    permissions.load(request.user, {task.project for task in group.tasks})
    context = {"section": "my-work", "group": group}
    return render(request, "tasks/my_work_group.html", context)
