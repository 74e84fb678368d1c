"""The command that fills the search index, and the check that asks for it."""

import uuid

from django.core.management import call_command

from tasks.checks import search_knows_every_task
from tasks.models import Comment, SearchEntry, Task
from tasks.search.find import find
from tests.factories import make_task


def lose(*tasks):
    SearchEntry.objects.filter(task__in=tasks).delete()


def test_it_finds_again_what_was_missing(project, task, vera):
    others = [make_task(project, title=f"pump {n}") for n in range(5)]
    Comment(task=task, author_name="Mei", body="locksmith").save()
    lose(task, *others)
    call_command("reindex_tasks", batch=2)
    assert len(find(vera, "pump").tasks) == 5
    assert find(vera, "bike locksmith").tasks == [task]


def test_it_leaves_the_others_alone(task, capsys):
    before = SearchEntry.objects.get().changed_at
    call_command("reindex_tasks")
    assert "0 tasks written" in capsys.readouterr().out
    assert SearchEntry.objects.get().changed_at == before


def test_all_reads_every_task_again(task, vera):
    Task.objects.filter(pk=task.pk).update(title="Gate")
    call_command("reindex_tasks", "--all")
    assert find(vera, "gate").tasks and not find(vera, "bike").tasks


def test_after_goes_on_behind_a_task(project):
    tasks = sorted((make_task(project) for _number in range(4)), key=lambda task: task.pk)
    lose(*tasks)
    call_command("reindex_tasks", "--all", after=tasks[1].pk)
    known = set(SearchEntry.objects.values_list("task_id", flat=True))
    assert known == {task.pk for task in tasks[2:]}


def test_deleted_tasks_stay_unfound(task, amara):
    task.delete()
    call_command("reindex_tasks")
    call_command("reindex_tasks", "--all", after=uuid.UUID(int=0))
    assert not SearchEntry.objects.exists()


def test_the_check_asks_for_it_only_when_tasks_are_missing(task):
    assert search_knows_every_task(databases=["default"]) == []
    lose(task)
    assert search_knows_every_task() == []
    (warning,) = search_knows_every_task(databases=["default"])
    assert "reindex_tasks" in warning.hint
