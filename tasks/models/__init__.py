from tasks.models.activity import Activity
from tasks.models.comment import Attachment, Comment
from tasks.models.project import Membership, Project, Status
from tasks.models.project_role import ProjectRole
from tasks.models.task import Request, Task

__all__ = [
    "Activity",
    "Attachment",
    "Comment",
    "Membership",
    "Project",
    "ProjectRole",
    "Request",
    "Status",
    "Task",
]
