"""Read `Fix the gate #doors @mei !high ^friday /repairs` as a task to be.

A marker is # @ ! ^ or / at the beginning of a word: "C#", "a/b" and addresses are words.
What a marker does not find stays in the title, word for word, with a hint.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from tasks.models import Label, Project, Task
from tasks.quick_add import dates
from tasks.quick_add.known import Known
from tasks.quick_add.names import Ambiguous, find, person_names

LIMIT = 50  # tasks at a time
TITLE_MAX = Task._meta.get_field("title").max_length

# `#"alder house"`, with the quotes of any keyboard, or a word without spaces.
WORD = re.compile(r"[#@!^/][\"“„][^\"“”]+[\"”“][,.;:!?)]*|\S+")
MARKER = re.compile(r"([#@!^/])(?:[\"“„](.+)[\"”“][,.;:!?)]*|([^\W_].*|\+\d.*))", re.DOTALL)
ESCAPED = re.compile(r"\\[#@!^/]")
NUMBER = re.compile(r"\A\d{1,3}[.)](?:\s+|$)")
BULLET = re.compile(r"\A(?:[-*+•–](?:\s+|$))?(?:\[[ xX]?\](?:\s+|$))?")
AFTER = ",.;:!?)"  # what may follow a marker as part of the sentence


@dataclass
class Draft:
    """A task to be: nothing is saved. ``hints`` say what stayed in the title, and why."""

    title: str = ""
    project: Project | None = None
    labels: list[Label] = field(default_factory=list)
    owner: AbstractBaseUser | None = None
    priority: int = Task.Priority.NORMAL
    due_on: date | None = None
    due_time: time | None = None
    hints: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)  # why it cannot be saved

    @property
    def due_at(self) -> datetime | None:
        """Return the moment it is due, in the active time zone, if a time was typed."""
        if self.due_on is None or self.due_time is None:
            return None
        return timezone.make_aware(datetime.combine(self.due_on, self.due_time))

    @property
    def task(self) -> Task:
        """Return it as a task that is not saved, for the parts of a page that show one."""
        return Task(title=self.title, priority=self.priority, due_on=self.due_on)


def parse(
    text: str,
    *,
    user: AbstractBaseUser,
    today: date,
    project: Project | None = None,
    owner: AbstractBaseUser | None = None,
    known: Known | None = None,
    reads_project: bool = True,
) -> list[Draft]:
    """Return one draft for each line of ``text`` that says something.

    ``project`` and ``owner`` hold for lines that name none. Projects, people and labels are
    those that ``user`` may use. Without ``reads_project`` a /project is a word of the title.
    Raises ValidationError for more than LIMIT lines.
    """
    lines = split(text)
    if len(lines) > LIMIT:
        words = {"n": len(lines), "limit": LIMIT}
        raise ValidationError(
            _("You wrote %(n)d tasks. Add up to %(limit)d at a time.") % words, code="too_many"
        )
    known = known or Known(user)
    return [_Line(line, known, today).draft(project, owner, reads_project) for line in lines]


def split(text: str) -> list[str]:
    """Return the lines that say something, without the bullets of a pasted list."""
    lines = [line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()]
    if len(lines) > 1:  # alone, "3. floor" is no list
        lines = [NUMBER.sub("", line, count=1) for line in lines]
    return [line for line in (BULLET.sub("", line, count=1) for line in lines) if line]


class _Line:
    """One line being read. Each reader takes a marker's value and says whether it was one."""

    def __init__(self, line: str, known: Known, today: date) -> None:
        self.line, self.known, self.today = line, known, today
        self.said: set[str] = set()  # markers that were understood
        self.result = Draft()

    def draft(
        self, project: Project | None, owner: AbstractBaseUser | None, reads_project: bool
    ) -> Draft:
        draft = self.result
        draft.project = project
        # People and labels are those of the project, wherever in the line it stands.
        words = WORD.findall(self.line)
        words = self._read(words, {"/": self._project}) if reads_project else words
        words = self._read(
            words, {"#": self._label, "@": self._owner, "!": self._priority, "^": self._due}
        )
        draft.title = " ".join(w[1:] if ESCAPED.match(w) else w for w in words)
        if "@" not in self.said and owner and self._may_own(owner):
            draft.owner = owner
        draft.errors += self._errors()
        return draft

    def _read(self, words: list[str], readers: dict[str, Callable[[str], bool]]) -> list[str]:
        """Hand the markers among ``words`` to their readers; return the words of the title."""
        return [word for word in words if not self._understood(word, readers)]

    def _understood(self, word: str, readers: dict[str, Callable[[str], bool]]) -> bool:
        marker = MARKER.fullmatch(word)
        if not marker or marker[1] not in readers:
            return False
        read, value = readers[marker[1]], marker[2] or marker[3]
        try:
            return any(read(each) for each in _tries(value)) or self._hint(
                _no_match(marker[1]), word
            )
        except Ambiguous as several:
            names = _(" or ").join(several.names[:3])
            return self._hint(_("“%(typed)s” may be %(names)s. Type more of it."), word, names)
        except _Refused as refusal:
            return self._hint(str(refusal), word)

    def _hint(self, text: str, typed: str, names: str = "") -> bool:
        place = self.result.project or _("your projects")
        self.result.hints.append(text % {"typed": typed, "project": place, "names": names})
        return False

    def _once(self, mark: str, text: str) -> None:
        """Refuse a second marker of a kind: which of the two is meant, nobody knows."""
        if mark in self.said:
            raise _Refused(text)
        self.said.add(mark)

    def _project(self, name: str) -> bool:
        found = find(name, self.known.projects, called=lambda row: [row.key, row.name])
        if found:
            self._once("/", _("One project is enough, so “%(typed)s” stays in the title."))
            self.result.project = found
        return bool(found)

    def _label(self, name: str) -> bool:
        project = self.result.project
        labels = self.known.labels(project) if project else []
        found = find(name, labels, called=lambda row: [row.name])
        if found and found not in self.result.labels:
            self.result.labels.append(found)
        return bool(found)

    def _owner(self, name: str) -> bool:
        project, me = self.result.project, self.known.user
        people = self.known.people(project) if project else [me]
        called = {_("me"): me, _("nobody"): None}
        if name.casefold() in called:
            person = called[name.casefold()]
        else:
            person = find(name, people, called=person_names)
            if person is None:
                return False
        if person and not self._may_own(person):
            raise _Refused(
                _("In %(project)s you can give tasks only to yourself, not “%(typed)s”.")
            )
        self._once("@", _("One owner is enough, so “%(typed)s” stays in the title."))
        self.result.owner = person
        return True

    def _may_own(self, person: AbstractBaseUser) -> bool:
        return self.result.project is None or self.known.may_give(person, self.result.project)

    def _priority(self, name: str) -> bool:
        found = find(
            name, Task.Priority, called=lambda level: [level.value, level.label, level.name]
        )
        if found:
            self._once("!", _("One priority is enough, so “%(typed)s” stays in the title."))
            self.result.priority = found.value
        return bool(found)

    def _due(self, value: str) -> bool:
        try:
            day, at = dates.read(value, self.today)
        except dates.NoDay:
            return False
        self._once("^", _("One date is enough, so “%(typed)s” stays in the title."))
        self.result.due_on, self.result.due_time = day, at
        return True

    def _errors(self) -> list[str]:
        title = self.result.title
        if not title:
            return [_("“%(line)s” has no title. Add some words.") % {"line": self.line}]
        if len(title) > TITLE_MAX:
            words = {"n": len(title), "limit": TITLE_MAX}
            return [_("The title has %(n)d characters. Use up to %(limit)d.") % words]
        return []


class _Refused(Exception):
    """Understood, but it cannot be so; the words of the hint."""


def _tries(value: str) -> list[str]:
    """Return ``value``, and what it is without the sentence's punctuation behind it."""
    bare = value.rstrip(AFTER)
    return [value, bare] if bare and bare != value else [value]


def _no_match(mark: str) -> str:
    return {
        "#": _("No label “%(typed)s” in %(project)s. It stays in the title."),
        "@": _("No person “%(typed)s” in %(project)s. It stays in the title."),
        "!": _("“%(typed)s” is no priority: !urgent, !high, !normal or !low."),
        "^": _("“%(typed)s” is no day: ^today, ^friday, ^30.11 or ^+3."),
        "/": _("No project “%(typed)s” that you can add to. It stays in the title."),
    }[mark]
