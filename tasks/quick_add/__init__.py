from tasks.quick_add.known import Known
from tasks.quick_add.parsing import LIMIT, Draft, parse

__all__ = ["LIMIT", "Draft", "Known", "parse"]
