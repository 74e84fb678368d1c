"""Cards: what the board shows of a task, ready to print.

A board prints a hundred of them. So they are read as plain values, with their labels and
owners, in one query, and the HTML of a card is kept by all of them. What has to be made is put
together from what many cards share (an owner's picture, a label, a due date), in a mould.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, JSONObject
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portal.json_list import JSONList
from portal.mould import Mould, kept, slot
from portal.templatetags.portal_tags import day, iso
from portal.written import Alike, Statement
from tasks import permissions
from tasks.models import Collaborator, Project, Status, Task, TaskLabel
from tasks.models.task_queries import TaskQuerySet

TILE = "components/tile.html"
SLOTS = ("key", "url", "title", "signs", "facts", "labels")  # what differs in each card
FIELDS = (
    *("pk", "number", "title", "status_id", "position", "closed_at", "priority", "due_on"),
    *("due_at", "checklist_count", "checklist_done", "blocker_count", "comment_count"),
    *("team_comment_count", "owner_id", "reviewer_id"),
)
OWNER = ("display_name", "email", "avatar")
OWNED = tuple(f"owner__{name}" for name in OWNER)
NAMES = (*FIELDS, *OWNED, "helps", "named")
value = {name: itemgetter(number) for number, name in enumerate(NAMES)}
_alike = Alike()


@dataclass(eq=False)
class Card:
    """One card: the values that were read of a task, and what they look like to its reader."""

    printer: "Printer"
    values: tuple[Any, ...]  # by NAMES
    above: str | None = None  # of a card just moved: the key of the one above it
    focus: bool = False  # the first of those just loaded

    pk = property(lambda card: value["pk"](card.values))
    title = property(lambda card: value["title"](card.values))
    status_id = property(lambda card: value["status_id"](card.values))
    position = property(lambda card: value["position"](card.values))
    closed_at = property(lambda card: value["closed_at"](card.values))

    @property
    def ended(self) -> bool:
        return self.closed_at is not None

    @property
    def movable(self) -> bool:
        return self.printer.movable(self.values)

    @cached_property
    def texts(self) -> dict[str, str]:
        """Return what differs in each card, by SLOTS, as HTML."""
        return self.printer.texts(dict(zip(NAMES, self.values, strict=True)))

    @property
    def html(self) -> SafeString:
        return self.printer.html(self)


class Printer:
    """Reads and prints the cards of one project for one reader."""

    def __init__(self, project: Project, user: AbstractBaseUser) -> None:
        self.project, self.user = project, user
        self.granted = permissions.capabilities(user, project)
        self.statuses = {status.pk: status for status in project.statuses.all()}
        self.internal = permissions.INTERNAL in self.granted
        self.minute = timezone.now().replace(second=0, microsecond=0)
        # How names and days are written: part of what each piece is made of.
        self.reading = (get_language(), timezone.get_current_timezone_name(), timezone.localdate())
        # What a card shows beside the values of its task: the same for all, and see `_known`.
        self.around = (*self.reading, project.key, self.internal)
        self._moulds: dict[tuple[bool, ...], Mould] = {}

    @cached_property
    def address(self) -> str:
        """Return the address of a task up to its number: reversing a hundred costs more."""
        return reverse("tasks:detail", args=[f"{self.project.key}-1"]).removesuffix("1/")

    def cards(
        self, statuses: list[Status], part: Callable[[Status], TaskQuerySet], *, alike: bool = False
    ) -> list[Card]:
        """Return the cards of some columns. One query.

        ``part`` returns the tasks of one status, ordered and cut, and asks of a status nothing
        but its id and whether it is ended. ``alike``: nor does it depend on anything else.
        """

        def write() -> Statement | None:
            rows = union_of(statuses, part)
            cards = Statement.of(self._with_columns(Task.everything.order_by()))
            return rows and cards.over(rows, Task._meta.db_table)

        if alike and statuses:
            mover = permissions.MOVE in self.granted
            kind = mover, tuple(status.is_ended for status in statuses)
            ids = [status.pk for status in statuses] + ([] if mover else [self.user.pk])
            rows = _alike.rows(kind, ids, write)
        else:
            statement = write()
            rows = statement.rows() if statement else []
        return [Card(self, values) for values in rows]

    def _with_columns(self, tasks: TaskQuerySet) -> TaskQuerySet:
        helps: Any = Value(False, output_field=models.BooleanField())
        if permissions.MOVE not in self.granted:
            helps = Exists(Collaborator.objects.filter(user=self.user, task=OuterRef("pk")))
        links = TaskLabel.objects.filter(task=OuterRef("pk")).order_by().values("task")
        label = JSONObject(name="label__name", hue="label__hue")
        labels = Subquery(links.annotate(all=JSONList(label)).values("all"))
        # As a text: rows are compared with those before, see `html`.
        named = Cast(labels, models.TextField())
        return tasks.annotate(helps=helps, named=named).values_list(*NAMES)

    def html(self, card: Card) -> SafeString:
        """Return the card; kept by all that was read of it, so that any change makes another."""
        known = "card", self.around, self._known(card), card.values
        return kept(known, lambda: self._mould(card).filled(**card.texts))

    def _known(self, card: Card) -> tuple[Any, ...]:
        """Return what a card shows of its status and its reader, and what the clock changes."""
        category = self.statuses[card.status_id].category
        return category, card.movable, value["due_at"](card.values) and self.minute

    def _mould(self, card: Card) -> Mould:
        labels = value["named"](card.values) is not None
        look = (card.ended, card.movable, labels)
        if look not in self._moulds:
            texts = {name: slot(name) for name in SLOTS if name != "labels" or labels}
            shown = {"texts": texts, "ended": card.ended, "movable": card.movable, "above": None}
            self._moulds[look] = Mould(TILE, {"card": shown})
        return self._moulds[look]

    def texts(self, row: dict[str, Any]) -> dict[str, str]:
        """Return what differs in each card, by SLOTS, as HTML."""
        return {
            "key": f"{self.project.key}-{row['number']}",
            "title": escape(row["title"]),
            "url": f"{self.address}{row['number']}/",
            "signs": self._signs(row),
            "facts": self._facts(row),
            "labels": self._label_line(json.loads(row["named"] or "[]")),
        }

    def _label_line(self, named: list[dict[str, str]]) -> SafeString:
        pairs = sorted((label["name"], label["hue"]) for label in named)
        return self._once("labels", self._labels, *pairs)

    def _signs(self, row: dict[str, Any]) -> SafeString:
        blocked = row["blocker_count"] > 0 and row["closed_at"] is None
        return self._once("signs", self._urgent_or_blocked, row["priority"], blocked)

    def _facts(self, row: dict[str, Any]) -> SafeString:
        talk = row["comment_count"] + (row["team_comment_count"] if self.internal else 0)
        steps = row["checklist_done"], row["checklist_count"]
        owner = (row["owner_id"], *(row[name] for name in OWNED))
        return SafeString(
            self._due(row)
            + (self._once("steps", self._steps, *steps) if steps[1] else "")
            + (self._once("talk", self._talk, talk) if talk else "")
            + self._once("owner", self._owner, *owner)
        )

    def movable(self, values: tuple[Any, ...]) -> bool:
        if permissions.MOVE in self.granted:
            return True
        helps = value["helps"](values)
        own = helps or self.user.pk in (value["owner_id"](values), value["reviewer_id"](values))
        return permissions.MOVE_OWN in self.granted and bool(own)

    def _once(self, what: str, make: Any, *values: Any) -> SafeString:
        return kept((*self.reading, "card", what, *values), lambda: make(*values))

    def _due(self, row: dict[str, Any]) -> SafeString | str:
        if row["closed_at"]:
            done = self.statuses[row["status_id"]].is_done
            on = timezone.localdate(row["closed_at"])
            return self._once("closed", self._closed, on, done)
        if row["due_on"] is None:
            return ""
        # With an hour it is overdue from one minute to the next.
        minute = row["due_at"] and self.minute
        category = self.statuses[row["status_id"]].category
        return self._once("due", self._open_due, row["due_on"], row["due_at"], category, minute)

    @staticmethod
    def _open_due(due_on: Any, due_at: Any, category: str, _minute: Any) -> SafeString:
        task = Task(due_on=due_on, due_at=due_at, status=Status(category=category))
        return _rendered("due", task=task)

    @staticmethod
    def _closed(on: Any, done: bool) -> SafeString:
        words = (_("Done %(day)s") if done else _("Cancelled %(day)s")) % {"day": day(on)}
        return format_html('<time class="ui-due" datetime="{}">{}</time>', iso(on), words)

    @staticmethod
    def _urgent_or_blocked(priority: int, blocked: bool) -> SafeString:
        return _rendered("tile_signs", task=Task(priority=priority), blocked=blocked)

    @staticmethod
    def _steps(done: int, count: int) -> SafeString:
        return _rendered(
            "tile_fact", icon="checklist", before=_("Checklist "), words=f"{done}/{count}"
        )

    @staticmethod
    def _talk(count: int) -> SafeString:
        after = ngettext(" comment", " comments", count)
        return _rendered("tile_fact", icon="comment", words=count, after=after)

    def _owner(self, pk: UUID | None, name: str, email: str, avatar: str) -> SafeString:
        who = get_user_model()(pk=pk, display_name=name, email=email, avatar=avatar) if pk else None
        return _rendered("avatar", who=who, size="sm", user=self.user)

    @staticmethod
    def _labels(*named: tuple[str, str]) -> SafeString:
        return format_html_join("", '<span class="ui-label ui-{1}">{0}</span>', named)


def _rendered(component: str, **context: Any) -> SafeString:
    return SafeString(render_to_string(f"components/{component}.html", context).strip())


def card_of(task: Task, user: AbstractBaseUser) -> Card:
    """Return the card of one task."""
    rows = Task.everything.filter(pk=task.pk)
    return Printer(task.project, user).cards([task.status], lambda status: rows)[0]


def tiles(cards: list[Card]) -> SafeString:
    """Return the cards as HTML."""
    return SafeString(
        "".join(
            render_to_string(TILE, {"card": card})
            if card.above is not None or card.focus
            else card.html
            for card in cards
        )
    )


def union_of(statuses: list[Status], part: Callable[[Status], TaskQuerySet]) -> Statement | None:
    """Return the tasks in ``part`` of each status, ordered and cut by itself: one UNION ALL.

    Each part stops as soon as an index has given it its rows; a window function would read
    every column to its end. Written out, as Django refuses ordered parts on SQLite. What else
    stands on a card is joined outside: in each part it would be planned once more.
    """
    texts, values, compiler = [], [], None
    for one, params in _written(statuses, lambda status: part(status).values("id", *FIELDS[1:])):
        compiler = one.compiler
        texts.append(f"SELECT * FROM ({one.sql}) AS part{len(texts)}")  # noqa: S608 - Django wrote it
        values += params
    return Statement(" UNION ALL ".join(texts), tuple(values), compiler) if compiler else None


def _written(
    statuses: list[Status], part: Callable[[Status], QuerySet]
) -> Iterator[tuple[Statement, list[Any]]]:
    """Yield the statement of each status' part, and its parameters.

    Open columns differ in the status' id only, and so do ended ones. To write the SQL takes
    longer than to run it, so it is written once for each kind, unless a filter names the same
    status.
    """
    written: dict[bool, tuple[Statement, Any]] = {}
    for status in statuses:
        known = written.get(status.is_ended)
        if known is None or known[0].params.count(known[1]) != 1:
            statement = Statement.of(part(status))
            if statement is None:
                continue
            known = written[status.is_ended] = statement, _param(status, statement)
        statement, first = known
        own = _param(status, statement)
        yield statement, [own if param == first else param for param in statement.params]


def _param(status: Status, statement: Statement) -> Any:
    """Return the status' id as it stands among a query's parameters."""
    return Status._meta.pk.get_db_prep_value(status.pk, statement.compiler.connection)
