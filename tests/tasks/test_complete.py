import pytest

from tasks import services
from tasks.models import Activity, Task
from tests.factories import make_task
from tests.tasks.conftest import HTMX


@pytest.fixture
def mine(project, mei):
    return make_task(project, owner=mei, title="Fit the pump")


def category(task):
    return Task.objects.get(pk=task.pk).status.category


def test_it_completes(client, mine, mei):
    client.force_login(mei)
    response = client.post("/tasks/REP-1/complete/")
    assert response["Location"] == "/tasks/REP-1/"
    assert category(mine) == "done"
    assert Task.objects.get(pk=mine.pk).completed_at is not None


def test_it_does_nothing_twice(client, mine, mei):
    client.force_login(mei)
    for _ in range(2):
        client.post("/tasks/REP-1/complete/")
    assert Activity.objects.filter(task=mine, field="status").count() == 1


def test_reopen_takes_it_back(client, mine, mei):
    client.force_login(mei)
    client.post("/tasks/REP-1/complete/")
    for _ in range(2):
        client.post("/tasks/REP-1/reopen/")
    assert category(mine) == "todo"
    assert Task.objects.get(pk=mine.pk).completed_at is None


def test_it_leads_back_to_my_work_from_there(client, mine, mei):
    client.force_login(mei)
    response = client.post("/tasks/REP-1/complete/", {"part": "row", "next": "/work/"}, follow=True)
    assert response.redirect_chain == [("/work/", 302)]
    assert "REP-1 is done." in response.content.decode()


def test_it_never_leads_elsewhere(client, mine, mei):
    client.force_login(mei)
    for url in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        response = client.post("/tasks/REP-1/complete/", {"next": url})
        assert response["Location"] == "/tasks/REP-1/"


def test_the_row_is_swapped_with_a_way_back(client, mine, mei):
    client.force_login(mei)
    response = client.post("/tasks/REP-1/complete/", {"part": "row"}, headers=HTMX)
    fragment = response.content.decode()
    assert '<li class="ui-row ui-new" id="task-REP-1">' in fragment
    assert "Undo" in fragment
    assert "REP-1 is done." in fragment
    assert 'id="stats"' in fragment
    assert "<html" not in fragment


def test_a_new_request_is_not_completed_past_triage(client, project, mei, amara):
    task = make_task(project, "triage", owner=mei)
    with pytest.raises(Exception, match="Only managers of Repairs can accept"):
        services.complete_task(task=task, user=mei)
    assert category(task) == "triage"
