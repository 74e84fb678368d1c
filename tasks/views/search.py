"""Search: in all projects, or in one."""

import re
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tasks.models import Project, Task
from tasks.search import find, shown
from tasks.search.candidates import USUAL
from tasks.search.similar import similar
from tasks.search.words import TYPED

PROJECT_KEY = re.compile("[A-Z][A-Z0-9]{1,7}")


@require_safe
@login_required
def search(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "").replace("\x00", "").strip()[:TYPED]
    state, after = request.GET.get("show", "all"), request.GET.get("after", "")
    if state not in find.STATES:
        raise Http404
    project = _project(request)
    direct = None if after else find.called(request.user, asked)
    if direct and not request.htmx:  # while somebody types, REP-1 may become REP-12
        return redirect(direct)
    try:
        found = find.find(request.user, asked, project=project, state=state, after=after)
    except ValueError as error:
        raise Http404 from error
    context = {
        "section": "search",
        "asked": asked,
        "project": project,
        "direct": direct,
        "found": found,
        "hits": shown.hits(request.user, found.tasks, found.words),
        "similar": _similar(request, asked, project, found),
        "after": after,
        "most": USUAL.most,
        **_links(asked, state, project, found),
    }
    return render(request, _template(request, after), context)


def _project(request: HttpRequest) -> Project | None:
    """Return the project named in the address, None for all, or answer 404."""
    key = request.GET.get("project", "")
    if not key:
        return None
    if not PROJECT_KEY.fullmatch(key):
        raise Http404
    return get_object_or_404(Project.objects.visible_to(request.user), key=key)


def _similar(
    request: HttpRequest, asked: str, project: Project | None, found: find.Found
) -> list[Task]:
    nothing = found.words and not found.tasks
    return similar(request.user, asked, project) if nothing else []


def _template(request: HttpRequest, after: str) -> str:
    if not request.htmx:
        return "tasks/search.html"
    return "tasks/_more_found.html" if after else "tasks/_found.html"


def _links(asked: str, state: str, project: Project | None, found: find.Found) -> dict[str, Any]:
    """Return the addresses that differ from this one in one thing."""
    here = {"q": asked, "show": state} | ({"project": project.key} if project else {})
    names = [("all", _("All")), ("open", _("Open")), ("done", _("Done"))]
    return {
        "state": state,
        "states": [(name, words, "?" + urlencode(here | {"show": name})) for name, words in names],
        "more_url": "?" + urlencode(here | {"after": found.next}) if found.next else "",
        "first_url": "?" + urlencode(here),
        "everywhere_url": "?" + urlencode({"q": asked, "show": state}),
        "any_state_url": "?" + urlencode(here | {"show": "all"}),
    }
