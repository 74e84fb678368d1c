"""What can be done with a task as a whole."""

from tasks.models import Activity, Task
from tests.factories import make_project, make_task
from tests.tasks.conftest import HTMX


def fresh(task):
    return Task.everything.get(pk=task.pk)


def test_archiving_twice_archives_once_and_can_be_taken_back(client, task, tomasz):
    client.force_login(tomasz)
    for _ in range(2):
        page = client.post("/tasks/REP-1/archive/", {"archived": "1"}, follow=True)
    assert "Archived</span>" in page.content.decode()
    assert Activity.objects.filter(field="archived_at").count() == 1
    client.post("/tasks/REP-1/archive/", {"archived": "0"})
    assert fresh(task).archived_at is None


def test_what_is_deleted_leads_to_the_list_which_offers_it_back(client, project, task, amara):
    make_task(project)
    client.force_login(amara)
    page = client.post("/tasks/REP-1/delete/", follow=True)
    assert page.redirect_chain[-1][0] == "/projects/REP/"
    assert "REP-1 is deleted." in page.content.decode()
    assert client.get("/tasks/REP-1/").status_code == 404
    change = Activity.objects.get(field="deleted_at").change_id
    client.post("/work/undo/", {"change_id": change})
    assert client.get("/tasks/REP-1/").status_code == 200


def test_deleting_leads_back_to_the_filters_one_came_from(client, task, amara):
    client.force_login(amara)
    page = client.get("/tasks/REP-1/?in=list&show=all&sort=title").content.decode()
    assert 'name="next" value="/projects/REP/?show=all&amp;sort=title"' in page


def test_it_moves_to_another_project_of_ones_own(client, task, tomasz):
    other = make_project("ROOF", name="Roof")
    other.memberships.create(user=tomasz, role="contributor")
    client.force_login(tomasz)
    assert "Roof" in client.get("/tasks/REP-1/project/").content.decode()
    response = client.post("/tasks/REP-1/project/", {"project": "ROOF"}, follow=True)
    assert response.redirect_chain[-1][0] == "/tasks/ROOF-1/"
    assert "REP-1 is ROOF-1 now." in response.content.decode()
    assert client.get("/tasks/REP-1/")["Location"] == "/tasks/ROOF-1/"


def test_it_does_not_move_where_one_may_not_edit(client, task, tomasz):
    make_project("SEC")
    readable = make_project("READ")
    readable.memberships.create(user=tomasz, role="viewer")
    client.force_login(tomasz)
    for key in ("SEC", "READ", "REP", ""):
        assert client.post("/tasks/REP-1/project/", {"project": key}).status_code == 422
    assert fresh(task).key == "REP-1"
    page = client.get("/tasks/REP-1/project/").content.decode()
    assert "There is no other project" in page


def test_a_refusal_in_place_carries_its_reason(client, task, vera):
    client.force_login(vera)
    response = client.post("/tasks/REP-1/archive/", {"archived": "1"}, headers=HTMX)
    assert response.status_code == 403
    assert "data-reason>Only contributors and managers" in response.content.decode()


def test_the_menu_offers_what_one_may(client, task, amara, tomasz, vera):
    offers = {amara: (True, True), tomasz: (True, False), vera: (False, False)}
    for user, (edits, deletes) in offers.items():
        client.force_login(user)
        page = client.get("/tasks/REP-1/").content.decode()
        assert "Copy link" in page
        assert ("/tasks/REP-1/archive/" in page) == edits
        assert ("/tasks/REP-1/project/" in page) == edits
        assert ("/tasks/REP-1/delete/" in page) == deletes


def test_only_the_reviewer_is_offered_to_close(client, project, amara, tomasz):
    make_task(project, "review", reviewer=amara)
    client.force_login(tomasz)
    page = client.get("/tasks/REP-1/").content.decode()
    assert "Only Amara Okafor can close REP-1: they review it." in page
    assert "Mark as done" not in page
    editor = client.get("/tasks/REP-1/status/", headers=HTMX).content.decode()
    done = project.first_status("done")
    assert f'<option value="{done.pk}" disabled>' in editor
    client.force_login(amara)
    assert "Mark as done" in client.get("/tasks/REP-1/").content.decode()
