"""Two people have one row open: the second is told what the first has made of it.

Project, task, comment and property forms have tests of their own; these are the rest.
"""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tasks.models import ChecklistItem, Label, Membership, SavedView
from tests.factories import make_member, make_user
from tests.tasks.conftest import HTMX


def sent(client, url, **changes):
    """Return what the form at ``url`` would send, as it is opened now."""
    form = client.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in data.items()} | changes


def said(response, name):
    return " ".join(response.context["form"].errors.get(name, []))


def test_a_status_in_the_admin(client, root, project):
    status = project.statuses.get(category="doing")
    url = f"/admin/status/edit/{status.pk}/"
    mine = sent(client, url, name="Working")
    assert b'name="version"' in client.get(url).content
    client.post(url, sent(client, url, name="Under way"))
    response = client.post(url, mine)
    assert response.status_code == 409
    assert "“Under way”" in said(response, "name")
    assert b'value="Working"' in response.content
    client.post(url, mine | {"version": response.context["form"].data["version"]})
    assert project.statuses.get(category="doing").name == "Working"


def test_a_status_that_was_dragged_meanwhile_is_not_dragged_back(client, root, project):
    status = project.statuses.get(category="done")
    url = f"/admin/status/edit/{status.pk}/"
    mine = sent(client, url, name="Finished")
    client.post(f"/admin/status/reorder/{status.pk}/?position=0")
    response = client.post(url, mine)
    assert response.status_code == 409
    assert "“1”" in said(response, "place")


def test_counting_tasks_is_no_change_of_a_status(client, root, project, task):
    url = f"/admin/status/edit/{task.status_id}/"
    mine = sent(client, url, name="Next")
    task.delete()
    assert client.post(url, mine).status_code == 302


@pytest.mark.parametrize("merge", [False, True])
def test_a_label_in_the_admin(client, root, project, merge):
    label, other = (Label.objects.create(project=project, name=name) for name in ("Door", "Roof"))
    url = f"/admin/label/edit/{label.pk}/"
    mine = sent(client, url, into=str(other.pk) if merge else "", name="Gate")
    client.post(url, sent(client, url, name="Doors"))
    response = client.post(url, mine)
    assert response.status_code == 409
    assert "“Doors”" in said(response, "name")
    assert set(project.labels.values_list("name", flat=True)) == {"Doors", "Roof"}


def test_a_membership_in_the_admin(client, root, project):
    row = make_member(project, "member").memberships.get()
    url = f"/admin/membership/edit/{row.pk}/"
    mine = sent(client, url, role="viewer")
    client.post(url, sent(client, url, role="manager"))
    response = client.post(url, mine)
    assert response.status_code == 409
    assert "“Manager”" in said(response, "role")
    assert Membership.objects.get(pk=row.pk).role == "manager"


def test_a_membership_on_the_website(client, project, amara):
    row = make_member(project, "member").memberships.get()
    url = f"/projects/REP/members/{row.pk}/"
    client.force_login(amara)
    mine = sent(client, url, role="viewer") | {"version": client.get(url).context["version"]}
    row.role, row.expires_at = "contributor", timezone.now() + timedelta(days=9)
    row.save()
    response = client.post(url, mine)
    assert response.status_code == 409
    assert "“Contributor”" in said(response, "role")
    assert "meanwhile" in said(response, "expires_at")
    client.post(url, mine | {"version": response.context["version"]})
    assert Membership.objects.get(pk=row.pk).role == "viewer"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_an_item_of_a_checklist(client, task, tomasz, headers):
    item = ChecklistItem(task=task, text="Order the pump")
    item.save()
    url = f"/tasks/REP-1/checklist/{item.pk}/"
    client.force_login(tomasz)
    assert b'name="began" value="Order the pump"' in client.get(url, headers=headers).content
    client.post(url, {"text": "Order two pumps", "began": "Order the pump"})
    response = client.post(url, {"text": "Hire", "began": "Order the pump"}, headers=headers)
    assert response.status_code == 409
    assert "“Order two pumps”" in said(response, "text")
    assert b'name="began" value="Order two pumps"' in response.content
    assert b'value="Hire"' in response.content
    client.post(url, {"text": "Hire", "began": "Order two pumps"})
    assert ChecklistItem.objects.get().text == "Hire"


def test_an_item_ticked_meanwhile_is_renamed_and_stays_ticked(client, task, tomasz):
    item = ChecklistItem(task=task, text="Order the pump")
    item.save()
    client.force_login(tomasz)
    client.post(f"/tasks/REP-1/checklist/{item.pk}/tick/", {"done": "1"})
    url = f"/tasks/REP-1/checklist/{item.pk}/"
    client.post(url, {"text": "Order two", "began": "Order the pump"})
    row = ChecklistItem.objects.get()
    assert (row.text, row.is_done) == ("Order two", True)


def test_what_a_saved_view_shows(client, project, tomasz):
    view = SavedView.objects.create(project=project, owner=tomasz, name="Mine", query="owner=me")
    url = f"/projects/REP/views/{view.pk}/update/"
    client.force_login(tomasz)
    client.post(url, {"query": "priority=urgent", "version": 1})
    response = client.post(url, {"query": "priority=high", "version": 1})
    assert response.status_code == 409
    assert b"priority=urgent" in response.content
    assert b'name="query" value="priority=high"' in response.content
    client.post(url, {"query": "priority=high", "version": response.context["view"].version})
    assert SavedView.objects.get().query == "priority=high"


def test_without_the_version_the_second_would_win(client, root, project):
    """The control: it is the number in the form that holds the second one up."""
    status = project.statuses.get(category="doing")
    url = f"/admin/status/edit/{status.pk}/"
    mine = sent(client, url, name="Working") | {"version": ""}
    client.post(url, sent(client, url, name="Under way"))
    assert client.post(url, mine).status_code == 302
    assert project.statuses.get(category="doing").name == "Working"


def add(client, project, **data):
    data = {"project": str(project.pk), "role": "member", "user": "", "group": ""} | data
    return client.post("/admin/membership/new/", data)


@pytest.mark.parametrize("words", ["otto.one@mail.example", "OTTO.ONE@mail.example", "Otto Eins"])
def test_a_person_is_found_by_address_or_name(client, root, project, words):
    otto = make_user("Otto Eins", email="otto.one@mail.example")
    assert add(client, project, user=words).status_code == 302
    assert Membership.objects.get(user=otto).role == "member"


def test_a_name_of_several_or_of_nobody_is_asked_again(client, root, project):
    for n in range(12):
        make_user("Otto Zwei", email=f"zwei{n}@mail.example")
    several = said(add(client, project, user="Otto Zwei"), "user")
    assert "<zwei0@mail.example>" in several
    assert several.count("@") == 8
    assert "Nobody" in said(add(client, project, user="Nobody Here"), "user")
    assert "a person or a group" in said(add(client, project), "user")


def test_the_form_costs_the_same_for_many_people(client, root, project):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/admin/membership/new/")
        return len(queries), len(page.content)

    cost()
    before = cost()
    for n in range(50):
        make_user(f"Somebody {n}")
    assert cost() == before
