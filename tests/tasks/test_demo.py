from django.core.management import call_command

from notifications.models import Email
from tasks.management import demo
from tasks.models import Activity, Membership, Project, Request, Task

MODELS = (Project, Membership, Task, Activity, Request)


def test_it_loads_once_and_mails_nobody(db, capsys):
    call_command("load_demo_tasks")
    first = [model.objects.count() for model in MODELS]
    call_command("load_demo_tasks")
    assert [model.objects.count() for model in MODELS] == first
    assert Task.objects.count() == len(demo.TASKS)
    assert Email.objects.count() == 0


def test_new_tasks_go_on_from_the_demos_numbers(db, capsys):
    call_command("load_demo_tasks")
    project = Project.objects.get(key="REP")
    assert project.next_number == 143
    assert (project.open_count, project.done_count, project.triage_count) == (14, 4, 1)


def test_history_lies_in_the_past(db, capsys):
    call_command("load_demo_tasks")
    for task in Task.objects.all():
        moments = list(task.activities.values_list("created_at", flat=True))
        assert (moments[0], moments[-1]) == (task.created_at, task.updated_at)


def test_what_a_person_changed_stays(db, capsys):
    call_command("load_demo_tasks")
    Task.objects.first().delete()
    call_command("load_demo_tasks")
    assert Task.objects.count() == len(demo.TASKS) - 1
