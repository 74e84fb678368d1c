"""HTML that a page prints a hundred times over, at the price of rendering it once.

The template stays the only place that says how it looks. `Mould` renders it once with slots
and fills them in; `kept` remembers what comes out for the same values, from page to page and
from reader to reader.
"""

import re
import sys
from collections.abc import Callable, Hashable
from typing import Any

from django.db.models import Model
from django.template.loader import get_template
from django.utils.safestring import SafeString

KNOWN_BYTES = 1_500  # of what a line of a list is known by: its values
SLOT = re.compile("\ue000(\\w+)\ue001")


def slot(name: str) -> SafeString:
    """Return what stands in a template's context where a value will be filled in."""
    return SafeString(f"\ue000{name}\ue001")


class Mould:
    """A template rendered with `slot`s. What it decides by, `{% if %}`, is decided then."""

    def __init__(self, template: str, context: dict[str, Any]) -> None:
        # Texts, and between each two of them the name of a slot.
        self.parts = SLOT.split(get_template(template).render(context))
        self.names = self.parts[1::2]

    def filled(self, **values: str) -> str:
        """Return the HTML with these values, which are HTML already: escape what people wrote."""
        pieces = self.parts.copy()
        pieces[1::2] = [values[name] for name in self.names]
        return "".join(pieces)


class Shelf:
    """Pieces of HTML by what they are made of, for as long as the process lives.

    They have no end of their own: a piece that nobody asks for again stays until there are
    ``most`` of them or ``most_bytes``, names and HTML. Then all go at once and are made anew.
    """

    def __init__(self, most: int = 20_000, most_bytes: int = 32 * 2**20) -> None:
        self.most, self.most_bytes = most, most_bytes
        self.pieces: dict[Hashable, SafeString] = {}
        self.bytes = 0

    def piece(self, known: Hashable, make: Callable[[], str]) -> SafeString:
        """Return the piece for ``known``; make it when the process has not, or no longer.

        Everybody with the same ``known`` gets it. So it names all that the piece is made of:
        the language, what differs between readers, and texts, not rows: those change and stay
        equal, and are refused.
        """
        found = self.pieces.get(known)  # in one step: another thread may clear them
        if found is None:
            if _has_row(known):
                raise TypeError(f"Name what a piece shows, not the row it is from: {known!r}")
            found = SafeString(make())
            self._keep(known, found)
        return found

    def clear(self) -> None:
        self.pieces.clear()
        self.bytes = 0

    def _keep(self, known: Hashable, piece: SafeString) -> None:
        size = sys.getsizeof(piece) + KNOWN_BYTES
        if len(self.pieces) >= self.most or self.bytes + size > self.most_bytes:
            self.clear()
        self.pieces[known] = piece
        self.bytes += size


def _has_row(known: Hashable) -> bool:
    return isinstance(known, Model) or (isinstance(known, tuple) and any(map(_has_row, known)))


shelf = Shelf()
kept = shelf.piece
