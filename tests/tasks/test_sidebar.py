from django.contrib.auth.models import Group, Permission

from tests.factories import make_member


def test_it_leads_to_a_new_task_of_the_project_at_hand(client, project, mei):
    client.force_login(mei)
    assert b'href="/projects/REP/new/"' in client.get("/projects/REP/").content
    assert b'href="/work/new/"' in client.get("/work/").content


def test_it_offers_no_new_task_to_who_only_reads(client, vera):
    client.force_login(vera)
    assert b"New task" not in client.get("/work/").content


def test_it_offers_the_admin_to_who_may_enter(client, mei):
    client.force_login(mei)
    assert b"Edit the website" not in client.get("/work/").content
    editors = Group.objects.create(name="Desk")
    editors.permissions.add(Permission.objects.get(codename="access_admin"))
    mei.groups.add(editors)
    assert b"Edit the website" in client.get("/work/").content


def test_it_signs_out_by_a_form(client, mei):
    client.force_login(mei)
    assert b'method="post" action="/accounts/sign-out/"' in client.get("/work/").content


def test_its_badge_counts_what_waits_in_triage(client, amara, asked):
    client.force_login(amara)
    assert b'1<span class="visually-hidden"> new request,</span>' in client.get("/work/").content


def test_a_guest_gets_no_totals(client, project, task):
    client.force_login(make_member(project, "guest"))
    assert b"open task" not in client.get("/work/").content
