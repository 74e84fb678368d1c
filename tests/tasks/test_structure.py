"""Subtasks, relations and watchers on a task's page."""

from tasks import services
from tasks.models import Activity, Label, Membership, Relation, Task, Watch
from tests.factories import make_member, make_project, make_task
from tests.tasks.conftest import HTMX


def fresh(task):
    return Task.objects.get(pk=task.pk)


def test_it_adds_a_subtask_which_leads_back_to_its_parent(client, task, mei):
    client.force_login(mei)
    page = client.post("/tasks/REP-1/subtasks/", {"subtask": "Ask Luis"}, headers=HTMX)
    assert "0 of 1 done" in page.content.decode()
    subtask = Task.objects.get(parent=task)
    child = client.get(subtask.get_absolute_url()).content.decode()
    assert f'<a href="/tasks/REP-1/" title="{task.title}">REP-1</a>' in child
    assert "New subtask" not in child


def test_a_subtask_has_no_subtasks(client, project, task, tomasz):
    subtask = make_task(project, parent=task)
    client.force_login(tomasz)
    response = client.post(f"/tasks/{subtask.key}/subtasks/", {"subtask": "Deeper"})
    assert response.status_code == 422
    assert not Task.objects.filter(parent=subtask).exists()


def test_a_subtask_is_read_like_quick_add(client, project, task, tomasz, mei):
    label = Label.objects.create(project=project, name="Doors")
    client.force_login(tomasz)
    line = {"subtask": "Ask the joiner @mei #doors !low /garden"}
    page = client.post("/tasks/REP-1/subtasks/", line, headers=HTMX).content.decode()
    subtask = Task.objects.get(parent=task)
    assert (subtask.title, subtask.owner) == ("Ask the joiner /garden", mei)
    assert (subtask.priority, subtask.labels) == (Task.Priority.LOW, [label])
    assert "is added. Understood: for Mei-Ling Chan, Low, #Doors." in page


def test_a_subtask_of_signs_alone_has_no_title(client, project, task, tomasz):
    client.force_login(tomasz)
    page = client.post("/tasks/REP-1/subtasks/", {"subtask": "@me !high"}, headers=HTMX)
    assert page.status_code == 422
    assert 'value="@me !high"' in page.content.decode()
    assert not Task.objects.filter(parent=task).exists()


def test_who_may_only_create_gives_a_subtask_to_nobody_else(client, task, mei, tomasz):
    client.force_login(mei)
    page = client.post("/tasks/REP-1/subtasks/", {"subtask": "Sweep @tomasz"}, headers=HTMX)
    assert "you can give tasks only to yourself, not “@tomasz”." in page.content.decode()
    subtask = Task.objects.get(parent=task)
    assert (subtask.title, subtask.owner) == ("Sweep @tomasz", None)


def test_a_subtask_needs_a_title(client, task, mei):
    client.force_login(mei)
    for headers in ({}, HTMX):
        response = client.post("/tasks/REP-1/subtasks/", {"subtask": " "}, headers=headers)
        assert response.status_code == 422
        assert "Enter a title." in response.content.decode()


def test_its_tick_rolls_up(client, project, task, tomasz):
    subtask = make_task(project, parent=task)
    client.force_login(tomasz)
    for _ in range(2):
        page = client.post("/tasks/REP-1/subtasks/tick/", {"done": str(subtask.pk)}, headers=HTMX)
        assert "1 of 1 done" in page.content.decode()
    client.post("/tasks/REP-1/subtasks/tick/", {"reopen": str(subtask.pk)})
    assert (fresh(task).subtask_done, fresh(subtask).is_done) == (0, False)


def test_a_tick_for_a_task_elsewhere_is_not_found(client, project, task, amara):
    client.force_login(amara)
    for other in (make_task(project).pk, make_task().pk, "nonsense", ""):
        response = client.post("/tasks/REP-1/subtasks/tick/", {"done": str(other)})
        assert response.status_code == 404


def test_a_tick_may_lead_to_review_first(client, project, task, amara, tomasz):
    subtask = make_task(project, parent=task, reviewer=amara)
    client.force_login(tomasz)
    page = client.post("/tasks/REP-1/subtasks/tick/", {"done": str(subtask.pk)}, headers=HTMX)
    assert f"{subtask.key} waits for its review." in page.content.decode()


def test_it_relates_by_key_and_by_words_of_the_title(client, project, task, tomasz):
    make_task(project, title="Balance the radiators")
    make_task(project, title="Approve the spending")
    client.force_login(tomasz)
    first = {"kind": "blocks", "other": "rep-2"}
    second = {"kind": "blocked_by", "other": "spending"}
    assert client.post("/tasks/REP-1/relations/", first).status_code == 302
    page = client.post("/tasks/REP-1/relations/", second, headers=HTMX).content.decode()
    assert "Balance the radiators" in page
    assert "Blocked</span>" in page
    assert fresh(task).blocker_count == 1


def test_a_relation_that_cannot_be_says_why(client, project, task, tomasz):
    other = make_task(project, title="Other")
    services.relate(task=task, user=tomasz, kind="blocks", other=other)
    client.force_login(tomasz)
    cases = {
        "REP-2": "These two tasks are related in this way already.",
        "REP-1": "No task that you see is called so.",
        "nowhere": "No task that you see is called so.",
        "": "Enter a key like REP-12",
    }
    for words, reason in cases.items():
        data = {"kind": "blocks", "other": words}
        for headers in ({}, HTMX):
            response = client.post("/tasks/REP-1/relations/", data, headers=headers)
            assert response.status_code == 422
            assert reason in response.content.decode()
    circle = {"kind": "blocked_by", "other": "REP-2"}
    assert client.post("/tasks/REP-1/relations/", circle).status_code == 422


