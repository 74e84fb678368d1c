from django.urls import path, register_converter

from tasks.detail.properties import PROPERTIES
from tasks.lists.bulk import ACTIONS
from tasks.views import (
    actions,
    board,
    bulk,
    checklist,
    comments,
    detail,
    files,
    lists,
    members,
    project_files,
    projects,
    properties,
    quick,
    requests,
    saved_views,
    search,
    structure,
    talk,
    texts,
    trash,
    triage,
    undo,
    work,
    write,
)


class ProjectKey:
    """REP: a project's key. Anything else in its place is no address of ours.

    Small letters are understood too: `former_keys` leads from them to the real address.
    """

    regex = "[A-Za-z][A-Za-z0-9]{1,7}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class TaskKey(ProjectKey):
    """REP-12: nine digits at most, so that the number fits the database's integer."""

    regex = "[A-Za-z][A-Za-z0-9]{1,7}-[1-9][0-9]{0,8}"


class Property:
    """due: one of the properties that are edited in place."""

    regex = "|".join(PROPERTIES)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class BinKind(ProjectKey):
    regex = "task|comment|file"


register_converter(BinKind, "bin_kind")


class BulkAction(ProjectKey):
    """status: one of the things that can be done to many tasks at once."""

    regex = "|".join(ACTIONS)


register_converter(BulkAction, "bulk_action")
register_converter(ProjectKey, "project_key")
register_converter(TaskKey, "task_key")
register_converter(Property, "property")

app_name = "tasks"
urlpatterns = [
    path("work/", work.my_work, name="my-work"),
    path("work/mentions/<uuid:pk>/dismiss/", work.dismiss, name="dismiss-mention"),
    path("work/new/", write.new, name="new"),
    path("work/quick-add/", quick.quick_add, name="quick-add"),
    path("work/quick-add/preview/", quick.preview, name="quick-add-preview"),
    path("work/undo/", undo.undo, name="undo"),
    path("work/search/", search.search, name="search"),
    # A project
    path("projects/", projects.project_list, name="project-list"),
    path("projects/<project_key:key>/", lists.task_list, name="list"),
    path("projects/<project_key:key>/overview/", projects.project_overview, name="overview"),
    path("projects/<project_key:key>/files/", project_files.project_files, name="files"),
    path("projects/<project_key:key>/members/", members.members_page, name="members"),
    path("projects/<project_key:key>/members/leave/", members.leave, name="leave"),
    path("projects/<project_key:key>/members/<uuid:pk>/", members.change, name="member"),
    path(
        "projects/<project_key:key>/members/<uuid:pk>/remove/", members.remove, name="remove-member"
    ),
    path("projects/<project_key:key>/board/", board.board_page, name="board"),
    path("projects/<project_key:key>/board/add/", board.add_card, name="add-card"),
    path("projects/<project_key:key>/triage/", triage.triage, name="triage"),
    path("projects/<project_key:key>/trash/", trash.trash, name="trash"),
    path(
        "projects/<project_key:key>/trash/<bin_kind:kind>/<uuid:pk>/restore/",
        trash.restore,
        name="restore",
    ),
    path("projects/<project_key:key>/bulk/<bulk_action:action>/", bulk.change, name="bulk"),
    path("projects/<project_key:key>/views/new/", saved_views.save_view, name="save-view"),
    path("projects/<project_key:key>/views/<uuid:pk>/", saved_views.edit_view, name="edit-view"),
    path(
        "projects/<project_key:key>/views/<uuid:pk>/update/",
        saved_views.update_view,
        name="update-view",
    ),
    path(
        "projects/<project_key:key>/views/<uuid:pk>/delete/",
        saved_views.delete_view,
        name="delete-view",
    ),
    path(
        "projects/<project_key:key>/views/<uuid:pk>/restore/",
        saved_views.restore_view,
        name="restore-view",
    ),
    path("projects/<project_key:key>/new/", write.create, name="create"),
    # A task
    path("tasks/preview/", texts.preview, name="preview"),
    path("tasks/names/", texts.names, name="names"),
    path("tasks/<task_key:key>/", detail.task_detail, name="detail"),
    path("tasks/<task_key:key>/edit/", write.edit, name="edit"),
    path("tasks/<task_key:key>/<property:name>/", properties.edit, name="set"),
    path("tasks/<task_key:key>/move/", board.move, name="move"),
    path("tasks/<task_key:key>/suggest/", structure.suggest, name="suggest"),
    path("tasks/<task_key:key>/watch/", structure.watch, name="watch"),
    path("tasks/<task_key:key>/archive/", actions.archive, name="archive"),
    path("tasks/<task_key:key>/delete/", actions.delete, name="delete"),
    path("tasks/<task_key:key>/project/", actions.move_project, name="move-project"),
    path("tasks/<task_key:key>/checklist/", checklist.add, name="checklist"),
    path("tasks/<task_key:key>/checklist/<uuid:pk>/", checklist.rename, name="item"),
    path("tasks/<task_key:key>/checklist/<uuid:pk>/tick/", checklist.tick, name="item-tick"),
    path("tasks/<task_key:key>/checklist/<uuid:pk>/move/", checklist.move, name="item-move"),
    path("tasks/<task_key:key>/checklist/<uuid:pk>/delete/", checklist.delete, name="item-delete"),
    path(
        "tasks/<task_key:key>/checklist/<uuid:pk>/promote/", checklist.promote, name="item-promote"
    ),
    path("tasks/<task_key:key>/subtasks/", structure.add_subtask, name="subtasks"),
    path("tasks/<task_key:key>/subtasks/tick/", structure.tick_subtask, name="subtask-tick"),
    path("tasks/<task_key:key>/relations/", structure.relate, name="relations"),
    path(
        "tasks/<task_key:key>/relations/<uuid:pk>/delete/",
        structure.unrelate,
        name="relation-delete",
    ),
    path("tasks/<task_key:key>/complete/", talk.complete, name="complete"),
    path("tasks/<task_key:key>/reopen/", talk.reopen, name="reopen"),
    path("tasks/<task_key:key>/comment/", comments.comment, name="comment"),
    path("tasks/<task_key:key>/feed/", comments.feed, name="feed"),
    path("comments/<uuid:pk>/reply/", comments.reply, name="reply"),
    path("comments/<uuid:pk>/edit/", comments.edit_comment, name="edit-comment"),
    path("comments/<uuid:pk>/delete/", comments.delete_comment, name="delete-comment"),
    path("comments/<uuid:pk>/resolve/", comments.resolve_comment, name="resolve-comment"),
    path("comments/<uuid:pk>/versions/", comments.comment_versions, name="comment-versions"),
    path("tasks/<task_key:key>/attach/", talk.attach, name="attach"),
    path("tasks/<task_key:key>/accept/", triage.accept, name="accept"),
    path("tasks/<task_key:key>/decline/", triage.decline, name="decline"),
    path("tasks/<task_key:key>/merge/", triage.merge, name="merge"),
    path("tasks/<task_key:key>/snooze/", triage.snooze, name="snooze"),
    path("tasks/<task_key:key>/wake/", triage.wake, name="wake"),
    path("tasks/<task_key:key>/answer/", triage.answer, name="answer"),
    # A file of a task, and a visitor's request
    path("files/<uuid:pk>/", files.attachment, name="attachment"),
    path("files/<uuid:pk>/delete/", files.delete, name="attachment-delete"),
    path("requests/<str:token>/", requests.request_status, name="request-status"),
    path("requests/<str:token>/reply/", requests.request_reply, name="request-reply"),
]
