"""The Task desk in the admin. Each hole that is closed is shown open on the stock class."""

import csv
import io
import uuid
from datetime import UTC, date, datetime

import openpyxl
import pytest
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth import get_user_model
from django.test import RequestFactory
from wagtail_modeladmin.options import ModelAdmin

from notifications.models import Email
from portal.actor import acting
from portal.spreadsheets import safe_cell
from tasks import services
from tasks.admin.desk_filters import PEOPLE
from tasks.models import Activity, Label, Membership, Project, Task
from tests.factories import make_member, make_project, make_task
from tests.tasks.desk import DESK, form, let_in, listed


class StockDesk(ModelAdmin):
    """What modeladmin does when nothing is overridden: the negative control."""

    model = Task
    inspect_view_enabled = True
    list_export = ("title",)


@pytest.fixture
def stock():
    return StockDesk()


@pytest.fixture
def foreign(db):
    return make_task(make_project("OTH"), title="Foreign business")


def by_hand(view, user, path, *args):
    request = RequestFactory().get(path)
    request.user = user
    return view(request, *args)


def test_it_lists_what_i_may_edit(client, editor, task, foreign):
    assert listed(client.get(DESK)) == [task.title]


def test_nobody_accepts_their_own_request(client, project, editor):
    mine = make_task(project, "triage", title="Mine", requester=editor)
    assert listed(client.get(DESK)) == []
    to_do = project.first_status("todo")
    client.post(f"{DESK}edit/{mine.pk}/", form(mine, status=str(to_do.pk)))
    mine.refresh_from_db()
    assert mine.status.is_triage


def test_a_permission_on_the_model_lists_all(client, otto, task, foreign):
    client.force_login(let_in(otto, "view_task"))
    assert len(listed(client.get(DESK))) == 2
    assert client.get(f"{DESK}inspect/{foreign.pk}/").status_code == 200
    assert client.get(f"{DESK}edit/{foreign.pk}/").status_code == 302


def test_who_may_edit_nowhere_has_no_desk(client, mei, task):
    client.force_login(let_in(mei))
    assert client.get(DESK).status_code == 302
    assert b"Task desk" not in client.get("/admin/").content


@pytest.mark.parametrize("view", ["inspect", "edit", "delete", "history"])
def test_rows_of_others_are_refused_in_every_view(client, editor, foreign, view):
    response = client.get(f"{DESK}{view}/{foreign.pk}/")
    assert (response.status_code, response["Location"]) == (302, "/admin/")


def test_the_stock_class_shows_rows_of_others(stock, otto, foreign):
    stock.get_queryset = lambda request: Task.objects.none()  # narrows its list only
    user = let_in(otto, "view_task", "change_task")
    assert by_hand(stock.edit_view, user, "/", str(foreign.pk)).status_code == 200


def test_the_stock_class_shows_anybodys_history(stock, otto, foreign):
    response = by_hand(stock.history_view, let_in(otto), "/", str(foreign.pk))
    assert response.status_code == 200


def test_the_list_is_no_oracle_for_passwords(client, editor, task, mei):
    mei.password = "md5$secret"
    mei.save()
    Task.objects.filter(pk=task.pk).update(owner=mei)
    for start in ("md5", "zzz"):
        assert len(listed(client.get(DESK, {"owner__password__startswith": start}))) == 1


def test_the_stock_class_is_one(stock, otto, task):
    otto.password = "md5$secret"
    otto.save()
    Task.objects.filter(pk=task.pk).update(owner=otto)
    user = let_in(otto, "view_task")
    found = [
        by_hand(stock.index_view, user, f"/?owner__password__startswith={start}").context_data
        for start in ("md5", "zzz")
    ]
    assert [context["result_count"] for context in found] == [1, 0]


def test_unknown_parameters_are_ignored(client, editor, task):
    assert client.get(DESK, {"bogus": "1"}).status_code == 200
    assert client.get(DESK, {"priority": "x"}, follow=True).status_code == 200


def test_the_stock_class_falls_over_them(stock, otto, task):
    user = let_in(otto, "view_task")
    with pytest.raises(IncorrectLookupParameters):
        by_hand(stock.index_view, user, "/?bogus=1")


def test_a_key_that_is_none_is_not_found(client, editor):
    for view in ("inspect", "edit", "delete", "history"):
        assert client.get(f"{DESK}{view}/none/").status_code == 404
        assert client.get(f"{DESK}{view}/{uuid.uuid4()}/").status_code == 404


def test_it_filters(client, editor, project, task):
    mine = make_task(project, "doing", title="mine", owner=editor, priority=1)
    for query in ("category=doing", "owner=me", "priority=1", "project=REP&owner=me"):
        assert listed(client.get(f"{DESK}?{query}")) == ["mine"]
    assert listed(client.get(f"{DESK}?owner=nobody")) == [task.title]
    assert listed(client.get(f"{DESK}?project=OTH")) == []
    assert mine.owner == editor


