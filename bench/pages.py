"""Sign the measured people in and say where their pages are: run by `bench.tasks` as a process.

Prints {"project": id, "pages": {name: path or ""}, "cookie": …, "few": [[cookie, {name: path}]]}
as JSON. A page that the portal does not have yet has the path "".
"""

import json
import os
from importlib import import_module

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
django.setup()

from django.conf import settings  # noqa: E402 - Django is set up above
from django.contrib.auth import (  # noqa: E402 - same
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
)
from django.http import QueryDict  # noqa: E402 - same
from django.urls import NoReverseMatch, reverse  # noqa: E402 - same
from django.utils import timezone  # noqa: E402 - same

from accounts.models import AuthSession, User  # noqa: E402 - same
from accounts.sessions.lifecycle import BACKEND  # noqa: E402 - same
from bench import rows  # noqa: E402 - same
from tasks.lists.listing import PAGE, parse  # noqa: E402 - same
from tasks.lists.sorting import in_order, place_of  # noqa: E402 - same
from tasks.models import Project, Task  # noqa: E402 - same

DEEP = 1_000  # pages down


def sign_in(number: int) -> str:
    """Return the cookie of a new session of a person, as `start_session` would make it."""
    user = User.objects.select_related("identity").get(username=f"person-{number}")
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    AuthSession.objects.filter(identity=user.identity).delete()
    AuthSession.objects.create(
        identity=user.identity,
        session_key=session.session_key,
        access_token="",
        refresh_token="",
        expires_at=timezone.now(),
        aal="aal2",
    )
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def address(name: str, *args: str, query: str = "") -> str:
    """Return the address of a page, "" when there is none of that name."""
    try:
        return reverse(f"tasks:{name}", args=args) + (f"?{query}" if query else "")
    except NoReverseMatch:
        return ""


def deep(project: Project) -> str:
    """Return the query of the list's thousandth page, or of its last but few when it is shorter."""
    user = User.objects.get(username="person-0")
    every = parse(QueryDict("show=all"), project=project, user=user)
    tasks = in_order(every.tasks(user), every.keys)
    place = tasks[min(DEEP * PAGE, tasks.count() * 3 // 4)]
    return f"show=all&after={place_of(place, every.keys)}"


def pages(project: Project) -> dict[str, str]:
    """Return what is measured for growth: the same person's pages in the largest project."""
    busy = Task.objects.filter(project__key__lt=f"B{rows.SEEN:03}", closed_at=None)
    busy = busy.exclude(status__category="triage")
    busy = busy.filter(comment_count__gt=0, checklist_count__gt=0).order_by("updated_at")
    return {
        "My work": address("my-work"),
        "list": address("list", project.key),
        f"list, page {DEEP:,}": address("list", project.key, query=deep(project)),
        "board": address("board", project.key),
        "detail": address("detail", busy[0].key),
        "search, rare word": address("search", query=f"q={rows.RARE}"),
        "search, common word": address("search", query=f"q={rows.COMMON}"),
    }


def few() -> list[tuple[str, dict[str, str]]]:
    """Return, for 1, 10 and 50 rows, the cookie of who sees just those, and their pages."""
    found = []
    for p, number in rows.FEW_PERSON.items():
        key = Project.objects.get(key=f"B{p}").key
        paths = {
            "My work": address("my-work"),
            "list": address("list", key),
            "board": address("board", key),
        }
        found.append((sign_in(number), paths))
    return found


def main() -> None:
    project = Project.objects.get(key="B000")
    found = {
        "project": str(project.pk),
        "cookie": sign_in(0),
        "pages": pages(project),
        "few": few(),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
