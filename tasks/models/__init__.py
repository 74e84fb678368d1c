from tasks.models.activity import Activity
from tasks.models.comment import Attachment, Comment
from tasks.models.project import Membership, Project, Status
from tasks.models.task import Request, Task

__all__ = [
    "Activity",
    "Attachment",
    "Comment",
    "Membership",
    "Project",
    "Request",
    "Status",
    "Task",
]