def test_its_filters_name_no_foreign_project_or_person(client, editor, task, foreign, otto):
    page = client.get(DESK).content.decode()
    assert "Project OTH" not in page
    assert "Otto Outside" not in page


def test_it_finds_what_a_colleague_has_to_do(client, editor, project, task, foreign, mei, otto):
    theirs = make_task(project, title="Theirs", owner=mei, reviewer=editor)
    page = client.get(f"{DESK}?owner={mei.pk}")
    assert listed(page) == listed(client.get(f"{DESK}?reviewer=me")) == [theirs.title]
    assert f'<option value="{mei.pk}" selected>Mei-Ling Chan' in page.content.decode()
    for stranger in (otto.pk, "no-key"):  # nobody here has a task of theirs
        assert listed(client.get(f"{DESK}?owner={stranger}")) == []
    foreign.project.memberships.create(user=otto, role="member")
    assert "Otto Outside" not in client.get(f"{DESK}?project=OTH").content.decode()


def test_it_finds_somebody_after_the_last_who_is_offered(client, editor, project, task):
    User = get_user_model()
    users = User.objects.bulk_create(User(display_name=f"A {n:03}") for n in range(PEOPLE))
    last = User.objects.create(display_name="Zoe Last")
    rows = [Membership(project=project, user=user, role="member") for user in [*users, last]]
    Membership.objects.bulk_create(rows)
    theirs = make_task(project, title="Theirs", owner=last)
    page = client.get(f"{DESK}?owner={last.pk}")
    assert listed(page) == [theirs.title]
    assert f'<option value="{last.pk}" selected>Zoe Last' in page.content.decode()


@pytest.mark.parametrize("words", ["bike", "rep-1", "REP-1", 'door"'])
def test_it_searches_words_and_keys(client, editor, project, task, words):
    make_task(project, title="Other")
    expected = [] if '"' in words else [task.title]
    assert listed(client.get(DESK, {"q": words})) == expected


def test_a_nul_in_the_search_does_no_harm(client, editor, task):
    assert client.get(f"{DESK}?q=%00bike").status_code == 200


def test_saving_writes_history_and_owes_the_mail(client, project, task, editor, mei):
    response = client.post(f"{DESK}edit/{task.pk}/", form(task, owner=str(mei.pk), priority="1"))
    assert response["Location"] == DESK
    rows = Activity.objects.filter(task=task, kind="changed")
    assert {(row.field, row.actor) for row in rows} == {("owner", editor), ("priority", editor)}
    assert Email.objects.get(template="task-assigned").recipient == mei


def test_its_choices_end_at_the_project(client, project, task, editor, otto, foreign):
    for wrong in ({"owner": str(otto.pk)}, {"status": str(foreign.status_id)}):
        response = client.post(f"{DESK}edit/{task.pk}/", form(task, **wrong))
        assert response.status_code == 200
        assert response.context["form"].errors
    triage = project.first_status("triage")
    assert triage not in response.context["form"].fields["status"].queryset


def test_it_offers_neither_new_nor_delete_without_the_right(client, editor, task):
    page = client.get(DESK).content.decode()
    assert f"{DESK}create/" not in page
    assert f"{DESK}delete/" not in page
    assert client.get(f"{DESK}create/").status_code == 302


def test_it_deletes_for_who_has_the_right(client, task, tomasz):
    client.force_login(let_in(tomasz, "delete_task"))
    client.post(f"{DESK}delete/{task.pk}/")
    assert not Task.objects.exists()


def test_history_and_details_show(client, task, editor):
    client.post(f"{DESK}edit/{task.pk}/", form(task, title="Anew"))
    assert b"Anew" in client.get(f"{DESK}inspect/{task.pk}/").content
    assert client.get(f"{DESK}history/{task.pk}/").status_code == 200


def test_details_are_those_of_the_export_in_words(client, project, task, editor, mei):
    task.body = "Bring **oil**\n\n- and a rag"
    task.due_on, task.due_at = date(2026, 12, 4), datetime(2026, 12, 4, 14, 30, tzinfo=UTC)
    task.save()
    task.set_labels([Label.objects.create(project=project, name="Doors")])
    task.set_collaborators([mei])
    page = client.get(f"{DESK}inspect/{task.pk}/").content.decode()
    for words in ("<strong>oil</strong>", "<li>", "14:30", "Doors", "Mei-Ling Chan", "Normal"):
        assert words in page
    assert "p.m." not in page


def test_the_history_says_what_was_changed_wherever_it_was(client, project, task, editor, amara):
    with acting(amara):
        services.change_task(task=task, user=amara, priority=1)
        services.add_comment(task=task, user=amara, body="Word of the team")
    client.post(f"{DESK}edit/{task.pk}/", form(task, title="Anew", priority="1"))
    page = client.get(f"{DESK}history/{task.pk}/")
    said = [entry.text for entry in page.context["entries"]]
    assert said[0].startswith("changed the title")
    assert said[1:] == ["raised the priority from Normal to Urgent", "opened this task"]
    assert "Word of the team" not in page.content.decode()
    assert f'<a href="/tasks/{task.key}/#talk">' in page.content.decode()


