"""Small things pages need to show people."""

from django import template

register = template.Library()


@register.filter
def initials(name: str) -> str:
    """Return the first letters of a name's first and last word: "MC" of "Mei-Ling Chan"."""
    words = name.split()
    return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper()
