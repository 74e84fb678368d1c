"""A change and what it owes commit together, or not at all."""

import pytest
from django.db import transaction

from notifications.models import Email
from portal.actor import acting
from tasks import services
from tasks.models import Activity, Status, Task
from tests.factories import make_task


class Stop(Exception):
    pass


def counts(project):
    return {
        s.category: s.task_count for s in Status.objects.filter(project=project) if s.task_count
    }


def test_a_change_that_is_rolled_back_leaves_nothing(project, task, amara, tomasz):
    before = (counts(project), Activity.objects.count(), Email.objects.count())
    with pytest.raises(Stop), transaction.atomic():
        services.change_task(task=task, user=amara, owner=tomasz)
        services.complete_task(task=task, user=amara)
        raise Stop
    assert (counts(project), Activity.objects.count(), Email.objects.count()) == before


def test_a_task_that_is_rolled_back_gives_its_number_back(project):
    with pytest.raises(Stop), transaction.atomic():
        make_task(project)
        raise Stop
    assert make_task(project).key == "REP-1"


def test_a_save_that_fails_half_way_changes_nothing(project, task, tomasz):
    task.owner = tomasz
    task.due_on = "no date"
    with pytest.raises(Exception, match="date"):
        task.save()
    assert Task.objects.get(pk=task.pk).owner is None
    assert not Activity.objects.filter(task=task, kind="changed").exists()


def test_it_names_who_acted(task, amara):
    with acting(amara):
        task.title = "Anew"
        task.save()
    row = Activity.objects.get(task=task, field="title")
    assert (row.actor, row.actor_name) == (amara, "Amara Okafor")


def test_a_name_stays_when_the_person_has_gone(task, otto):
    with acting(otto):
        task.title = "Anew"
        task.save()
    otto.delete()
    row = Activity.objects.get(task=task, field="title")
    assert (row.actor, row.actor_name) == (None, "Otto Outside")


def test_a_visitors_request_is_opened_by_their_name(asked):
    assert asked.activities.get(kind="created").actor_name == "Samir Haddad"


def test_a_stale_copy_does_not_bring_a_completion_back(project, task, amara):
    stale = Task.objects.get(pk=task.pk)
    services.complete_task(task=task, user=amara)
    stale.title = "Anew"
    stale.save()
    row = Task.objects.get(pk=task.pk)
    assert row.status.is_done
    assert row.completed_at is not None


def test_a_refreshed_copy_sees_its_own_next_change(project, task, amara):
    copy = Task.objects.get(pk=task.pk)
    services.complete_task(task=task, user=amara)
    copy.refresh_from_db()
    services.reopen_task(task=copy, user=amara)
    assert not Task.objects.get(pk=task.pk).status.is_done


def test_a_partly_loaded_task_can_be_saved(task):
    copy = Task.objects.only("title").get(pk=task.pk)
    copy.title = "Anew"
    copy.save()
    assert Task.objects.get(pk=task.pk).title == "Anew"


def test_deleting_a_stale_copy_takes_the_right_count_down(project, task, amara):
    stale = Task.objects.get(pk=task.pk)
    services.complete_task(task=task, user=amara)
    stale.delete()
    assert counts(project) == {}
