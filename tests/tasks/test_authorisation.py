"""Who gets which answer from which view: the whole table, exactly."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from tasks import services
from tasks.files import CheckedFile
from tasks.models import ChecklistItem, SavedView, Task
from tests.factories import make_member

WHO = ["anonymous", "outsider", "viewer", "guest", "member", "contributor", "manager", "superuser"]
# GUEST is neither owner nor requester, so the tasks do not exist for them.
TABLE = {
    "GET /work/": "302 200 200 200 200 200 200 200",
    "GET /work/?group=later": "302 200 200 200 200 200 200 200",
    "GET /work/search/": "302 200 200 200 200 200 200 200",
    "GET /work/search/?q=bike&project=REP": "302 404 200 200 200 200 200 200",
    "GET /work/new/": "302 302 403 403 302 302 302 200",
    "POST /work/new/": "302 422 403 403 302 302 302 302",
    "POST /work/mentions/MENTION": "302 404 404 404 404 404 404 404",
    "GET /work/quick-add/": "302 200 403 403 200 200 200 200",
    "POST /work/quick-add/": "302 422 403 403 302 302 302 302",
    "POST /work/quick-add/preview/": "302 422 403 403 200 200 200 200",
    "POST /projects/REP/bulk/priority/": "302 404 403 403 403 403 302 302",
    "POST /projects/REP/bulk/delete/": "302 404 403 403 403 403 302 302",
    "GET /projects/REP/views/new/": "302 404 200 200 200 200 200 200",
    "POST /projects/REP/views/new/": "302 404 302 302 302 302 302 302",
    "GET /projects/REP/views/VIEW/": "302 404 403 403 403 403 200 200",
    "POST /projects/REP/views/VIEW/": "302 404 403 403 403 403 302 302",
    "POST /projects/REP/views/VIEW/update/": "302 404 403 403 403 403 302 302",
    "POST /projects/REP/views/VIEW/delete/": "302 404 403 403 403 403 302 302",
    "POST /projects/REP/views/VIEW/restore/": "302 404 404 404 404 404 404 404",
    "POST /work/undo/": "302 404 404 404 404 404 404 404",
    "GET /projects/": "302 200 200 200 200 200 200 200",
    "GET /projects/REP/": "302 404 200 200 200 200 200 200",
    "GET /projects/REP/overview/": "302 404 200 200 200 200 200 200",
    "GET /projects/REP/files/": "302 404 200 200 200 200 200 200",
    "GET /projects/REP/members/": "302 404 200 200 200 200 200 200",
    "POST /projects/REP/members/": "302 404 403 403 403 403 422 422",
    "POST /projects/REP/members/leave/": "302 404 302 302 302 302 302 302",
    "GET MEMBER": "302 404 403 403 403 403 200 200",
    "POST MEMBER": "302 404 403 403 403 403 302 302",
    "POST MEMBERremove/": "302 404 403 403 403 403 302 302",
    "GET /projects/REP/board/": "302 404 200 200 200 200 200 200",
    "GET /projects/REP/board/add/?status=TODO": "302 404 403 403 200 200 200 200",
    "POST /projects/REP/board/add/": "302 404 403 403 302 302 302 302",
    "GET /projects/REP/triage/": "302 404 403 403 403 403 200 200",
    "GET /projects/REP/new/": "302 404 403 403 200 200 200 200",
    "POST /projects/REP/new/": "302 404 403 403 302 302 302 302",
    "GET /tasks/REP-1/": "302 404 200 404 200 200 200 200",
    "GET /tasks/REP-1/edit/": "302 404 403 404 403 200 200 200",
    "POST /tasks/REP-1/edit/": "302 404 403 404 403 302 302 302",
    "GET /tasks/REP-1/status/": "302 404 403 404 403 200 200 200",
    "POST /tasks/REP-1/status/": "302 404 403 404 403 302 302 302",
    "GET /tasks/REP-1/move/": "302 404 403 404 403 200 200 200",
    "POST /tasks/REP-1/move/": "302 404 403 404 403 302 302 302",
    "GET /tasks/REP-1/owner/": "302 404 403 404 403 200 200 200",
    "POST /tasks/REP-1/owner/": "302 404 403 404 403 302 302 302",
    "GET /tasks/REP-1/priority/": "302 404 403 404 403 200 200 200",
    "POST /tasks/REP-1/priority/": "302 404 403 404 403 302 302 302",
    "GET /tasks/REP-1/due/": "302 404 403 404 403 200 200 200",
    "POST /tasks/REP-1/due/": "302 404 403 404 403 302 302 302",
    "GET /tasks/REP-1/collaborators/": "302 404 403 404 403 200 200 200",
    "POST /tasks/REP-1/collaborators/": "302 404 403 404 403 302 302 302",
    "GET /tasks/REP-1/reviewer/": "302 404 403 404 403 200 200 200",
    "POST /tasks/REP-1/reviewer/": "302 404 403 404 403 302 302 302",
    "GET /tasks/REP-1/labels/": "302 404 403 404 403 200 200 200",
    "POST /tasks/REP-1/labels/": "302 404 403 404 403 302 302 302",
    "GET /tasks/REP-1/start/": "302 404 403 404 403 200 200 200",
    "POST /tasks/REP-1/start/": "302 404 403 404 403 302 302 302",
    "GET /tasks/REP-1/parent/": "302 404 403 404 403 200 200 200",
    "POST /tasks/REP-1/parent/": "302 404 403 404 403 302 302 302",
    "GET /tasks/REP-1/suggest/": "302 404 200 404 200 200 200 200",
    "POST /tasks/REP-1/watch/": "302 404 403 404 302 302 302 302",
    "POST /tasks/REP-1/archive/": "302 404 403 404 403 302 302 302",
    "POST /tasks/REP-1/delete/": "302 404 403 404 403 403 302 302",
    "GET /tasks/REP-1/project/": "302 404 403 404 403 200 200 200",
    "POST /tasks/REP-1/project/": "302 404 403 404 403 422 422 422",
    "POST /tasks/REP-1/checklist/": "302 404 403 404 403 302 302 302",
    "GET ITEM": "302 404 403 404 403 200 200 200",
    "POST ITEM": "302 404 403 404 403 302 302 302",
    "POST ITEMtick/": "302 404 403 404 403 302 302 302",
    "POST ITEMmove/": "302 404 403 404 403 302 302 302",
    "POST ITEMdelete/": "302 404 403 404 403 302 302 302",
    "POST ITEMpromote/": "302 404 403 404 403 302 302 302",
    "POST /tasks/REP-1/subtasks/": "302 404 403 404 302 302 302 302",
    "POST /tasks/REP-1/relations/": "302 404 403 404 403 302 302 302",
    "POST FILEdelete/": "302 404 403 404 403 403 302 302",
    "POST /tasks/REP-1/complete/": "302 404 403 404 403 302 302 302",
    "POST /tasks/REP-3/reopen/": "302 404 403 404 403 302 302 302",
    "POST /tasks/REP-1/comment/": "302 404 403 404 302 302 302 302",
    "POST /tasks/REP-1/attach/": "302 404 403 404 302 302 302 302",
    "GET /tasks/REP-2/": "302 404 404 404 404 404 200 200",
    "POST /tasks/REP-2/accept/": "302 404 404 404 404 404 302 302",
    "POST /tasks/REP-2/decline/": "302 404 404 404 404 404 302 302",
    "POST /tasks/preview/": "302 404 403 200 200 200 200 200",
    "GET /tasks/names/?project=REP&q=@a": "302 404 403 200 200 200 200 200",
    "GET FILE": "302 404 200 404 200 200 200 200",
    "GET FILE?thumb=1": "302 404 200 404 200 200 200 200",
    "GET REQUEST": "200 200 200 200 200 200 200 200",
}
ONLY_POST = [
    "complete",
    "reopen",
    "comment",
    "attach",
    "accept",
    "decline",
    "watch",
    "archive",
    "delete",
    "checklist",
]
ONLY_POST += ["subtasks", "subtasks/tick", "relations"]
ONLY_GET = ["/work/", "/projects/", "/projects/REP/", "/projects/REP/triage/", "/tasks/REP-1/"]


@pytest.fixture
def floor(project, task, asked, amara):
    """REP-1 is open, REP-2 a new request, REP-3 done."""
    done = services.create_task(project=project, user=amara, title="Done")
    services.complete_task(task=done, user=amara)
    ChecklistItem.objects.create(task=task, text="Ring twice")
    file = CheckedFile("notes.txt", "text/plain", b"Ring twice.")
    return services.add_attachment(task=task, user=amara, file=file), asked.request


@pytest.fixture
def people(project, charlie):
    roles = {role: make_member(project, role) for role in WHO[2:7]}
    root = User.objects.create(display_name="Root", is_superuser=True)
    return {"anonymous": None, "outsider": charlie, "superuser": root, **roles}


def sent(project):
    """Return data that is right for every form at once: each takes the fields it knows."""
    return {
        "title": "Words",
        "name": "Words",
        "task": Task.objects.get(number=1).pk,
        "text": "Words",
        "project": "REP",
        "status": project.first_status("doing").pk,
        "priority": 2,
        "body": "Said.",
        "reason": "Not ours.",
        "role": "viewer",
        "watching": "1",
        "archived": "1",
        "subtask": "Words",
        "kind": "relates",
        "other": "REP-3",
        "files": SimpleUploadedFile("a.txt", b"text"),
    }


def ask(client, floor, project, row):
    method, _, path = row.partition(" ")
    attachment, request = floor
    item = attachment.task.checklist.get()
    path = path.replace("ITEM", f"/tasks/REP-1/checklist/{item.pk}/")
    if "VIEW" in path:
        owner = User.objects.get(display_name="Amara Okafor")
        view = SavedView.objects.create(project=project, owner=owner, name="View", shared=True)
        path = path.replace("VIEW", str(view.pk))
    guest = project.memberships.get(role="guest")
    path = path.replace("MEMBER", f"/projects/REP/members/{guest.pk}/")
    path = path.replace("FILE", f"/files/{attachment.pk}/")
    path = path.replace("TODO", str(project.first_status("todo").pk))
    path = path.replace("REQUEST", f"/requests/{request.token}/")
    path = path.replace("MENTION", f"{attachment.pk}/dismiss/")
    return client.get(path) if method == "GET" else client.post(path, sent(project))


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("row", TABLE)
def test_it_answers_as_the_table_says(client, floor, people, project, row, who):
    if people[who]:
        client.force_login(people[who])
    response = ask(client, floor, project, row)
    assert response.status_code == int(TABLE[row].split()[WHO.index(who)])
    if who == "anonymous" and response.status_code == 302:
        assert response["Location"].startswith("/accounts/sign-in/?next=")


@pytest.mark.parametrize("who", WHO)
def test_the_other_method_is_refused(client, floor, people, who):
    if people[who]:
        client.force_login(people[who])
    for verb in ONLY_POST:
        assert client.get(f"/tasks/REP-1/{verb}/").status_code == 405
    for path in ONLY_GET:
        assert client.post(path).status_code == 405


def test_a_refusal_gives_its_reason_and_whom_to_ask(client, task, vera, amara):
    client.force_login(vera)
    page = client.get("/tasks/REP-1/edit/").content.decode()
    assert "Only contributors and managers of Repairs can change this task." in page
    assert "Ask Amara Okafor" in page
