from tasks.quick_add.form import QuickAddForm
from tasks.quick_add.known import Known
from tasks.quick_add.line import LineField, read_line, understood
from tasks.quick_add.parsing import LIMIT, Draft, parse
from tasks.quick_add.saving import create, save

__all__ = [
    "LIMIT",
    "Draft",
    "Known",
    "LineField",
    "QuickAddForm",
    "create",
    "parse",
    "read_line",
    "save",
    "understood",
]