def test_words_that_fit_two_tasks_ask_for_the_key(client, project, task, tomasz):
    for _ in range(2):
        make_task(project, title="Paint the fence")
    client.force_login(tomasz)
    response = client.post("/tasks/REP-1/relations/", {"kind": "relates", "other": "fence"})
    said = "Enter the key of one: REP-3 Paint the fence; REP-2 Paint the fence"
    assert said in response.content.decode()


def test_a_task_of_a_hidden_project_cannot_be_named_or_seen(client, project, task, tomasz):
    hidden = make_task(make_project("SEC"), title="Secret plan")
    Relation(source=hidden, target=task, kind="blocks").save()
    client.force_login(tomasz)
    response = client.post("/tasks/REP-1/relations/", {"kind": "relates", "other": "SEC-1"})
    assert response.status_code == 422
    page = client.get("/tasks/REP-1/").content.decode()
    assert "1 task you cannot see." in page
    assert "Secret plan" not in page
    assert "Blocked</span>" in page
    relation = Relation.objects.get()
    path = f"/tasks/REP-1/relations/{relation.pk}/delete/"
    assert client.post(path).status_code == 404


def test_a_relation_is_taken_away_and_put_back(client, project, task, tomasz):
    other = make_task(project)
    client.force_login(tomasz)
    client.post("/tasks/REP-1/relations/", {"kind": "blocked_by", "other": other.key})
    path = f"/tasks/REP-1/relations/{Relation.objects.get().pk}/delete/"
    assert "Undo" in client.post(path, headers=HTMX).content.decode()
    assert fresh(task).blocker_count == 0
    assert client.post(path).status_code == 404
    change = Activity.objects.latest("created_at").change_id
    client.post("/work/undo/", {"change_id": change})
    assert fresh(task).blocker_count == 1
    assert Relation.objects.get().source == other


def test_a_relation_of_another_task_is_not_found(client, project, task, tomasz):
    relation = Relation(source=make_task(project), target=make_task(project), kind="relates")
    relation.save()
    client.force_login(tomasz)
    assert client.post(f"/tasks/REP-1/relations/{relation.pk}/delete/").status_code == 404


def test_suggestions_show_what_one_may_see(client, project, task, tomasz):
    make_task(project, title="Paint the fence")
    make_task(make_project("SEC"), title="Paint the secret")
    client.force_login(tomasz)
    page = client.get("/tasks/REP-1/suggest/", {"other": "paint"}).content.decode()
    assert 'data-insert="REP-2 Paint the fence"' in page
    assert "To do" in page
    assert "secret" not in page
    assert "SEC" not in client.get("/tasks/REP-1/suggest/", {"other": "SEC-1"}).content.decode()


def test_suggestions_reach_into_ones_other_projects(client, project, task, tomasz):
    other = make_project("ROOF")
    other.memberships.create(user=tomasz, role="viewer")
    services.create_task(project=other, user=make_member(other), title="Paint the gutter")
    client.force_login(tomasz)
    page = client.get("/tasks/REP-1/suggest/", {"other": "paint"}).content.decode()
    assert 'data-insert="ROOF-1 Paint the gutter"' in page
    same = client.get("/tasks/REP-1/suggest/", {"for": "same", "other": "paint"})
    assert "ROOF" not in same.content.decode()


def test_what_is_cancelled_is_no_suggestion_for_a_merge(client, project, task, tomasz):
    make_task(project, "cancelled", title="Paint the fence")
    make_task(project, title="Paint the gate")
    client.force_login(tomasz)
    path = "/tasks/REP-1/suggest/"
    page = client.get(path, {"for": "same", "other": "paint"}).content.decode()
    assert ("fence" in page, "gate" in page) == (False, True)


def test_suggestions_of_parents_leave_out_subtasks(client, project, task, tomasz):
    make_task(project, title="Child fence", parent=task)
    client.force_login(tomasz)
    path = "/tasks/REP-1/suggest/"
    found = client.get(path, {"for": "parent", "parent": "fence"}).content.decode()
    assert "option" not in found


def test_watching_twice_watches_once(client, task, mei):
    client.force_login(mei)
    for _ in range(2):
        page = client.post("/tasks/REP-1/watch/", {"watching": "1"}, headers=HTMX)
        assert "Stop watching" in page.content.decode()
    assert Watch.objects.filter(task=task, user=mei, muted=False).count() == 1
    client.post("/tasks/REP-1/watch/", {"watching": "0"})
    assert Watch.objects.get(user=mei).muted


def test_a_guest_who_stops_watching_is_led_to_what_they_see(client, project, task):
    guest = make_member(project, Membership.Role.GUEST)
    Watch.objects.create(task=task, user=guest)
    client.force_login(guest)
    response = client.post("/tasks/REP-1/watch/", {"watching": "0"}, headers=HTMX)
    assert response["HX-Redirect"] == "/work/"
    assert client.get("/tasks/REP-1/").status_code == 404
