"""What people can do with tasks. Each function asks `permissions`, changes rows in one
transaction, and leaves history and e-mails to the models and the Activity signal.

Tasks are handed in from a query that already hides what the person may not see.
"""

from tasks.services.bin import archive_task, delete_task, purge, restore_task
from tasks.services.labels import (
    catch_up,
    delete_label,
    has_many_tasks,
    why_not_change_label,
    why_not_delete_label,
)
from tasks.services.many import Outcome, change_many, undo, undoable
from tasks.services.members import (
    add_member,
    change_member,
    keeping_a_manager,
    leave_project,
    remove_member,
    take_charge,
    undo_removal,
    why_not_lower,
)
from tasks.services.move import move_to_project
from tasks.services.place import place_task
from tasks.services.requests import (
    accept_request,
    decline_request,
    merge_request,
    open_request,
    snooze_request,
    wake_request,
)
from tasks.services.saved_views import change_view, delete_view, require_change, save_view
from tasks.services.setup import (
    delete_project,
    delete_status,
    place_status,
    why_needed,
    why_not_delete,
    why_not_delete_project,
)
from tasks.services.structure import (
    add_items,
    create_label,
    delete_item,
    move_item,
    promote_item,
    relate,
    rename_item,
    tick_item,
    unrelate,
    watch_task,
)
from tasks.services.talk import (
    add_attachment,
    add_comment,
    delete_row,
    edit_comment,
    reply_as_requester,
    resolve_comment,
    restore_row,
)
from tasks.services.work import (
    EDITABLE,
    change_task,
    complete_task,
    create_task,
    move_task,
    reopen_task,
    set_collaborators,
    set_labels,
    set_parent,
)

__all__ = [
    "EDITABLE",
    "Outcome",
    "accept_request",
    "add_attachment",
    "add_comment",
    "add_items",
    "add_member",
    "archive_task",
    "catch_up",
    "change_many",
    "change_member",
    "change_task",
    "change_view",
    "complete_task",
    "create_label",
    "create_task",
    "decline_request",
    "delete_item",
    "delete_label",
    "delete_project",
    "delete_row",
    "delete_status",
    "delete_task",
    "delete_view",
    "edit_comment",
    "has_many_tasks",
    "keeping_a_manager",
    "leave_project",
    "merge_request",
    "move_item",
    "move_task",
    "move_to_project",
    "open_request",
    "place_status",
    "place_task",
    "promote_item",
    "purge",
    "relate",
    "remove_member",
    "rename_item",
    "reopen_task",
    "reply_as_requester",
    "require_change",
    "resolve_comment",
    "restore_row",
    "restore_task",
    "save_view",
    "set_collaborators",
    "set_labels",
    "set_parent",
    "snooze_request",
    "take_charge",
    "tick_item",
    "undo",
    "undo_removal",
    "undoable",
    "unrelate",
    "wake_request",
    "watch_task",
    "why_needed",
    "why_not_change_label",
    "why_not_delete",
    "why_not_delete_label",
    "why_not_delete_project",
    "why_not_lower",
]