def test_each_page_leads_to_the_others_and_to_the_website(client, task, editor):
    links = {
        "edit": ("/tasks/REP-1/", f"{DESK}history/{task.pk}/"),
        "inspect": ("/tasks/REP-1/", f"{DESK}edit/{task.pk}/", f"{DESK}history/{task.pk}/"),
        "history": ("/tasks/REP-1/", f"{DESK}edit/{task.pk}/"),
    }
    for view, urls in links.items():
        page = client.get(f"{DESK}{view}/{task.pk}/").content.decode()
        for url in (DESK, *urls):
            assert f'href="{url}"' in page, (view, url)
    assert '<a href="/tasks/REP-1/"' in client.get(DESK).content.decode()


def test_what_only_the_desk_shows_has_no_way_to_the_website(client, otto, foreign):
    client.force_login(let_in(otto, "view_task"))
    for page in (DESK, f"{DESK}inspect/{foreign.pk}/"):
        assert f'href="{foreign.get_absolute_url()}"' not in client.get(page).content.decode()


def test_the_list_is_as_it_was_after_saving(client, task, editor):
    narrowed = f"{DESK}?priority=3&o=2"
    edit = client.get(narrowed).content.decode().split('title-wrapper"><a href="')[1].split('"')[0]
    edit = edit.replace("&amp;", "&")
    page = client.get(edit).content.decode()
    assert f'action="{edit.replace("&", "&amp;")}"' in page
    assert client.post(edit, form(task, title="Anew"))["Location"] == narrowed
    elsewhere = f"{DESK}edit/{task.pk}/?next=https://else.example/"
    assert client.post(elsewhere, form(task, title="Old"))["Location"] == DESK


def test_it_finds_by_a_key_of_the_past(client, editor, project, task):
    project.key = "FIX"
    project.save()
    make_task(project, title="Other")
    for words in ("rep-1", "FIX-1"):
        assert listed(client.get(DESK, {"q": words})) == [task.title]
    assert listed(client.get(DESK, {"q": "REP-9"})) == []


FORMULAS = ["=1+1", "+1", "-1", "@x", "\t=1", "\n=1", "＝1", "＠x", "=cmd|' /C calc'!A0"]


def test_csv_has_words_and_no_formulas(client, editor, project, asked):
    for title in FORMULAS:
        make_task(project, title=title, priority=1)
    body = client.get(DESK, {"export": "csv"}).getvalue().decode()
    rows = list(csv.DictReader(io.StringIO(body)))
    assert {row["Priority"] for row in rows} == {"Urgent"}
    assert {row["Status"] for row in rows} == {"To do"}
    assert sorted(row["Title"] for row in rows) == sorted(f"'{title}" for title in FORMULAS)


def test_the_stock_class_writes_formulas(stock, otto, project):
    make_task(project, title="=1+1")
    response = by_hand(stock.index_view, let_in(otto, "view_task"), "/?export=csv")
    assert b"\r\n=1+1" in response.getvalue()


def test_xlsx_opens_and_holds_text(client, editor, project):
    make_task(project, title="=1+1")
    make_task(project, title="bell \x07 rings")
    data = b"".join(client.get(DESK, {"export": "xlsx"}).streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    cells = {row[1].value: row[1].data_type for row in sheet.iter_rows(min_row=2)}
    assert cells == {"'=1+1": "s", "bell  rings": "s"}


def test_cells_keep_numbers_and_dates():
    moment = datetime.fromisoformat("2026-07-01T10:00:00.5+00:00")
    assert safe_cell(moment).isoformat() == "2026-07-01T11:00:00"
    assert (safe_cell(-5), safe_cell(None), safe_cell("-")) == (-5, "", "")


def test_the_admin_keeps_projects_and_members(client, django_user_model, project):
    root = django_user_model.objects.create(display_name="Root", is_superuser=True)
    member = make_member(project, "member").memberships.get()
    client.force_login(root)
    for path in ("/admin/project/", "/admin/project/new/", "/admin/membership/"):
        assert client.get(path).status_code == 200
    page = client.get(f"/admin/project/edit/{project.pk}/").content.decode()
    assert 'name="name"' in page
    assert client.get(f"/admin/membership/edit/{member.pk}/").status_code == 200


def test_a_project_made_in_the_admin_has_statuses(client, django_user_model):
    root = django_user_model.objects.create(display_name="Root", is_superuser=True)
    client.force_login(root)
    data = {"name": "Yard", "key": "YARD", "hue": "green", "visibility": "members"}
    client.post("/admin/project/new/", data | {"description": ""})
    assert Project.objects.get(key="YARD").statuses.count() == 6
