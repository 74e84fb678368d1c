"""The demo: loaded once, harmless twice, never over other content."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from wagtail.models import Page

from accounts.models import User
from home.demo.repair_form import QUESTIONS
from home.form_editor import GIVES
from home.models import SiteSettings


@pytest.fixture
def loaded(db):
    call_command("load_demo")


def test_every_page_of_it_can_be_read(client, loaded):
    for page in Page.objects.live().filter(depth__gte=2):
        assert client.get(page.url).status_code == 200


def test_every_link_of_its_menu_leads_somewhere(client, loaded, site):
    settings = SiteSettings.for_site(site)
    columns = [link for column in settings.footer for link in column.value["links"]]
    for link in [*(item.value for item in settings.navigation), *columns]:
        assert client.get(link.href.partition("#")[0]).status_code == 200


def test_it_changes_nothing_twice(loaded):
    before = list(Page.objects.order_by("pk").values_list("pk", "latest_revision_id"))
    call_command("load_demo")
    assert list(Page.objects.order_by("pk").values_list("pk", "latest_revision_id")) == before
    assert Page.find_problems() == ([], [], [], [], [])


def test_it_leaves_other_content_alone(standard):
    with pytest.raises(CommandError, match="other content"):
        call_command("load_demo")
    call_command("load_demo", force=True)
    assert Page.objects.filter(slug="report-a-repair").exists()


def test_it_makes_helen_and_priya_editors(loaded):
    for name, group in (("Helen Whitcombe", "Moderators"), ("Priya Raman", "Editors")):
        assert Group.objects.get(name=group) in User.objects.get(display_name=name).groups.all()
    priya = User.objects.get(display_name="Priya Raman")
    assert priya.has_perm("tasks.view_task")
    assert priya.has_perm("wagtailadmin.access_admin")


def test_an_editor_could_have_built_its_form():
    for question in QUESTIONS:
        becomes, kind = question.get("becomes", "answer"), question["kind"]
        assert kind in GIVES.get(becomes, {kind}), question["label"]
