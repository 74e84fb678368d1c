from django.urls import path, register_converter

from tasks.views import (
    detail,
    files,
    lists,
    properties,
    quick,
    requests,
    talk,
    texts,
    triage,
    undo,
    work,
    write,
)


class ProjectKey:
    """REP: a project's key. Anything else in its place is no address of ours."""

    regex = "[A-Z][A-Z0-9]{1,7}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class TaskKey(ProjectKey):
    """REP-12: nine digits at most, so that the number fits the database's integer."""

    regex = "[A-Z][A-Z0-9]{1,7}-[1-9][0-9]{0,8}"


register_converter(ProjectKey, "project_key")
register_converter(TaskKey, "task_key")

app_name = "tasks"
urlpatterns = [
    path("work/", work.my_work, name="my-work"),
    path("work/new/", write.new, name="new"),
    path("work/quick-add/", quick.quick_add, name="quick-add"),
    path("work/quick-add/preview/", quick.preview, name="quick-add-preview"),
    path("work/undo/", undo.undo, name="undo"),
    # A project
    path("projects/", lists.project_list, name="project-list"),
    path("projects/<project_key:key>/", lists.task_list, name="list"),
    path("projects/<project_key:key>/triage/", triage.triage, name="triage"),
    path("projects/<project_key:key>/new/", write.create, name="create"),
    # A task
    path("tasks/preview/", texts.preview, name="preview"),
    path("tasks/<task_key:key>/", detail.task_detail, name="detail"),
    path("tasks/<task_key:key>/edit/", write.edit, name="edit"),
    path("tasks/<task_key:key>/status/", properties.set_status, name="set-status"),
    path("tasks/<task_key:key>/owner/", properties.set_owner, name="set-owner"),
    path("tasks/<task_key:key>/priority/", properties.set_priority, name="set-priority"),
    path("tasks/<task_key:key>/due/", properties.set_due, name="set-due"),
    path("tasks/<task_key:key>/complete/", talk.complete, name="complete"),
    path("tasks/<task_key:key>/reopen/", talk.reopen, name="reopen"),
    path("tasks/<task_key:key>/comment/", talk.comment, name="comment"),
    path("tasks/<task_key:key>/attach/", talk.attach, name="attach"),
    path("tasks/<task_key:key>/accept/", triage.accept, name="accept"),
    path("tasks/<task_key:key>/decline/", triage.decline, name="decline"),
    # A file of a task, and a visitor's request
    path("files/<uuid:pk>/", files.attachment, name="attachment"),
    path("requests/<str:token>/", requests.request_status, name="request-status"),
]
