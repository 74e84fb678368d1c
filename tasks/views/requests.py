"""The status page of a request: no account, only its secret address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from portal import limits
from tasks import services
from tasks.forms.comments import ReplyForm
from tasks.models import Comment, Relation, Status, Task
from tasks.projects import triage

REPLIES, REPLY_SECONDS = 10, 3600
TALK_SHOWN = 50
WORDS = {
    Status.Category.TRIAGE: _("Received"),
    Status.Category.BACKLOG: _("Accepted"),
    Status.Category.TODO: _("Accepted"),
    Status.Category.DOING: _("In progress"),
    Status.Category.REVIEW: _("In progress"),
    Status.Category.DONE: _("Done"),
    Status.Category.CANCELLED: _("Declined"),
}


@require_safe
def request_status(request: HttpRequest, token: str) -> HttpResponse:
    task = _task(token)
    if task is None:
        return _unknown(request)
    return _page(request, task, ReplyForm())


@require_POST
def request_reply(request: HttpRequest, token: str) -> HttpResponse:
    """The visitor writes back. Bounded, for whoever has the address needs no account."""
    task = _task(token)
    if task is None:
        return _unknown(request)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _page(request, task, form, status=422)
    decision = limits.spend("request reply", str(task.pk), limit=REPLIES, seconds=REPLY_SECONDS)
    if not decision.allowed:
        form.add_error("body", _("You have written often within the hour. Send this one later."))
        return _page(request, task, form, status=429)
    services.reply_as_requester(task=task, body=form.cleaned_data["body"])
    return _private(redirect(f"{task.request.get_absolute_url()}?written=1#talk"))


def _task(token: str) -> Task | None:
    tasks = Task.objects.select_related("project", "status", "request")
    return tasks.filter(request__token=token.replace("\x00", "")).first()  # PostgreSQL refuses NUL


def _unknown(request: HttpRequest) -> HttpResponse:
    return _private(render(request, "tasks/request_unknown.html", status=404))


def _page(request: HttpRequest, task: Task, form: ReplyForm, *, status: int = 200) -> HttpResponse:
    talk = task.comments.filter(audience=Comment.Audience.EVERYONE).order_by("-created_at")
    merged = task.status.category == Status.Category.CANCELLED and (
        task.relations_from.filter(kind=Relation.Kind.DUPLICATES).exists()
    )
    waits = task.status.is_triage and triage.talk_of(task).waits
    words = _("Waiting for your answer") if waits else WORDS[task.status.category]
    context = {
        "task": task,
        "waits": waits,
        "asked": task.request,
        "words": _("Known already") if merged else words,
        "merged": merged,
        "is_new": "sent" in request.GET and task.status.is_triage,
        "is_written": "written" in request.GET,
        "talk": list(talk[:TALK_SHOWN])[::-1],
        "form": form,
    }
    return _private(render(request, "tasks/request_status.html", context, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    """Keep the address, which is the key to the page, out of caches, indexes and referrers."""
    add_never_cache_headers(response)
    # "no-referrer" would make browsers post the answer without an origin, which the CSRF check
    # refuses; this sends the origin and no path.
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
