"""What people write on tasks: Markdown that knows people and tasks by name.

What was typed is what is stored. Names are looked up when a text is shown: "@Amara Okafor",
or "@Amara" where the project has one Amara, and "REP-12" for who may see that task.
"""

import re
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.templatetags.portal_tags import icon
from tasks import permissions
from tasks.models import Project, ProjectKey, Task, TaskAlias
from tasks.text import markdown

KEYS_MAX = 200  # of one page; what is named beyond that stays plain text
MENTIONS_MAX = 50  # people one text can call
NAME = r"[A-Z][A-Z0-9]{1,7}-[1-9][0-9]{0,8}"
KEY = rf"(?<![\w/.@-]){NAME}(?!\w|-\w)"
MAYBE_KEY = rf"(?<![A-Za-z0-9]){NAME}"  # before the Markdown is read: "_REP-12_" is one too
AT = r"(?<![\w/.@+-])@"

Place = tuple[UUID, int]  # a project's id and a number in it


class Reader:
    """Somebody who reads texts of one project, or a visitor, for whom no name is looked up.

    Asks for people once and for tasks once per `prepare`: a page that prepares all its texts
    costs the same whatever they name.
    """

    def __init__(
        self, *, viewer: AbstractBaseUser | None = None, project: Project | None = None
    ) -> None:
        self.viewer, self.project = viewer, project
        self._tasks: dict[str, Task | None] = {}
        self._people: People | None = None

    def prepare(self, texts: Iterable[str]) -> None:
        """Look up what ``texts`` name. Five queries at most, none where they name nothing."""
        texts = list(texts)
        if self.viewer is not None:
            found = dict.fromkeys(key for text in texts for key in re.findall(MAYBE_KEY, text))
            keys = [key for key in found if key not in self._tasks]
            self._tasks.update(_tasks_called(keys[: KEYS_MAX - len(self._tasks)], self.viewer))
        if self.project and self._people is None and any("@" in text for text in texts):
            self._people = People(self.project)

    def render(self, text: str, *, top: int = 2) -> SafeString:
        """Return ``text`` as safe HTML; ``top`` is the level of its highest heading."""
        self.prepare([text])
        return markdown.render(text, weave=self._weave, top=top)

    def _weave(self, words: str) -> Iterator[str | SafeString]:
        at = 0
        names = self._people.pattern if self._people else ""
        for match in re.finditer(f"{KEY}|{names}" if names else KEY, words):
            html = self._linked(match.group())
            if html:
                yield words[at : match.start()]
                yield html
                at = match.end()
        yield words[at:]

    def _linked(self, name: str) -> SafeString | None:
        if not name.startswith("@"):
            task = self._tasks.get(name)
            return task and reference(task)
        people = self._people.called(name) if self._people else []
        if not people:
            return None
        mine = " ui-mention-me" if self.viewer in people else ""
        return format_html('<span class="ui-mention{}">@{}</span>', mine, people[0])


class People:
    """The people of a project by what they may be called: their name, or a first name of one."""

    def __init__(self, project: Project) -> None:
        self._names: dict[str, list[AbstractBaseUser]] = {}
        first_names: dict[str, list[AbstractBaseUser]] = {}
        for person in permissions.people(project):
            name = person.get_full_name().casefold()
            self._names.setdefault(name, []).append(person)
            first_names.setdefault(name.partition(" ")[0], []).append(person)
        for name, bearers in first_names.items():
            if len(bearers) == 1:
                self._names.setdefault(name, bearers)
        longest_first = sorted(filter(str.strip, self._names), key=len, reverse=True)
        names = "|".join(map(re.escape, longest_first))
        self.pattern = rf"{AT}(?i:{names})(?!\w)" if names else ""

    def called(self, name: str) -> list[AbstractBaseUser]:
        """Return whom "@name" calls: nobody, one, or all who share one full name."""
        return self._names.get(name.removeprefix("@").casefold(), [])


def render(
    text: str, *, viewer: AbstractBaseUser | None = None, project: Project | None = None
) -> SafeString:
    """Return ``text`` as ``viewer`` may read it; for a visitor without links to tasks."""
    return Reader(viewer=viewer, project=project).render(text)


def render_many(
    texts: Iterable[str],
    *,
    viewer: AbstractBaseUser | None = None,
    project: Project | None = None,
) -> list[SafeString]:
    """Return ``texts`` as HTML, in their order, at the cost of one."""
    reader, texts = Reader(viewer=viewer, project=project), list(texts)
    reader.prepare(texts)
    return [reader.render(text) for text in texts]


def mentioned(text: str, project: Project) -> list[AbstractBaseUser]:
    """Return whom ``text`` calls with "@", each once, in its order; never from inside code."""
    if "@" not in text:
        return []
    people = People(project)
    if not people.pattern:
        return []
    found: dict[AbstractBaseUser, None] = {}
    for run in markdown.plain_runs(text):
        for match in re.finditer(people.pattern, run):
            found.update(dict.fromkeys(people.called(match.group())))
    return list(found)[:MENTIONS_MAX]


def reference(task: Task) -> SafeString:
    """Return a link to ``task`` that says its title and where it stands."""
    return format_html(
        '<a class="ui-ref" href="{}"><span class="text-nowrap">{}{}</span> {}'
        ' <span class="ui-muted">{}</span></a>',
        task.get_absolute_url(),
        icon(task.status.icon, f"ui-{task.status.hue}"),
        task.key,
        task.title,
        task.status.name,
    )


def _tasks_called(keys: list[str], viewer: AbstractBaseUser) -> dict[str, Task | None]:
    """Return each of ``keys``, old ones too, with its task, or None where ``viewer`` sees none.

    Projects first: their ids lead the next query to the index of numbers.
    """
    names = {key: key.rpartition("-") for key in keys}
    wanted = {project for project, _dash, _number in names.values()}
    owners = ProjectKey.objects.filter(key__in=wanted).values_list("key", "project_id")
    owners = dict(owners) if wanted else {}
    places = {
        key: (owners[project], int(number))
        for key, (project, _dash, number) in names.items()
        if project in owners
    }
    found = _tasks_at(set(places.values()), viewer) if places else {}
    return {key: found.get(places.get(key)) for key in keys}


def _tasks_at(places: set[Place], viewer: AbstractBaseUser) -> dict[Place, Task]:
    """Return the tasks that have these numbers in these projects, or had before they moved."""
    tasks = Task.objects.visible_to(viewer).with_row()
    here = tasks.filter(_any_of(places))
    found: dict[Place, Task] = {(task.project_id, task.number): task for task in here}
    if gone := places - found.keys():
        left = TaskAlias.objects.filter(_any_of(gone)).values_list("project", "number", "task")
        moved = tasks.in_bulk([task for _project, _number, task in left]) if left else {}
        found.update(((pk, n), moved[task]) for pk, n, task in left if task in moved)
    return found


def _any_of(places: set[Place]) -> Q:
    numbers: dict[UUID, list[int]] = {}
    for project, number in places:
        numbers.setdefault(project, []).append(number)
    return reduce(or_, (Q(project=pk, number__in=some) for pk, some in numbers.items()))
