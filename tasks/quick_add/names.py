"""Find the one thing that somebody means by a short name."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar

Named = TypeVar("Named")

SHORTEST = 2  # letters that may stand for a longer name
# Letters that Unicode does not take apart, and that people without the key type like this.
PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})


class Ambiguous(Exception):
    """Several things go by this name. Holds what they are called, for the hint."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = sorted(names)
        super().__init__(", ".join(self.names))


def fold(text: str) -> str:
    """Return ``text`` without case and accents, its words joined: "Mei-Ling Chan" -> "mei-ling-chan"."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(PLAIN))
    letters = "".join(c for c in apart if not unicodedata.combining(c) and c not in "'’`")
    return "-".join(re.findall(r"[^\W_]+", letters))


def find(
    name: str, rows: Iterable[Named], *, called: Callable[[Named], Iterable[str]]
) -> Named | None:
    """Return the one of ``rows`` that goes by ``name``, or None.

    ``called`` gives a row's names, the strongest first. A whole name beats the beginning of
    one, and a stronger name a weaker. Raises Ambiguous when the best match is not the only one.
    """
    wanted = fold(name)
    if not wanted:
        return None
    best, found = None, []
    for row in rows:
        rank = _rank(wanted, [fold(str(each)) for each in called(row)])
        if rank is None or (best is not None and rank > best):
            continue
        if rank != best:
            best, found = rank, []
        found.append(row)
    if len(found) > 1:
        raise Ambiguous(str(row) for row in found)
    return found[0] if found else None


def _rank(wanted: str, names: list[str]) -> tuple[int, int] | None:
    if wanted in names:
        return 0, names.index(wanted)
    if len(wanted) < SHORTEST:
        return None
    for place, name in enumerate(names):
        if name.startswith(wanted):
            return 1, place
    return None


def person_names(person: object) -> list[str]:
    """Return what somebody is called: the full name, the first name, any of their names."""
    full = str(person)
    return [full, *full.split()]
