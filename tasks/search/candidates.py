"""Which tasks hold the words: at most a thousand, at a cost that does not grow with the table.

PostgreSQL answers a rare word from the index of words. For a common one that index is a
trap: it is read to its end before the first row comes, 0.2 s for 100,000 matches. So the
latest 1,000 entries are asked first how common the words are, and where they are, the latest
4,000 or somewhat more are looked through instead. What was left out is said.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, Value
from django.db.models.functions import StrIndex

from tasks.models import SearchEntry
from tasks.models.search import marker

MARKERS = 50  # projects whose markers one question may hold


@dataclass(frozen=True)
class Limits:
    """What one search may cost."""

    most: int = 1000  # candidates
    sample: int = 1000  # latest entries that are asked how common the words are
    common: float = 0.006  # share of entries from which on the latest are looked through
    many: int = 5000  # matches below which the index of words serves well anyway
    enough: int = 100  # matches that the latest entries should hold
    latest: int = 4000  # entries that are looked through for common words
    deepest: int = 16_000  # the same, when they hold too few matches


USUAL = Limits()


@dataclass(frozen=True)
class Reach:
    """The entries one person may find: all, those of some projects, those of some tasks."""

    everything: bool = False
    team: frozenset[UUID] = frozenset()  # projects in which they read what the team says
    everyone: frozenset[UUID] = frozenset()  # projects they read without that
    tasks: tuple[UUID, ...] = ()  # tasks they have a part in, elsewhere

    def narrowed(self, project_id: UUID, tasks: Collection[UUID]) -> "Reach":
        """Return the part of it that lies in one project; ``tasks`` as above, of that project."""
        only = frozenset({project_id})
        if self.everything:
            return Reach(team=only)
        return Reach(team=self.team & only, everyone=self.everyone & only, tasks=tuple(tasks))

    @property
    def projects(self) -> list[UUID]:
        return sorted(self.team | self.everyone)


class Candidate(NamedTuple):
    """Sorts by how well it fits, then by how late it changed."""

    rank: float
    changed_at: datetime
    task_id: UUID


def candidates(
    words: list[str], reach: Reach, limits: Limits = USUAL
) -> tuple[list[Candidate], bool]:
    """Return what holds every word of ``words``, best first, and whether some are left out.

    A word is held by a task in which some word begins with it.
    """
    if not words:
        return [], False
    if connection.vendor == "postgresql":
        found, more = Postgres(words, reach, limits).found()
    else:
        found, more = _plain(words, reach, limits)
    best = sorted(found, reverse=True)
    return best[: limits.most], more or len(best) > limits.most


# Any database -------------------------------------------------------------------------------


def _plain(words: list[str], reach: Reach, limits: Limits) -> tuple[set[Candidate], bool]:
    """Read the texts one by one. The earlier the words stand, the weightier: titles first."""
    places = {f"place{n}": StrIndex(F("words"), Value(f" {word}")) for n, word in enumerate(words)}
    held = {f"{name}__gt": 0 for name in places}
    rows = SearchEntry.objects.filter(_readable(reach)).annotate(**places).filter(**held)
    rows = rows.order_by("-changed_at").values_list("changed_at", "task_id", *places)
    hits = [
        Candidate(round(1 / math.log2(1 + sum(at)), 3), changed_at, task_id)
        for changed_at, task_id, *at in rows[: limits.most + 1]
    ]
    return set(hits[: limits.most]), len(hits) > limits.most


def _readable(reach: Reach) -> Q:
    if reach.everything:
        return Q(for_team=True)
    theirs = Q(project__in=reach.everyone) | Q(task__in=reach.tasks)
    return Q(project__in=reach.team, for_team=True) | theirs & Q(for_everyone=True)


# PostgreSQL ---------------------------------------------------------------------------------

# Written by hand for MATERIALIZED and LATERAL: without them the planner is free to walk the
# index of dates for a rare word, or to read the index of words for a common one.
COLUMNS = "task_id, changed_at, words"
RANKED = "SELECT round(ts_rank(words, %(words)s::tsquery)::numeric, 3)::float8, changed_at, task_id"
BY_INDEX = f"""
WITH found AS MATERIALIZED (
  SELECT {COLUMNS} FROM tasks_searchentry WHERE words @@ %(query)s::tsquery AND {{readable}}
  LIMIT %(most)s
) {RANKED} FROM found"""  # noqa: S608 - made of our own words; values are bound
AMONG_LATEST = f"""
WITH latest AS MATERIALIZED ({{latest}}), found AS MATERIALIZED (
  SELECT * FROM latest WHERE words @@ %(words)s::tsquery ORDER BY changed_at DESC LIMIT %(most)s
) {RANKED} FROM found"""  # noqa: S608 - the same
OF_ALL = f"""
SELECT {COLUMNS} FROM tasks_searchentry WHERE for_team
ORDER BY changed_at DESC LIMIT %(latest)s"""  # noqa: S608 - the same
OF_EACH = f"""
SELECT entry.* FROM unnest(%(projects)s::uuid[]) AS project CROSS JOIN LATERAL (
  SELECT {COLUMNS} FROM tasks_searchentry
  WHERE project_id = project
  AND CASE WHEN project = ANY(%(team)s::uuid[]) THEN for_team ELSE for_everyone END
  ORDER BY changed_at DESC LIMIT %(latest)s
) AS entry"""  # noqa: S608 - the same
HOW_COMMON = """
SELECT (SELECT reltuples FROM pg_class WHERE oid = 'tasks_searchentry'::regclass),
  (SELECT count(*) FROM (
    SELECT words FROM tasks_searchentry ORDER BY changed_at DESC LIMIT %(sample)s
  ) AS latest WHERE words @@ %(words)s::tsquery)"""
HOW_MANY = """
SELECT count(*) FROM (
  SELECT 1 FROM tasks_searchentry WHERE project_id = ANY(%(projects)s::uuid[]) LIMIT %(latest)s
) AS theirs"""
OF_PROJECTS = (
    "(project_id = ANY(%(team)s::uuid[]) AND for_team"
    " OR project_id = ANY(%(everyone)s::uuid[]) AND for_everyone)"
)
OF_TASKS = "task_id = ANY(%(tasks)s::uuid[]) AND for_everyone"


class Postgres:
    """One search for ``words``."""

    def __init__(self, words: list[str], reach: Reach, limits: Limits) -> None:
        # Only letters and digits get here. The quotes keep them one word each.
        self.query = " & ".join(f"'{word}':*" for word in words)
        self.reach = reach
        self.limits = limits

    def found(self) -> tuple[set[Candidate], bool]:
        found: set[Candidate] = set()
        more = False
        if self.reach.everything or self.reach.projects:
            found, more = self._of_projects()
        if self.reach.tasks:
            own, rest = self._by_index(self.query, OF_TASKS, tasks=list(self.reach.tasks))
            found, more = found | own, more or rest
        return found, more

    def _of_projects(self) -> tuple[set[Candidate], bool]:
        if (share := self._share()) >= self.limits.common:
            return self._among_latest(int(self.limits.enough / share))
        found, more = self._through_index()
        if not more:
            return found, False
        # They came in no order: the latest must be among them.
        latest, more = self._among_latest()
        return found | latest, more

    def _share(self) -> float:
        """Return which part of all entries matches; 0 where that is not many."""
        ((entries, hits),) = self._rows(HOW_COMMON, sample=self.limits.sample)
        share = hits / self.limits.sample
        return share if share * entries > self.limits.many else 0

    def _through_index(self) -> tuple[set[Candidate], bool]:
        if self.reach.everything:
            return self._by_index(self.query, "for_team")
        query = self.query
        if len(self.reach.projects) <= MARKERS:
            markers = [marker(pk, team=True) for pk in self.reach.team]
            markers += [marker(pk, team=False) for pk in self.reach.everyone]
            query += " & ({})".format(" | ".join(f"'{one}'" for one in markers))
        return self._by_index(query, OF_PROJECTS)

    def _by_index(self, query: str, readable: str, **values: Any) -> tuple[set[Candidate], bool]:
        most = self.limits.most
        rows = self._rows(BY_INDEX.format(readable=readable), query=query, most=most + 1, **values)
        return {Candidate(*row) for row in rows[:most]}, len(rows) > most

    def _among_latest(self, wanted: int = 0) -> tuple[set[Candidate], bool]:
        """Return the matches among the latest entries, and whether there are earlier ones."""
        limits, most = self.limits, self.limits.most
        latest = max(limits.latest, min(wanted, limits.deepest))
        if self.reach.everything:
            sql, each, rest = OF_ALL, latest, True
        else:
            projects = self.reach.projects
            ((entries,),) = self._rows(HOW_MANY, latest=latest + 1)
            rest = entries > latest
            sql, each = OF_EACH, max(1, latest // len(projects)) if rest else latest
        rows = self._rows(AMONG_LATEST.format(latest=sql), latest=each, most=most)
        return {Candidate(*row) for row in rows}, rest or len(rows) == most

    def _rows(self, sql: str, **values: Any) -> list[tuple]:
        always = {
            "words": self.query,
            "projects": self.reach.projects,
            "team": sorted(self.reach.team),
            "everyone": sorted(self.reach.everyone),
        }
        with connection.cursor() as cursor:
            cursor.execute(sql, always | values)
            return cursor.fetchall()
