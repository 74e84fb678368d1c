"""Lists kept under a name, for oneself or for everybody of the project."""

import pytest

from tasks.models import Membership, Project, SavedView
from tests.factories import make_member, make_task

LIST = "/projects/REP/"
NEW = "/projects/REP/views/new/"


@pytest.fixture
def view(project, tomasz):
    return SavedView.objects.create(
        project=project, owner=tomasz, name="Urgent", query="priority=urgent", shared=True
    )


def url(view, verb=""):
    return f"/projects/REP/views/{view.pk}/{verb}"


def names(client, query=""):
    return [tab.name for tab in client.get(f"{LIST}?{query}").context["tabs"].all][5:]


def test_a_list_is_saved_as_it_is(client, project, vera):
    client.force_login(vera)
    query = "sort=due&owner=me&nonsense=1&cols=due&after=x&q=a+b"
    response = client.post(NEW, {"name": "Mine by date", "query": query}, follow=True)
    view = SavedView.objects.get()
    assert view.query == "owner=me&q=a+b&sort=due&cols=due"
    assert response.context["tabs"].on.view == view
    assert not response.context["tabs"].on.changed


def test_private_views_are_for_their_owner(client, project, vera, amara):
    SavedView.objects.create(project=project, owner=vera, name="Vera's")
    client.force_login(vera)
    assert names(client) == ["Vera's"]
    client.force_login(amara)
    assert names(client) == []
    for verb in ("", "update/", "delete/"):
        assert client.post(url(SavedView.objects.get(), verb)).status_code == 404


def test_a_shared_view_is_offered_to_all_and_grants_nothing(client, project, view, amara):
    guest = make_member(project, Membership.Role.GUEST)
    make_task(project, title="not theirs", priority=1)
    client.force_login(guest)
    assert names(client) == ["Urgent"]
    page = client.get(LIST, {"priority": "urgent", "view": str(view.pk)})
    assert page.context["page"].tasks == []


def test_only_contributors_and_managers_share(client, project, mei, tomasz):
    for user, shared in ((mei, False), (tomasz, True)):
        client.force_login(user)
        client.post(NEW, {"name": f"by {user}", "query": "", "shared": "on"})
        assert SavedView.objects.get(owner=user).shared is shared


def test_a_name_is_given_once(client, view, amara, tomasz):
    client.force_login(amara)
    response = client.post(NEW, {"name": "Urgent", "query": "owner=me", "shared": "on"})
    assert response.status_code == 422
    assert b"of this name already" in response.content
    assert b'value="owner=me"' in response.content
    client.force_login(tomasz)
    assert client.post(NEW, {"name": "Urgent"}).status_code == 422


def test_a_changed_list_can_be_kept_in_its_view(client, view, tomasz):
    client.force_login(tomasz)
    on = client.get(f"{LIST}?owner=me&view={view.pk}").context["tabs"].on
    assert on.changed and on.editable
    client.post(url(view, "update/"), {"query": f"owner=me&view={view.pk}", "version": 1})
    view.refresh_from_db()
    assert (view.query, view.version) == ("owner=me", 2)


def test_the_second_of_two_savers_is_told(client, view, tomasz, amara):
    client.force_login(amara)
    client.post(url(view), {"name": "Very urgent", "shared": "on", "version": 1})
    client.force_login(tomasz)
    response = client.post(url(view), {"name": "Hot", "shared": "on", "version": 1})
    assert response.status_code == 409
    assert "“Very urgent” meanwhile" in response.content.decode()
    assert b'value="Hot"' in response.content
    assert b'name="version" value="2"' in response.content


def test_others_may_use_it_and_not_change_it(client, view, mei):
    client.force_login(mei)
    assert not client.get(f"{LIST}?view={view.pk}").context["tabs"].on.editable
    for verb in ("", "update/", "delete/"):
        response = client.post(url(view, verb), {"name": "x", "version": 1})
        assert response.status_code == 403
        assert b"Only Tomasz Zielinski or a manager" in response.content


def test_a_deleted_view_comes_back(client, view, tomasz):
    client.force_login(tomasz)
    page = client.post(url(view, "delete/"), follow=True).content.decode()
    assert not SavedView.objects.exists()
    assert url(view, "restore/") in page
    client.post(url(view, "restore/"))
    assert SavedView.objects.get().name == "Urgent"
    assert client.post(url(view, "restore/")).status_code == 404


def test_one_deleted_before_there_were_boards_comes_back_as_a_list(client, view, tomasz):
    client.force_login(tomasz)
    client.post(url(view, "delete/"))
    session = client.session
    kept = session["deleted_view"]
    session["deleted_view"] = {name: kept[name] for name in kept if name != "layout"}
    session.save()
    assert client.post(url(view, "restore/")).status_code == 302
    assert SavedView.objects.get().layout == "list"


def test_strangers_find_none_of_it(client, view, charlie):
    client.force_login(charlie)
    assert client.get(NEW).status_code == 404
    for verb in ("", "update/", "delete/", "restore/"):
        assert client.post(url(view, verb)).status_code == 404


def test_it_is_found_in_its_project_only(client, view, tomasz):
    other = Project.objects.create(key="OTH", name="Other")
    Membership.objects.create(project=other, user=tomasz, role="manager")
    client.force_login(tomasz)
    assert client.post(url(view, "delete/").replace("REP", "OTH")).status_code == 404
