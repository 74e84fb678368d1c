from datetime import date

import pytest
from django.utils import timezone

from tasks import services
from tasks.models import Activity, Task
from tests.factories import make_project, make_task
from tests.tasks.conftest import HTMX


def fresh(task):
    return Task.objects.get(pk=task.pk)


def changes(task):
    return Activity.objects.filter(task=task, kind="changed").count()


CASES = {
    "owner": lambda project, tomasz: {"owner": str(tomasz.pk)},
    "priority": lambda project, tomasz: {"priority": "1"},
    "due": lambda project, tomasz: {"due_on": "2026-12-01"},
    "status": lambda project, tomasz: {"status": str(project.first_status("doing").pk)},
}


@pytest.mark.parametrize("name", CASES)
def test_it_saves_once_and_leads_back(client, task, project, tomasz, name):
    client.force_login(tomasz)
    data = CASES[name](project, tomasz)
    for _ in range(2):
        assert client.post(f"/tasks/REP-1/{name}/", data)["Location"] == "/tasks/REP-1/"
    assert changes(task) == 1
    assert Activity.objects.latest("created_at").actor == tomasz


def test_it_sets_what_was_chosen(client, task, project, tomasz):
    client.force_login(tomasz)
    for name, data in CASES.items():
        client.post(f"/tasks/REP-1/{name}/", data(project, tomasz))
    row = fresh(task)
    assert (row.owner, row.priority, row.due_on) == (tomasz, 1, date(2026, 12, 1))
    assert row.status.category == "doing"


@pytest.mark.parametrize("name", CASES)
def test_its_editor_stands_in_place(client, task, tomasz, name):
    client.force_login(tomasz)
    fragment = client.get(f"/tasks/REP-1/{name}/", headers=HTMX).content.decode()
    assert f'<dd id="prop-{name}"><form' in fragment
    assert "<html" not in fragment
    assert "data-escape-leaves" in fragment
    whole = client.get(f"/tasks/REP-1/{name}/").content.decode()
    assert "<html" in whole
    assert "Cancel" in whole


def test_cancel_brings_the_value_back(client, task, tomasz):
    client.force_login(tomasz)
    fragment = client.get("/tasks/REP-1/status/?cancel", headers=HTMX).content.decode()
    assert "autofocus" in fragment
    assert "To do" in fragment
    assert changes(task) == 0


def test_saving_in_place_says_it_and_shows_the_history(client, task, project, tomasz):
    client.force_login(tomasz)
    data = CASES["status"](project, tomasz)
    fragment = client.post("/tasks/REP-1/status/", data, headers=HTMX).content.decode()
    assert "REP-1: Status saved." in fragment
    assert "data-undo-toast" in fragment
    assert "set the status to In progress" in fragment
    assert 'id="prop-status"' in fragment


def test_a_wrong_date_is_told_in_place(client, task, tomasz):
    client.force_login(tomasz)
    response = client.post("/tasks/REP-1/due/", {"due_on": "31 02"}, headers=HTMX)
    assert response.status_code == 422
    assert "Enter a date like 2026-11-30." in response.content.decode()
    assert 'value="31 02"' in response.content.decode()


def test_a_wrong_date_is_told_on_the_page(client, task, tomasz):
    client.force_login(tomasz)
    response = client.post("/tasks/REP-1/due/", {"due_on": "31 02"})
    assert response.status_code == 422
    assert "<title>Error: " in response.content.decode()


def test_only_people_of_the_project_can_own(client, task, tomasz, otto, vera):
    client.force_login(tomasz)
    for stranger in (otto, vera):
        response = client.post("/tasks/REP-1/owner/", {"owner": str(stranger.pk)})
        assert response.status_code == 422
    assert fresh(task).owner is None


def test_only_the_projects_statuses_but_triage_can_be_set(client, task, project, amara):
    client.force_login(amara)
    other = make_project().first_status("doing")
    for status in (other, project.first_status("triage")):
        response = client.post("/tasks/REP-1/status/", {"status": str(status.pk)})
        assert response.status_code == 422
    assert fresh(task).status.category == "todo"


def test_an_owner_with_few_rights_moves_their_own(client, project, mei):
    task = make_task(project, owner=mei)
    client.force_login(mei)
    data = {"status": str(project.first_status("doing").pk)}
    assert client.post("/tasks/REP-1/status/", data).status_code == 302
    assert client.post("/tasks/REP-1/due/", {"due_on": "2026-12-01"}).status_code == 403
    assert fresh(task).status.category == "doing"


def test_an_empty_owner_takes_it_off(client, project, tomasz):
    task = make_task(project, owner=tomasz)
    client.force_login(tomasz)
    client.post("/tasks/REP-1/owner/", {"owner": ""})
    assert fresh(task).owner is None


