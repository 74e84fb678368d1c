from tasks.models.activity import Activity, one_change
from tasks.models.attachment import Attachment
from tasks.models.checklist import ChecklistItem
from tasks.models.comment import Comment
from tasks.models.label import Label, LabelWork
from tasks.models.membership import Membership
from tasks.models.people import Collaborator, Mention, Watch
from tasks.models.project import Project, ProjectKey
from tasks.models.project_role import ProjectRole
from tasks.models.relation import Relation
from tasks.models.request import Request
from tasks.models.search import SearchEntry
from tasks.models.status import Hue, Status
from tasks.models.task import Task, TaskAlias, TaskLabel
from tasks.models.versioned import Conflict
from tasks.models.view import SavedView

__all__ = [
    "Activity",
    "Attachment",
    "ChecklistItem",
    "Collaborator",
    "Comment",
    "Conflict",
    "Hue",
    "Label",
    "LabelWork",
    "Membership",
    "Mention",
    "Project",
    "ProjectKey",
    "ProjectRole",
    "Relation",
    "Request",
    "SavedView",
    "SearchEntry",
    "Status",
    "Task",
    "TaskAlias",
    "TaskLabel",
    "Watch",
    "one_change",
]
