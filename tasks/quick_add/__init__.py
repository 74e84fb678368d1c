from tasks.quick_add.form import QuickAddForm
from tasks.quick_add.known import Known
from tasks.quick_add.parsing import LIMIT, Draft, parse
from tasks.quick_add.saving import save

__all__ = ["LIMIT", "Draft", "Known", "QuickAddForm", "parse", "save"]