def test_a_time_belongs_to_a_day(client, task, tomasz):
    client.force_login(tomasz)
    client.post("/tasks/REP-1/due/", {"due_on": "2026-12-01", "due_time": "14:30"})
    assert timezone.localtime(fresh(task).due_at).strftime("%H:%M") == "14:30"
    for data, reason in (
        ({"due_on": "", "due_time": "14:30"}, "Choose the day, too."),
        ({"due_on": "2026-12-01", "due_time": "late"}, "Enter a time like 14:30."),
    ):
        response = client.post("/tasks/REP-1/due/", data, headers=HTMX)
        assert (response.status_code, reason in response.content.decode()) == (422, True)
    client.post("/tasks/REP-1/due/", {"due_on": "2026-12-01", "due_time": ""})
    assert fresh(task).due_at is None


def test_it_is_not_due_before_it_starts(client, task, tomasz):
    client.force_login(tomasz)
    client.post("/tasks/REP-1/due/", {"due_on": "2026-12-01"})
    response = client.post("/tasks/REP-1/start/", {"start_on": "2026-12-02"}, headers=HTMX)
    assert response.status_code == 422
    assert fresh(task).start_on is None


def test_several_labels_at_once_and_a_new_one_for_managers(client, project, task, amara, tomasz):
    heating = project.labels.create(name="Heating")
    client.force_login(tomasz)
    client.post("/tasks/REP-1/labels/", {"labels": [str(heating.pk)], "new_label": "Alder"})
    assert [label.name for label in fresh(task).labels] == ["Heating"]
    client.force_login(amara)
    for _ in range(2):
        data = {"labels": [str(heating.pk)], "new_label": "alder"}
        assert "alder" in client.post("/tasks/REP-1/labels/", data, headers=HTMX).content.decode()
    assert [label.name for label in fresh(task).labels] == ["Heating", "alder"]
    assert project.labels.count() == 2


def test_labels_of_another_project_are_refused(client, task, tomasz):
    other = make_project().labels.create(name="Theirs")
    client.force_login(tomasz)
    assert client.post("/tasks/REP-1/labels/", {"labels": [str(other.pk)]}).status_code == 422


def test_helpers_are_people_of_the_project(client, task, tomasz, mei, otto):
    client.force_login(tomasz)
    data = {"collaborators": [str(tomasz.pk), str(mei.pk)]}
    page = client.post("/tasks/REP-1/collaborators/", data, headers=HTMX).content.decode()
    assert "Mei-Ling Chan" in page
    stranger = {"collaborators": [str(otto.pk)]}
    assert client.post("/tasks/REP-1/collaborators/", stranger).status_code == 422
    assert set(fresh(task).collaborations.values_list("user", flat=True)) == {tomasz.pk, mei.pk}


def test_its_parent_is_found_by_key_or_title(client, project, task, tomasz):
    parent = make_task(project, title="Whole heating")
    client.force_login(tomasz)
    for words in ("REP-2", "2", "rep-2 Whole heating", "whole heat"):
        client.post("/tasks/REP-1/parent/", {"parent": words})
        assert fresh(task).parent == parent
    client.post("/tasks/REP-1/parent/", {"parent": ""})
    assert fresh(task).parent is None


def test_a_parent_elsewhere_or_below_is_refused(client, project, task, tomasz):
    make_task(make_project("SEC"), title="Secret")
    make_task(project, parent=task, title="Child")
    client.force_login(tomasz)
    for words in ("SEC-1", "Secret", "REP-1", "REP-2"):
        response = client.post("/tasks/REP-1/parent/", {"parent": words}, headers=HTMX)
        assert response.status_code == 422
    assert fresh(task).parent is None


def test_who_asked_is_set_by_who_may_edit_and_can_be_taken_back(client, task, tomasz, mei):
    client.force_login(tomasz)
    page = client.post("/tasks/REP-1/requester/", {"requester": str(mei.pk)}, headers=HTMX)
    assert fresh(task).requester == mei
    assert "named Mei-Ling Chan as who asked for it" in page.content.decode()
    change = Activity.objects.get(field="requester").change_id
    client.post("/work/undo/", {"change_id": change})
    assert fresh(task).requester is None
    client.force_login(mei)
    data = {"requester": str(mei.pk)}
    assert client.post("/tasks/REP-1/requester/", data).status_code == 403


def test_an_outsider_cannot_have_asked(client, task, tomasz, otto):
    client.force_login(tomasz)
    response = client.post("/tasks/REP-1/requester/", {"requester": str(otto.pk)}, headers=HTMX)
    assert response.status_code == 422
    assert fresh(task).requester is None


def test_a_visitor_stays_who_asked(client, asked, amara, tomasz):
    services.accept_request(task=asked, user=amara)
    client.force_login(tomasz)
    path = f"{asked.get_absolute_url()}requester/"
    response = client.post(path, {"requester": str(tomasz.pk)}, headers=HTMX)
    assert response.status_code == 422
    assert "stays who asked" in response.content.decode()
    assert 'data-property="requester"' not in client.get(asked.get_absolute_url()).content.decode()
