from django.apps import apps
from wagtail.models import ReferenceIndex

from tasks.models import Activity, Project, Status, Task
from tests.factories import make_project, make_task


def counts(project):
    return {
        s.category: s.task_count for s in Status.objects.filter(project=project) if s.task_count
    }


def test_it_numbers_tasks_per_project(db):
    first, second = make_project("AAA"), make_project("BBB")
    keys = [make_task(p).key for p in (first, first, second)]
    assert keys == ["AAA-1", "AAA-2", "BBB-1"]


def test_it_writes_one_history_row_per_changed_field(task, tomasz):
    task = Task.objects.get(pk=task.pk)
    task.owner, task.priority = tomasz, Task.Priority.HIGH
    task.save()
    rows = Activity.objects.filter(task=task, kind="changed")
    assert {(r.field, r.old_value, r.new_value) for r in rows} == {
        ("owner", "", "Tomasz Zielinski"),
        ("priority", "Normal", "High"),
    }
    assert len({r.change_id for r in rows}) == 1


def test_it_writes_nothing_when_nothing_changed(task):
    before = Activity.objects.count()
    Task.objects.get(pk=task.pk).save()
    assert Activity.objects.count() == before


def test_it_keeps_the_status_counters(project, task):
    make_task(project)
    task.status = project.first_status("done")
    task.save()
    assert counts(project) == {"todo": 1, "done": 1}
    assert task.completed_at is not None


def test_counters_survive_two_stale_copies(project, task):
    one, two = Task.objects.get(pk=task.pk), Task.objects.get(pk=task.pk)
    one.status = project.first_status("doing")
    one.save()
    two.status = project.first_status("done")
    two.save()
    assert counts(project) == {"done": 1}


def test_a_stale_project_or_status_leaves_the_counters_alone(project):
    old, old_status = Project.objects.get(), project.first_status("todo")
    make_task(project)
    old.name, old_status.name = "Mending", "Next"
    old.save()
    old_status.save()
    assert make_task(project).key == "REP-2"
    assert {s.name: s.task_count for s in Status.objects.filter(task_count__gt=0)} == {"Next": 2}
    assert Project.objects.get().name == "Mending"


def test_it_saves_a_field_that_was_not_loaded(task):
    partly = Task.objects.only("project", "number").get()
    partly.title = "Bike store lock sticks"
    partly.save()
    assert Task.objects.get().title == "Bike store lock sticks"
    assert Activity.objects.get(kind="changed").old_value == "Bike store door does not close"


def test_wagtail_looks_for_no_references_in_it():
    indexed = ReferenceIndex.indexed_models
    assert not [model for model in apps.get_app_config("tasks").get_models() if model in indexed]
