"""The bin: what is in it, the way back, and its end."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from portal.actor import acting
from tasks import services
from tasks.files import CheckedFile
from tasks.models import Attachment, Comment, Request, Task
from tasks.projects import bin as trash_bin
from tests.factories import make_member, make_project, make_task

URL = "/projects/REP/trash/"


@pytest.fixture
def full(project, amara, task):
    """A bin with a task, and a comment and a file of another task."""
    with acting(amara):
        other = make_task(project, title="Other")
        comment = services.add_comment(task=other, user=amara, body="Old words")
        file = CheckedFile("old.txt", "text/plain", b"text")
        file = services.add_attachment(task=other, user=amara, file=file)
        services.delete_task(task=task, user=amara)
        services.delete_row(row=comment, user=amara)
        services.delete_row(row=file, user=amara)
    return {"task": task, "comment": comment, "file": file}


def test_it_lists_what_was_deleted_by_whom(client, full, amara):
    client.force_login(amara)
    page = client.get(URL).content.decode()
    for words in ("Bike store door", "Old words", "old.txt"):
        assert words in page
    assert {one.deleted_by for one in trash_bin.of_project(full["task"].project)} == {
        "Amara Okafor"
    }


@pytest.mark.parametrize("kind", ["task", "comment", "file"])
def test_it_gives_back(client, full, amara, kind):
    client.force_login(amara)
    for _ in range(2):
        response = client.post(f"{URL}{kind}/{full[kind].pk}/restore/", follow=True)
        assert "is back" in response.content.decode()
    assert type(full[kind]).objects.filter(pk=full[kind].pk).exists()


def test_an_empty_one_says_what_it_is_for(client, project, amara):
    client.force_login(amara)
    assert "The bin is empty" in client.get(URL).content.decode()


def test_only_managers_open_it(client, full, tomasz, charlie):
    for user, code in ((tomasz, 403), (charlie, 404)):
        client.force_login(user)
        assert client.get(URL).status_code == code
        assert client.post(f"{URL}task/{full['task'].pk}/restore/").status_code == code
    assert not Task.objects.filter(pk=full["task"].pk).exists()


def test_another_projects_bin_gives_nothing(client, full, amara):
    other = make_project("OTH")
    manager = make_member(other, "manager")
    client.force_login(manager)
    for kind, row in full.items():
        response = client.post(f"/projects/OTH/trash/{kind}/{row.pk}/restore/")
        assert response.status_code == 404


def test_it_costs_the_same_however_full(full, project, amara, django_assert_num_queries):
    for many in (1, 10):
        for _ in range(many):
            make_task(project).delete()
        with django_assert_num_queries(4):
            assert len(trash_bin.of_project(project)) > many


def test_after_thirty_days_it_is_emptied(full, caplog):
    later = timezone.now() - timedelta(days=31)
    for model in (Task, Comment, Attachment):
        model.everything.filter(deleted_at__isnull=False).update(deleted_at=later)
    path, storage = full["file"].file.name, full["file"].file.storage
    assert storage.exists(path)
    with caplog.at_level("INFO"):
        trash_bin.empty_old()
    assert "1 task, 1 comment, 1 file." in caplog.text
    for kind in full:
        assert not type(full[kind]).everything.filter(pk=full[kind].pk).exists()


def test_what_went_there_yesterday_stays(full):
    trash_bin.empty_old()
    assert Task.everything.filter(pk=full["task"].pk).exists()


def test_the_files_of_a_purged_task_go(full, amara, django_capture_on_commit_callbacks):
    task = make_task(full["task"].project)
    file = CheckedFile("a.txt", "text/plain", b"text")
    file = services.add_attachment(task=task, user=amara, file=file)
    task.delete()
    with django_capture_on_commit_callbacks(execute=True):
        services.purge(timezone.now())
    assert not file.file.storage.exists(file.file.name)


def test_a_purged_request_takes_the_visitors_name_with_it(asked):
    asked.delete()
    services.purge(timezone.now())
    assert not Request.objects.exists()


def test_the_command_counts_before_it_deletes(full):
    out = StringIO()
    call_command("purge_bin", "--older-than-days", "0", "--dry-run", stdout=out)
    assert "1 task, 1 comment, 1 file." in out.getvalue()
    assert Task.everything.filter(pk=full["task"].pk).exists()
    call_command("purge_bin", "--older-than-days", "0", "--yes", stdout=out)
    assert not Task.everything.filter(pk=full["task"].pk).exists()
    call_command("purge_bin", "--older-than-days", "0", "--yes", stdout=out)
    assert "Nothing went to the bin before" in out.getvalue()


@pytest.mark.parametrize("days", ["-1", "x", "٣", "99999999999"])
def test_the_command_refuses_days_that_are_none(db, days):
    with pytest.raises(CommandError, match="a number of days from 0"):
        call_command("purge_bin", "--older-than-days", days)


def test_without_somebody_to_ask_nothing_is_deleted(full, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO())
    call_command("purge_bin", "--older-than-days", "0", stdout=(out := StringIO()))
    assert "Nothing was deleted." in out.getvalue()
    assert Task.everything.filter(pk=full["task"].pk).exists()


def test_a_subtask_comes_back_alone_when_its_parent_has_become_a_part(project, tomasz):
    parent, above = make_task(project), make_task(project)
    part = make_task(project, parent=parent)
    part.delete()
    services.set_parent(task=parent, user=tomasz, parent=above)
    part.restore()
    assert Task.objects.get(pk=part.pk).parent is None
