from tasks.models import Activity, Task
from tests.factories import make_member, make_project, make_task


def test_quick_add_gives_the_task_to_me_and_stays(client, project, mei):
    client.force_login(mei)
    data = {"title": "Oil the gate", "project": "REP", "due_on": "", "owner": str(mei.pk)}
    response = client.post("/work/new/", {**data, "next": "/work/"})
    assert response["Location"] == "/work/"
    task = Task.objects.get()
    assert (task.title, task.owner, task.requester, task.priority) == ("Oil the gate", mei, mei, 3)
    assert task.status.category == "todo"


def test_a_faulty_quick_add_keeps_what_was_typed(client, project, mei):
    client.force_login(mei)
    response = client.post("/work/new/", {"title": "x" * 201, "project": "REP", "due_on": "32"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "The title has 201 characters. Use up to 200." in page
    assert "x" * 201 in page
    assert "<title>Error: " in page
    assert not Task.objects.exists()


def test_it_adds_to_no_project_i_may_not_add_to(client, project, mei):
    make_member(make_project("OTH"))
    client.force_login(mei)
    response = client.post("/work/new/", {"title": "x", "project": "OTH"})
    assert response.status_code == 422
    assert "Choose a project you can add tasks to." in response.content.decode()


def test_a_contributor_gives_it_to_anybody_of_the_project(client, project, tomasz, mei):
    client.force_login(tomasz)
    client.post("/projects/REP/new/", {"title": "Gutter", "owner": str(mei.pk), "priority": 1})
    task = Task.objects.get()
    assert (task.owner, task.priority) == (mei, 1)


def test_a_member_gives_it_to_nobody_else(client, project, tomasz, mei):
    client.force_login(mei)
    data = {"title": "Gutter", "owner": str(tomasz.pk)}
    assert client.post("/projects/REP/new/", data).status_code == 422
    assert not Task.objects.exists()


def test_a_form_sent_empty_asks_for_the_title(client, project, mei):
    client.force_login(mei)
    response = client.post("/projects/REP/new/", {})
    assert response.status_code == 422
    assert "Enter a title." in response.content.decode()


def test_an_archived_project_takes_no_more(client, project, mei):
    project.archived_at = project.created_at
    project.save()
    client.force_login(mei)
    assert client.get("/projects/REP/new/").status_code == 404


def test_edit_changes_the_words(client, project, tomasz):
    task = make_task(project, body="old\nlines")
    client.force_login(tomasz)
    client.post("/tasks/REP-1/edit/", {"title": "New words", "body": "old\r\nlines"})
    assert Task.objects.get(pk=task.pk).title == "New words"
    assert [a.field for a in Activity.objects.filter(kind="changed")] == ["title"]


def test_edit_refuses_no_title(client, task, tomasz):
    client.force_login(tomasz)
    response = client.post("/tasks/REP-1/edit/", {"title": " ", "body": "kept"})
    assert response.status_code == 422
    assert "kept" in response.content.decode()
