"""What people say on a task: add, answer, change, settle and delete comments."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks import permissions, services
from tasks.detail import history
from tasks.forms.comments import CommentForm, EditCommentForm
from tasks.models import Activity, Comment, Conflict, Task, one_change
from tasks.people import readers
from tasks.views.answers import changed, posted
from tasks.views.detail import detail_page, told, visible_task


@require_POST
@login_required
def comment(request: HttpRequest, key: str) -> HttpResponse:
    task = visible_task(request, key)
    permissions.require(request.user, permissions.COMMENT, task)
    form = CommentForm(request.POST, task=task, user=request.user)
    if form.is_valid():
        return _commented(request, task, form)
    above = form.cleaned_data.get("parent")
    if above:
        above.task = task
        return _form(request, "reply", above, form, status=422)
    if request.htmx:
        context = {"task": task, "comment_form": form}
        return render(request, "components/comment_form.html", context, status=422)
    return detail_page(request, task, comment_form=form)


def _commented(request: HttpRequest, task: Task, form: CommentForm) -> HttpResponse:
    row = services.add_comment(task=task, user=request.user, **form.cleaned_data)
    warning = _unreached(request, task, row)
    above = form.cleaned_data["parent"]
    if above:
        return _answer(request, above, _("Your reply is added."), warning=warning)
    context = {**told(request, task), "comment_form": CommentForm(task=task, user=request.user)}
    said, template = _("Your comment is added."), "tasks/_commented.html"
    return changed(request, said, template, context, task, warning=warning)


def _unreached(request: HttpRequest, task: Task, row: Comment, before: str = "") -> str:
    options = {"author": request.user, "before": before, "team": row.is_for_team}
    return readers.unreached(task, row.body, **options)


@require_safe
@login_required
def reply(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A form below one comment; its answer goes to `comment`."""
    row = readable_comment(request, pk)
    permissions.require(request.user, permissions.COMMENT, row.task)
    if row.parent_id:
        return redirect("tasks:reply", row.parent_id)
    form = CommentForm(task=row.task, user=request.user, parent=row)
    return _form(request, "reply", row, form)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_comment(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = readable_comment(request, pk)
    if not permissions.may_change_comment(request.user, row):
        raise PermissionDenied(_("Only who wrote a comment can change it."))
    initial = {"body": row.body, "version": row.version}
    form = EditCommentForm(posted(request), initial=initial, auto_id=f"edit-{row.pk.hex}-%s")
    if form.is_valid():
        try:
            saved = services.edit_comment(comment=row, user=request.user, **form.cleaned_data)
        except Conflict as conflict:
            form = form.against(conflict.row)
            return _form(request, "edit", conflict.row, form, status=409)
        warning = _unreached(request, row.task, saved, row.body)
        return _answer(request, row, _("Your comment is changed."), warning=warning)
    return _form(request, "edit", row, form, status=422 if form.errors else 200)


@require_POST
@login_required
def delete_comment(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = readable_comment(request, pk)
    with one_change() as change_id:
        services.delete_row(row=row, user=request.user)
    return _answer(request, row, _("The comment is deleted."), change_id)


@require_POST
@login_required
def resolve_comment(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = readable_comment(request, pk)
    resolved = request.POST.get("resolved") != "no"
    services.resolve_comment(comment=row, user=request.user, resolved=resolved)
    said = _("The comment is settled.") if resolved else _("The comment is open again.")
    return _answer(request, row, said)


@require_safe
@login_required
def comment_versions(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a comment said before it was changed, newest first."""
    row = readable_comment(request, pk)
    rows = Activity.objects.filter(comment=row, field="comment").order_by("-created_at")
    context = {"section": "tasks", "current_project": row.task.project, "task": row.task}
    context |= {"comment": row, "versions": rows[: history.SHOWN]}
    return render(request, "tasks/comment_versions.html", context)


@require_safe
@login_required
def feed(request: HttpRequest, key: str) -> HttpResponse:
    """The task's feed as a fragment: all of it, its comments, or its history."""
    task = visible_task(request, key)
    which = request.GET.get("feed", "all")
    if which not in history.FEEDS:
        raise Http404
    if not request.htmx:
        return redirect(f"{task.get_absolute_url()}?feed={which}#talk")
    everything = request.GET.get("history") == "all"
    entries, earlier = history.of_task(task, request.user, feed=which, everything=everything)
    context = {"task": task, "entries": entries, "earlier": earlier, "feed": which}
    return render(request, "tasks/_feed.html", context | {"feeds": history.FEEDS})


def readable_comment(request: HttpRequest, pk: UUID) -> Comment:
    """Return a comment that the person may read, or answer 404."""
    tasks = Task.objects.visible_to(request.user)
    rows = Comment.objects.filter(task__in=tasks).select_related("task__project", "task__status")
    row = get_object_or_404(rows.select_related("author", "parent"), pk=pk)
    if row.is_for_team and not permissions.may(request.user, permissions.INTERNAL, row.task):
        raise Http404
    return row


def _form(
    request: HttpRequest, what: str, row: Comment, form: CommentForm, *, status: int = 200
) -> HttpResponse:
    context = {"section": "tasks", "current_project": row.task.project, "task": row.task}
    context |= {"comment": row, "form": form, "what": what}
    template = "tasks/_comment_writing.html" if request.htmx else "tasks/comment_writing.html"
    return render(request, template, context, status=status)


def _answer(
    request: HttpRequest,
    row: Comment,
    said: str,
    change_id: UUID | None = None,
    *,
    warning: str = "",
) -> HttpResponse:
    context = told(request, row.task)
    default = f"{row.task.get_absolute_url()}#talk"
    more = {"change_id": change_id, "warning": warning}
    return changed(request, said, "tasks/_talked.html", context, default, **more)
