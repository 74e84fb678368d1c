"""Cells of spreadsheets: what a person reads, and nothing a spreadsheet would run."""

import re
from datetime import datetime
from typing import Any

from django.utils import timezone

# The last four are the wide signs of East Asian keyboards, which Excel takes for the narrow ones.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# XLSX is XML: these cannot stand in it at all.
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def safe_cell(value: Any) -> Any:
    """Return ``value`` for a cell of CSV or XLSX.

    Instants become local times without a zone, which is what spreadsheets know. Text that
    a spreadsheet would take for a formula gets an apostrophe in front. Numbers and dates stay.
    """
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    if value is None or value == "-":  # modeladmin's sign for an empty cell
        return ""
    if not isinstance(value, str):
        return value if isinstance(value, int | float) or hasattr(value, "year") else _text(value)
    return _text(value)


def _text(value: Any) -> str:
    text = CONTROL_CHARACTERS.sub("", str(value))
    # Some programs skip spaces before they look for a formula.
    runs = text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS)
    return f"'{text}" if runs else text
