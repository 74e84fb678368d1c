from django.contrib.auth.models import Permission
from django.utils import timezone
from wagtail.models import Site

from home.models import SiteSettings
from tasks.models import Project
from tests.factories import make_project, make_task
from tests.tasks.desk import let_in


def keys(response):
    return [line.project.key for line in response.context["lines"]]


def test_it_shows_my_projects_and_the_shared_ones(client, project, vera):
    make_project("HID")
    make_project("ALL", visibility="signed_in")
    client.force_login(vera)
    assert sorted(keys(client.get("/projects/"))) == ["ALL", "REP"]


def test_it_counts_from_the_kept_counters(client, project, amara, asked):
    make_task(project)
    make_task(project, "done")
    client.force_login(amara)
    (line,) = client.get("/projects/").context["lines"]
    assert (line.open_count, line.triage_count, line.project.done_count) == (1, 1, 1)


def test_it_tells_viewers_nothing_of_triage(client, project, vera, asked):
    client.force_login(vera)
    response = client.get("/projects/")
    assert response.context["lines"][0].triage_count is None
    assert b"new request" not in response.content


def test_it_says_what_will_be_here(client, otto):
    client.force_login(otto)
    assert b"No projects yet" in client.get("/projects/").content


def test_it_names_whom_to_write_to_without_a_project(client, otto):
    settings = SiteSettings.for_site(Site.objects.get(is_default_site=True))
    settings.email = "office@lindencourt.example"
    settings.save()
    client.force_login(otto)
    page = client.get("/projects/").content.decode()
    assert 'href="mailto:office@lindencourt.example"' in page


def test_archived_projects_stand_behind_a_link(client, project, amara):
    client.force_login(amara)
    assert b"?show=archived" not in client.get("/projects/").content
    Project.objects.update(archived_at=timezone.now())
    response = client.get("/projects/")
    assert keys(response) == []
    assert b"?show=archived" in response.content
    assert keys(client.get("/projects/?show=archived")) == ["REP"]


def test_it_tells_nobody_of_archived_projects_of_others(client, otto):
    make_project("OLD", archived_at=timezone.now())
    client.force_login(otto)
    assert b"?show=archived" not in client.get("/projects/").content
    assert keys(client.get("/projects/?show=archived")) == []


def test_another_view_is_not_found(client, otto):
    client.force_login(otto)
    assert client.get("/projects/?show=x").status_code == 404


def test_who_may_make_projects_is_led_to_it(client, project, amara, otto):
    for user, codenames in ((amara, []), (otto, ["add_project"])):
        client.force_login(let_in(user, *codenames))
        page = client.get("/projects/").content
        assert (b'href="/admin/project/new/"' in page) == bool(codenames)
        assert b'href="/admin/project/new/"' not in client.get("/projects/?show=archived").content
    assert b"Begin the first one" in page


def test_the_right_alone_leads_nobody_into_the_admin(client, vera):
    vera.user_permissions.add(Permission.objects.get(codename="add_project"))
    client.force_login(vera)
    assert b"New project" not in client.get("/projects/").content
