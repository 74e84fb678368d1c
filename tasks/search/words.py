"""The words of a text as search sees them: without case, accents and punctuation.

Ours and not the database's, so that PostgreSQL and SQLite find the same.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import islice

LONGEST = 64  # letters of a word that count; a longer one is found by its beginning
ASKED = 12  # words of a question that count
TYPED = 400  # letters of a question that are looked at
# A tsvector holds less than 1 MB. A word of 64 letters may take 256 bytes.
MOST_BYTES = 400_000

# Letters that no decomposition turns into plain ones.
PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
WORD = re.compile(r"[^\W_]+")


def normal(text: str) -> str:
    """Return ``text`` in lower case and without accents: "Ärger" as "arger"."""
    if text.isascii():
        return text.lower()
    # Twice: folding the case may put accents together that were apart.
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(c for c in folded if not unicodedata.category(c).startswith("M"))
    return plain.translate(PLAIN)


def words(text: str) -> Iterator[str]:
    """Yield the words of ``text``, as often as they stand there."""
    for match in WORD.finditer(normal(text)):
        yield match[0][:LONGEST]


def asked_words(question: str) -> list[str]:
    """Return the different words of what somebody typed, in its order, at most ASKED."""
    return list(islice(dict.fromkeys(words(question[:TYPED])), ASKED))


def weighed(parts: Iterable[tuple[str, str]]) -> list[tuple[str, str, int]]:
    """Return the different words of ``parts``: [(word, weight, place), …].

    ``parts`` is [("A", "the title"), ("C", "the text"), …], the weightiest first: a word
    counts where it first stands.
    """
    found: dict[str, tuple[str, int]] = {}
    place = size = 0
    for weight, text in parts:
        for word in words(text):
            place += 1
            if word in found:
                continue
            size += len(word.encode()) + 1
            if size > MOST_BYTES:
                return [(w, *at) for w, at in found.items()]
            found[word] = (weight, place)
    return [(w, *at) for w, at in found.items()]
