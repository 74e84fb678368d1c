"""HTML that a page prints a hundred times over, at the price of rendering it once.

The template stays the only place that says how it looks. `Mould` renders it once with slots
and fills them in; `kept` remembers what comes out for the same values, from page to page.
"""

import re
from collections.abc import Callable, Hashable
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString

MOST = 20_000  # pieces that one process keeps
SLOT = re.compile("\ue000(\\w+)\ue001")
_pieces: dict[Hashable, SafeString] = {}


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


def kept(known: Hashable, make: Callable[[], str]) -> SafeString:
    """Return the piece for ``known``; make it when the process has not, or no longer.

    ``known`` names all that the piece is made of: texts, not the ids of rows that may change.
    """
    if known not in _pieces:
        if len(_pieces) >= MOST:
            _pieces.clear()
        _pieces[known] = SafeString(make())
    return _pieces[known]
