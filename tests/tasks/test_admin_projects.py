"""Projects, statuses, labels and memberships in the admin."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from accounts.models import RoleRule
from tasks.models import (
    Activity,
    Label,
    Membership,
    Project,
    ProjectKey,
    ProjectRole,
    Status,
    Task,
)
from tests.factories import make_member, make_project, make_task
from tests.tasks.desk import DESK, let_in, listed


def project_form(project, **changes):
    data = {"name": project.name, "key": project.key, "hue": "grey", "visibility": "members"}
    return data | {"description": "", "version": str(project.version)} | changes


def edit(client, project, **changes):
    return client.post(f"/admin/project/edit/{project.pk}/", project_form(project, **changes))


def errors(response):
    return {name: " ".join(said) for name, said in response.context["form"].errors.items()}


def test_a_key_may_change_and_the_old_one_still_leads_there(client, root, project, task):
    assert edit(client, project, key="fix").status_code == 302
    project.refresh_from_db()
    assert project.key == "FIX"
    assert client.get("/tasks/REP-1/", follow=True).redirect_chain[-1][0] == "/tasks/FIX-1/"


def test_a_key_that_another_project_has_or_had_is_refused(client, root, project):
    ProjectKey.objects.create(key="OLD", project=make_project("OTH", name="Other"))
    assert "belongs to Other" in errors(edit(client, project, key="OLD"))["key"]
    assert "key" in errors(edit(client, project, key="OTH"))


def test_a_box_archives_and_takes_back(client, root, project):
    edit(client, project, archived="on")
    project.refresh_from_db()
    at = project.archived_at
    edit(client, project, archived="on")
    project.refresh_from_db()
    assert at == project.archived_at
    edit(client, project)
    project.refresh_from_db()
    assert project.archived_at is None


def test_the_second_of_two_savers_is_told_and_may_save_again(client, root, project):
    sent = project_form(project, name="Mine")
    project.name = "Theirs"
    project.save()
    response = client.post(f"/admin/project/edit/{project.pk}/", sent)
    assert response.status_code == 409
    assert "“Theirs”" in errors(response)["name"]
    assert b"Mine" in response.content
    assert Project.objects.get().name == "Theirs"
    sent["version"] = response.context["form"].data["version"]
    client.post(f"/admin/project/edit/{project.pk}/", sent)
    assert Project.objects.get().name == "Mine"


@pytest.mark.parametrize("path", ["project", "status", "label", "membership"])
def test_managers_do_that_on_the_website(client, manager, path):
    assert client.get(f"/admin/{path}/").status_code == 302


def test_who_begins_a_project_manages_it(client, manager):
    manager.user_permissions.add(Permission.objects.get(codename="add_project"))
    data = {"name": "Yard", "key": "yard", "hue": "green", "visibility": "members"}
    page = client.post("/admin/project/new/", data | {"description": ""}, follow=True)
    project = Project.objects.get(key="YARD")
    assert project.memberships.get().user == manager
    assert client.get("/projects/YARD/members/").status_code == 200
    assert 'href="/projects/YARD/members/"' in page.content.decode()


def test_a_project_with_tasks_stays_and_may_be_archived(client, root, project, task):
    task.delete()
    url = f"/admin/project/delete/{project.pk}/"
    for response in (client.get(url), client.post(url)):
        page = response.content.decode()
        assert "It has 1 task, 1 of them in the bin. Archive it instead" in page
        assert f'href="/admin/project/edit/{project.pk}/"' in page
        assert "referenced" not in page
    assert response.status_code == 409


def test_an_empty_project_goes(client, root, project):
    url = f"/admin/project/delete/{project.pk}/"
    assert b"It has no tasks." in client.get(url).content
    assert client.post(url).status_code == 302
    assert not Project.objects.exists()


def test_a_project_is_found_once_by_any_key_it_has_had(client, root, project):
    edit(client, project, key="FIX")
    for words in ("Repairs", "rep", "FIX"):
        rows = client.get("/admin/project/", {"q": words}).context["object_list"]
        assert [row.pk for row in rows] == [project.pk]
    assert not client.get("/admin/project/?q=none").context["object_list"]


def status_form(status, **changes):
    data = {"name": status.name, "category": status.category, "hue": status.hue}
    return data | {"wip_limit": "", "place": ""} | changes


def names(project):
    return list(project.statuses.values_list("name", flat=True))


def test_statuses_are_those_of_one_project(client, root, project):
    other = make_project("OTH", name="Another")
    for query, shown in (("", other), ("?project=REP", project), ("?project=NONE", other)):
        page = client.get(f"/admin/status/{query}")
        assert page.context["project"] == shown
        assert {row.project for row in page.context["object_list"]} == {shown}


def test_dragging_orders_within_the_project(client, root, project):
    other = make_project("OTH")
    before, status = names(other), project.statuses.get(name="Done")
    url = f"/admin/status/reorder/{status.pk}/"
    assert client.post(f"{url}?position=0").json() == {"success": True}
    assert names(project)[0] == "Done"
    client.post(f"{url}?position=nonsense")
    assert names(project)[-1] == "Done"
    assert list(project.statuses.values_list("order", flat=True)) == list(range(6))
    assert names(other) == before
    assert client.post("/admin/status/reorder/999999/?position=0").status_code == 404


def test_the_place_in_the_form_orders_too(client, root, project):
    status = project.statuses.get(name="Done")
    response = client.post(f"/admin/status/edit/{status.pk}/", status_form(status, place="1"))
    assert response["Location"] == "/admin/status/?project=REP"
    assert names(project)[0] == "Done"


def test_a_new_status_is_the_last_or_where_it_is_put(client, root, project):
    add = "/admin/status/new/?project=REP"
    assert client.get(add).context["form"].initial["project"] == project.pk
    data = {"project": str(project.pk), "category": "doing", "hue": "blue", "wip_limit": "3"}
    client.post(add, data | {"name": "Waiting", "place": ""})
    client.post(add, data | {"name": "Parts", "place": "2"})
    assert (names(project)[1], names(project)[-1]) == ("Parts", "Waiting")
    assert Status.objects.get(name="Parts").wip_limit == 3


def test_a_status_with_tasks_neither_goes_nor_closes_them(client, root, project):
    status = project.statuses.get(category="doing")
    make_task(project, "doing").delete()
    url = f"/admin/status/delete/{status.pk}/"
    assert "1 task stands here, 1 of them in the bin" in client.get(url).content.decode()
    assert client.post(url).status_code == 409
    data = status_form(status, category="done")
    assert "category" in errors(client.post(f"/admin/status/edit/{status.pk}/", data))


def test_it_leads_to_the_tasks_that_keep_a_status(client, root, project, asked):
    doing = project.statuses.get(category="doing")
    task = make_task(project, "doing")
    url = f"/admin/status/delete/{doing.pk}/"
    found = f"/projects/REP/?status={doing.pk}"
    assert f'href="{found}"' in client.get(url).content.decode()
    assert task.title in client.get(found).content.decode()
    task.archived_at = timezone.now()
    task.save()
    assert f'href="{found}&amp;archived=yes"' in client.get(url).content.decode()
    task.delete()
    assert 'href="/projects/REP/trash/"' in client.get(url).content.decode()
    triage = f"/admin/status/delete/{asked.status_id}/"
    assert 'href="/projects/REP/triage/"' in client.get(triage).content.decode()


def test_whoever_may_not_open_the_project_is_led_to_the_desk(client, project, otto):
    client.force_login(let_in(otto, "delete_status", "view_task"))
    status = project.statuses.get(category="doing")
    task = make_task(project, "doing", title="Stands here")
    for kept in ("", "&kept=archived"):
        page = client.get(f"/admin/status/delete/{status.pk}/")
        link = page.context["view"].instead[0]
        assert link == f"{DESK}?project=REP&category=doing{kept}"
        assert listed(client.get(link)) == [task.title]
        task.archived_at = timezone.now()
        task.save()


@pytest.mark.parametrize("category", ["todo", "done"])
def test_the_last_of_a_needed_kind_stays(client, root, project, category):
    status = project.statuses.get(category=category)
    url = f"/admin/status/delete/{status.pk}/"
    assert "is the last status of the kind" in client.get(url).content.decode()
    assert client.post(url).status_code == 409
    data = status_form(status, category="doing")
    assert (
        "is the last" in errors(client.post(f"/admin/status/edit/{status.pk}/", data))["category"]
    )
    Status.objects.create(project=project, name="Second", category=category, order=9)
    assert client.post(url).status_code == 302
    assert not Status.objects.filter(pk=status.pk).exists()


def test_an_empty_status_goes(client, root, project):
    status = project.statuses.get(category="review")
    assert client.post(f"/admin/status/delete/{status.pk}/").status_code == 302
    assert "In review" not in names(project)


@pytest.fixture
def labels(project):
    return [Label.objects.create(project=project, name=name) for name in ("Door", "Doors")]


def test_labels_merge_with_a_row_of_history_for_each_task(client, root, project, task, labels):
    old, new = labels
    task.set_labels([old])
    both = make_task(project)
    both.set_labels(labels)
    Activity.objects.all().delete()
    data = {"name": old.name, "hue": "grey", "into": str(new.pk)}
    assert client.post(f"/admin/label/edit/{old.pk}/", data).status_code == 302
    assert [Task.objects.get(pk=one.pk).labels for one in (task, both)] == [[new], [new]]
    assert Activity.objects.filter(field="labels", actor=root).count() == 2
    assert list(Label.objects.all()) == [new]


def test_a_label_merges_within_its_project_only(client, root, labels):
    foreign = Label.objects.create(project=make_project("OTH"), name="Door")
    data = {"name": "Door", "hue": "grey", "into": str(foreign.pk)}
    assert "into" in errors(client.post(f"/admin/label/edit/{labels[0].pk}/", data))


def test_deleting_a_label_says_how_many_lose_it(client, root, task, labels):
    task.set_labels(labels)
    url = f"/admin/label/delete/{labels[0].pk}/"
    page = client.get(url).content.decode()
    assert "1 task loses this label." in page
    assert "referenced" not in page
    client.post(url)
    assert Task.objects.get().labels == [labels[1]]
    assert Activity.objects.filter(field="labels", new_value="Doors").exists()


def test_labels_are_added_once_and_listed_by_project(client, root, project, labels):
    data = {"project": str(project.pk), "name": "door", "hue": "red"}
    assert client.post("/admin/label/new/", data).status_code == 200
    assert client.post("/admin/label/new/", data | {"name": "Roof"}).status_code == 302
    other = make_project("OTH")
    assert client.get(f"/admin/label/?project={other.pk}").context["object_list"].count() == 0
    assert client.get("/admin/label/?q=roof").context["object_list"].count() == 1


def test_labels_are_listed_by_project_and_name(client, root, labels):
    other = make_project("OTH", name="Another")
    for name in ("Window", "Attic"):
        Label.objects.create(project=other, name=name)
    rows = client.get("/admin/label/").context["object_list"]
    assert [label.name for label in rows] == ["Attic", "Window", "Door", "Doors"]


def test_memberships_are_found_and_say_when_they_end(client, root, project):
    member = make_member(project, "member", "Ende Soon").memberships.get()
    member.expires_at = timezone.now() - timedelta(days=1)
    member.save()
    page = client.get("/admin/membership/?q=ende").content.decode()
    assert ", over" in page
    assert "Ende Soon" in page
    assert client.get("/admin/membership/?q=nobody").context["object_list"].count() == 0


def test_memberships_are_sorted_by_person_and_by_what_is_clicked(client, root, project):
    other = make_project("OTH", name="Another")
    zoe, ada = (make_member(project, role, name) for role, name in ROLES)
    Membership.objects.create(project=other, user=zoe, role="viewer")

    def rows(query=""):
        found = client.get(f"/admin/membership/{query}").context["object_list"]
        return [(str(row.user), row.project.key) for row in found]

    assert rows() == [("ada", "REP"), ("Zoe", "OTH"), ("Zoe", "REP")]
    assert rows("?ordering=project__name")[0] == ("Zoe", "OTH")
    assert rows("?ordering=-reach")[0] == ("ada", "REP")
    assert rows("?ordering=-who")[-1] == ("ada", "REP")


ROLES = (("viewer", "Zoe"), ("manager", "ada"))


@pytest.mark.parametrize("chosen", [(), ("user", "group")])
def test_a_membership_is_of_a_person_or_a_group(client, root, project, otto, chosen):
    group = Group.objects.create(name="Gardeners")
    who = {"user": "Otto", "group": str(group.pk)}
    data = {"project": str(project.pk), "role": "member"} | {name: who[name] for name in chosen}
    response = client.post("/admin/membership/new/", data)
    assert errors(response) == {"user": "Choose a person or a group."}
    assert "Constraint" not in response.content.decode()
    assert "In place of a person" in response.content.decode()


def test_the_only_manager_stays_one(client, root, project, amara):
    row = amara.memberships.get()
    delete, edit = (f"/admin/membership/{what}/{row.pk}/" for what in ("delete", "edit"))
    assert "Nobody else manages Repairs for good." in client.get(delete).content.decode()
    assert client.post(delete).status_code == 409
    for less in ({"role": "member"}, {"role": "manager", "expires_at": "2030-01-01 12:00"}):
        response = client.post(edit, {"expires_at": "", "version": str(row.version)} | less)
        assert "Nobody else manages" in errors(response)["role"]
    same = {"role": "manager", "expires_at": "", "version": str(row.version)}
    assert client.post(edit, same).status_code == 302
    make_member(project, "manager", "Second One")
    assert client.post(delete).status_code == 302


def test_the_only_manager_for_a_while_may_stay_longer(client, root, project, amara):
    row = amara.memberships.get()
    row.expires_at = timezone.now() + timedelta(days=9)
    row.save()
    edit = f"/admin/membership/edit/{row.pk}/"
    for end in ("2090-01-01 12:00", ""):
        row.refresh_from_db()
        data = {"role": "manager", "expires_at": end, "version": str(row.version)}
        assert client.post(edit, data).status_code == 302
    row.refresh_from_db()
    assert row.expires_at is None


def test_what_a_rule_gives_is_changed_by_the_rule(client, root, project, otto):
    rule = RoleRule.objects.create(claim="role", value="x")
    role = ProjectRole.objects.create(rule=rule, project=project, role="member")
    row = Membership.objects.create(
        project=project, user=otto, role="member", source="role_rule", granted_by=role
    )
    page = client.get("/admin/membership/").content.decode()
    assert f"/admin/membership/edit/{row.pk}/" not in page
    data = {"project": str(project.pk), "user": str(otto.pk), "role": "manager"}
    assert client.post(f"/admin/membership/edit/{row.pk}/", data).status_code == 200
    assert client.post(f"/admin/membership/delete/{row.pk}/").status_code == 409
    assert Membership.objects.get(pk=row.pk).role == "member"
