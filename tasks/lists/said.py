"""What is said of a change of many tasks: how many there were, and what became of them."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

CHANGED = ngettext_lazy("%(n)d task changed", "%(n)d tasks changed", "n")
MOVED = ngettext_lazy("%(n)d task moved", "%(n)d tasks moved", "n")
ARCHIVED = ngettext_lazy("%(n)d task is archived", "%(n)d tasks are archived", "n")
UNARCHIVED = ngettext_lazy(
    "%(n)d task is out of the archive", "%(n)d tasks are out of the archive", "n"
)
IN_BIN = ngettext_lazy("%(n)d task is in the bin", "%(n)d tasks are in the bin", "n")
RESTORED = ngettext_lazy(
    "%(n)d task is back, in its place", "%(n)d tasks are back, in their place", "n"
)


def done(words: Promise, *, changed: int, along: int, same: int) -> str:
    """Return ``words`` of what ``changed``; ``along`` went with these, ``same`` were so before."""
    if not changed:
        return _("Nothing had to be changed: they are so already.")
    n = changed + along
    said = words % {"n": n} + (_(", subtasks included") if along else "")
    if same:
        said += ngettext(", %(n)d was so already", ", %(n)d were so already", same) % {"n": same}
    return f"{said}."
