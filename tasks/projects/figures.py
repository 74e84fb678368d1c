"""Pictures of figures: from counts to the geometry of an SVG. Nothing here asks the database.

Lengths are texts ready for attributes: a template would write 12,5 where a language does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

LINES = 5  # at most, across a chart


def text(length: float) -> str:
    """Return a length as SVG wants it: "12.5", and "12" for 12.0."""
    return f"{length:.1f}".removesuffix(".0")


def step(highest: int) -> int:
    """Return the distance of the lines of a chart up to ``highest``: 1, 2, 5, 10, 20, 50, …"""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if factor * size * (LINES - 1) >= highest:
                return factor * size
        size *= 10


@dataclass(frozen=True)
class Line:
    """A line across a chart, and the number before it."""

    value: int
    y: str
    label_y: str

    @property
    def words(self) -> str:
        """Return the number as there is room for it: "500", "1.5k"."""
        return str(self.value) if self.value < 1000 else f"{self.value / 1000:g}k"


@dataclass(frozen=True)
class Scale:
    """How counts from 0 to ``top`` lie between the heights ``bottom`` and ``ceiling``."""

    top: int
    by: int
    ceiling: float
    bottom: float

    @classmethod
    def for_counts(cls, counts: Iterable[int], ceiling: float, bottom: float) -> "Scale":
        highest = max([*counts, 1])
        by = step(highest)
        return cls(-(-highest // by) * by, by, ceiling, bottom)

    def y(self, count: float) -> float:
        return self.bottom - (self.bottom - self.ceiling) * count / self.top

    @property
    def lines(self) -> list[Line]:
        values = range(0, self.top + 1, self.by)
        return [Line(n, text(self.y(n)), text(self.y(n) + 4)) for n in values]


@dataclass(frozen=True)
class Arc:
    hue: str  # "" for the accent
    dash: str


@dataclass(frozen=True)
class Donut:
    """A ring that closes as things get done; the arcs lie on each other, the longest below."""

    done: int
    total: int
    percent: int
    arcs: list[Arc]


def donut(done: int, total: int, others: Sequence[tuple[str, int]]) -> Donut:
    """Return the ring of ``done`` of ``total``, and behind it ``others``: hue and count."""
    arcs, sum_so_far = [Arc("", _dash(done, total))], done
    for hue, count in others:
        sum_so_far += count
        if count:
            arcs.append(Arc(hue, _dash(sum_so_far, total)))
    # Rounded down: 100 % is all of them.
    return Donut(done, total, 100 * done // total if total else 0, arcs[::-1])


def _dash(count: int, total: int) -> str:
    return f"{text(100 * count / total) if total else 0} 100"


@dataclass(frozen=True)
class Bar:
    x: str
    y: str
    height: str


@dataclass(frozen=True)
class Pair:
    """Two bars of one week."""

    start: date
    first: Bar
    second: Bar
    label_x: str


@dataclass(frozen=True)
class Bars:
    lines: list[Line]
    pairs: list[Pair]


WIDTH, GAP = 15, 3  # of a bar, between the two


def bars(weeks: Sequence[tuple[date, int, int]]) -> Bars:
    """Return two bars for each week, in a picture of 560 by 200."""
    scale = Scale.for_counts((n for _start, *both in weeks for n in both), 20, 170)
    pairs = []
    for number, (start, first, second) in enumerate(weeks):
        left = 34 + number * 528 / max(len(weeks), 1)
        pairs.append(
            Pair(
                start,
                _bar(scale, left, first),
                _bar(scale, left + WIDTH + GAP, second),
                text(left + WIDTH + GAP / 2),
            )
        )
    return Bars(scale.lines, pairs)


def _bar(scale: Scale, x: float, count: int) -> Bar:
    y = scale.y(count)
    return Bar(text(x), text(y), text(scale.bottom - y))


@dataclass(frozen=True)
class Month:
    start: date
    x: str


@dataclass(frozen=True)
class BurnUp:
    """Two lines over weeks: how much there is, and how much of it is done."""

    lines: list[Line]
    months: list[Month]
    scope: str  # the d of a path
    done: str
    area: str
    end: tuple[str, str]
    scope_label_y: str
    done_label_y: str


def burn_up(weeks: Sequence[tuple[date, int, int]]) -> BurnUp:
    """Return the lines through (week, scope, done), at least two, in a picture of 445 by 206."""
    scale = Scale.for_counts((scope for _start, scope, _done in weeks), 20, 176)
    across = [34 + n * 401.5 / (len(weeks) - 1) for n in range(len(weeks))]
    scope = _path((x, scale.y(week[1])) for x, week in zip(across, weeks, strict=True))
    done = _path((x, scale.y(week[2])) for x, week in zip(across, weeks, strict=True))
    scope_y, done_y = scale.y(weeks[-1][1]), scale.y(weeks[-1][2])
    # The words stand above their line, and never on the other's.
    scope_label = max(scope_y - 10, 12)
    done_label = done_y - 14 if done_y - scope_y > 34 else done_y + 20
    return BurnUp(
        lines=scale.lines,
        months=_months(weeks, across),
        scope=scope,
        done=done,
        area=f"{done}L{text(across[-1])} 176L34 176z",
        end=(text(across[-1]), text(done_y)),
        scope_label_y=text(scope_label),
        done_label_y=text(min(done_label, 172)),
    )


def _path(points: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{text(x)} {text(y)}" for x, y in points)


def _months(weeks: Sequence[tuple[date, int, int]], across: Sequence[float]) -> list[Month]:
    """Return the first week of each month, without those that would touch the one before."""
    found: list[tuple[float, date]] = []
    for x, (start, _scope, _done) in zip(across, weeks, strict=True):
        if found and start.month == found[-1][1].month:
            continue
        if found and x - found[-1][0] < 45:
            found.pop()
        found.append((x, start))
    return [Month(start, text(x)) for x, start in found if x < 410]
