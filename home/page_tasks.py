"""Tasks on pages: which projects may show visitors how far they are."""

from collections.abc import Iterable
from uuid import UUID

from tasks.models import Project


def projects_in_public(ids: Iterable[UUID | str]) -> list[Project]:
    """Return the projects of ``ids`` whose progress may stand on a public page, in that order.

    Anything else is left out without a word: an archived project, one that has been made
    private since the page was published. Two queries, whatever the number of tasks.
    """
    wanted = [str(pk) for pk in ids]
    found = (
        Project.objects.open()
        .filter(pk__in=wanted, visibility=Project.Visibility.PUBLIC_SUMMARY)
        .prefetch_related("statuses")
    )
    return sorted(found, key=lambda project: wanted.index(str(project.pk)))
