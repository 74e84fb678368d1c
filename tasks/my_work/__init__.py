from tasks.my_work.groups import ALL_SHOWN, Group, group_of, names
from tasks.my_work.loading import Work, fill, group, has_finished_any, work_of
from tasks.my_work.mentions import dismiss, mentions
from tasks.my_work.recent import recent
from tasks.my_work.requests import my_requests, new_requests

__all__ = [
    "ALL_SHOWN",
    "Group",
    "Work",
    "dismiss",
    "fill",
    "group",
    "group_of",
    "has_finished_any",
    "mentions",
    "my_requests",
    "names",
    "new_requests",
    "recent",
    "work_of",
]
