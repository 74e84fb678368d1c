from tasks import services
from tasks.detail import history
from tasks.models import Activity, Task
from tests.factories import make_task
from tests.tasks.conftest import HTMX


def test_it_hides_from_strangers(client, task, charlie):
    client.force_login(charlie)
    assert client.get("/tasks/REP-1/").status_code == 404


def test_unknown_keys_are_not_found(client, task, amara):
    client.force_login(amara)
    for key in ("REP-99", "XXX-1", "REP-999999999"):
        assert client.get(f"/tasks/{key}/").status_code == 404


def test_it_shows_words_with_breaks_and_links_but_no_markup(client, project, vera):
    make_task(project, body="<b>bold</b>\n\nhttps://example.org/x javascript:alert(1)")
    client.force_login(vera)
    page = client.get("/tasks/REP-1/").content.decode()
    assert "&lt;b&gt;bold&lt;/b&gt;</p>" in page
    assert '<a href="https://example.org/x" rel="nofollow noopener">' in page
    assert 'href="javascript:' not in page


def test_it_offers_a_viewer_nothing_to_change(client, task, vera):
    client.force_login(vera)
    page = client.get("/tasks/REP-1/").content.decode()
    for control in ("ui-edit", "Mark as done", "Edit</a>", 'name="body"', 'type="file"'):
        assert control not in page


def test_it_offers_a_member_their_own_status_only(client, project, mei):
    make_task(project, owner=mei)
    client.force_login(mei)
    page = client.get("/tasks/REP-1/").content.decode()
    assert 'hx-get="/tasks/REP-1/status/"' in page
    assert "/tasks/REP-1/owner/" not in page


def test_it_shows_what_the_form_was_told(client, amara, asked):
    client.force_login(amara)
    page = client.get(asked.get_absolute_url()).content.decode()
    for words in ("Samir Haddad", "<dt>House</dt>", "Alder House", "Report a repair"):
        assert words in page
    assert "Accept or decline it" in page


def test_a_new_request_is_hidden_from_who_does_not_triage(client, tomasz, asked):
    client.force_login(tomasz)
    assert client.get(asked.get_absolute_url()).status_code == 404


def test_it_tells_one_change_in_one_sentence(task, amara, tomasz):
    task = Task.objects.get(pk=task.pk)
    services.change_task(task=task, user=amara, owner=tomasz, priority=2)
    entries, earlier = history.of_task(task, amara)
    assert entries[-1].text == (
        "gave it to Tomasz Zielinski and raised the priority from Normal to High"
    )
    assert not earlier


def test_it_shows_the_latest_and_leads_to_the_rest(client, task, vera):
    Activity.objects.bulk_create(
        Activity(task=task, kind="attached", new_value=f"{n}.pdf", actor_name="Mei")
        for n in range(60)
    )
    client.force_login(vera)
    first = client.get("/tasks/REP-1/")
    assert (len(first.context["entries"]), first.context["earlier"]) == (50, True)
    assert len(client.get("/tasks/REP-1/", {"history": "all"}).context["entries"]) == 61


def test_beside_a_list_it_comes_without_the_frame(client, task, tomasz):
    client.force_login(tomasz)
    headers = {**HTMX, "HX-Target": "panel"}
    part = client.get("/tasks/REP-1/", headers=headers).content.decode()
    assert "<html" not in part
    assert f'<h2 class="h1 mb-3" id="panel-title" tabindex="-1">{task.title}</h2>' in part
    assert "<h1" not in part
