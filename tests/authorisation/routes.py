"""Every route of the portal, from the resolver, and those that the table leaves to others."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLResolver, get_resolver


@dataclass(frozen=True)
class Route:
    name: str  # "tasks:detail", "" for one without a name
    path: str  # as the resolver spells it: "tasks/<task_key:key>/"


# The start of a name, or of a path, -> who answers for it. Reviewed: a route of ours whose
# answer depends on who asks belongs into the table instead.
ELSEWHERE = {
    "accounts:": "tests/accounts/test_routes.py has a table of its own, for more kinds of people",
    "api:accounts:": "tests/accounts/test_routes.py",
    "webhooks/supabase": "tests/accounts/test_routes.py: a signature is asked for, not a person",
    "admin/people/": "tests/accounts/test_routes.py",
    "admin/": "tests/authorisation/test_admin.py; who may enter: tests/tasks/test_task_desk.py",
    "documents/": "Wagtail's, by the privacy of collections: tests/home/test_documents.py",
    "_util/": "Wagtail's passwords of private pages, and a way to our sign-in page: tests/home",
    "media/": "editors' pictures, for everybody: tests/portal/test_media.py",
    "wagtail_serve": "the pages of the website, for everybody: tests/home",
}


def routes(resolver: URLResolver | None = None, path: str = "", space: str = "") -> Iterator[Route]:
    for pattern in (resolver or get_resolver()).url_patterns:
        here = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = ":".join(filter(None, [space, pattern.namespace]))
            yield from routes(pattern, here, inner)
        else:
            name = ":".join(filter(None, [space, pattern.name])) if pattern.name else ""
            yield Route(name, here.lstrip("^"))


def elsewhere(route: Route) -> str:
    """Return the entry of ELSEWHERE that answers for ``route``, or ""."""
    starts = (s for s in ELSEWHERE if route.name.startswith(s) or route.path.startswith(s))
    return next(starts, "")
