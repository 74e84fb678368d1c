"""Search follows labels and the readers of comments; what many tasks carry, the worker does."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from portal.actor import acting
from portal.queue import worker
from tasks import services
from tasks.forms.properties import LabelsForm
from tasks.lists import bulk
from tasks.models import Activity, Comment, Label, LabelWork, Task
from tasks.quick_add.known import Known
from tasks.search.find import find
from tasks.services import labels as label_service
from tests.factories import make_task


@pytest.fixture
def doors(project, task):
    label = Label.objects.create(project=project, name="Doors")
    task.set_labels([label])
    return label


@pytest.fixture
def many(project, doors, monkeypatch):
    """Six more tasks with the label, which is more than a request or one lease deals with."""
    for name, number in (("AT_ONCE", 3), ("PART", 4), ("BATCH", 2)):
        monkeypatch.setattr(label_service, name, number)
    tasks = [make_task(project) for _number in range(6)]
    for one in tasks:
        one.set_labels([doors])
    return tasks


def work_off():
    queue = worker.Queue(rows=LabelWork.objects.all(), handle=label_service.carry_out)
    while worker.process(queue):
        pass


def found(user, words):
    return len(find(user, words).tasks)


def test_a_renamed_label_is_found_by_its_new_name_at_once(client, root, doors, vera):
    data = {"name": "Gates", "hue": doors.hue, "into": "", "version": doors.version}
    assert client.post(f"/admin/label/edit/{doors.pk}/", data).status_code == 302
    assert (found(vera, "gates"), found(vera, "doors")) == (1, 0)
    assert not LabelWork.objects.filter(state="pending").exists()


def test_no_writer_can_forget_it(doors, vera):
    doors.name = "Gates"
    doors.save()
    doors.save()  # the same name owes nothing more
    assert LabelWork.objects.count() == 1
    work_off()
    assert found(vera, "gates") == 1


def test_another_colour_owes_search_nothing(doors):
    doors.hue = "blue"
    doors.save()
    assert not LabelWork.objects.exists()


def test_the_tasks_of_a_label_of_many_are_read_by_the_worker(client, root, doors, many, vera):
    data = {"name": "Gates", "hue": doors.hue, "into": "", "version": doors.version}
    page = client.post(f"/admin/label/edit/{doors.pk}/", data, follow=True)
    assert "in a few minutes" in page.content.decode()
    assert found(vera, "gates") == 0
    work_off()
    assert (found(vera, "gates"), found(vera, "doors")) == (7, 0)
    assert not LabelWork.objects.exclude(state="done").exists()


def test_a_label_of_many_is_merged_by_the_worker(client, root, project, doors, many, vera):
    into = Label.objects.create(project=project, name="Gates")
    data = {"name": doors.name, "hue": doors.hue, "into": str(into.pk), "version": doors.version}
    page = client.post(f"/admin/label/edit/{doors.pk}/", data, follow=True)
    assert "7 tasks get the label “Gates” in the next minutes." in page.content.decode()
    assert Label.objects.filter(pk=doors.pk).exists()
    work_off()
    assert [one.labels for one in Task.objects.with_labels()] == [[into]] * 7
    assert (found(vera, "gates"), found(vera, "doors")) == (7, 0)
    assert not Label.objects.filter(pk=doors.pk).exists()
    assert Activity.objects.filter(field="labels", actor=root, new_value="Gates").count() == 7


def test_nobody_loses_a_label_when_its_successor_goes_first(project, doors, many):
    into = Label.objects.create(project=project, name="Gates")
    services.delete_label(doors, into=into)
    into.delete()
    work_off()
    assert doors.task_links.count() == 7


def test_work_that_is_done_twice_changes_nothing(project, doors, many, amara):
    with acting(amara):
        services.delete_label(doors)
    LabelWork.objects.create(label=doors, leaves=True)
    work_off()
    assert not Label.objects.exists()
    assert Activity.objects.filter(field="labels", old_value="Doors").count() == 7
    assert LabelWork.objects.filter(state__in=["pending", "dead"]).count() == 0


def test_renaming_does_not_do_what_is_left_of_a_deletion(doors, task):
    """Of many tasks only a few are left to the worker."""
    doors.name = "Gates"
    doors.save()
    LabelWork.objects.create(label=doors, leaves=True)
    assert services.catch_up(doors)
    assert task.labels == [doors]
    assert LabelWork.objects.get(state="pending").leaves


def test_a_label_on_its_way_out_is_neither_changed_nor_deleted_again(client, root, doors, many):
    services.delete_label(doors)
    data = {"name": "Gates", "hue": doors.hue, "into": "", "version": doors.version}
    for page in (
        client.post(f"/admin/label/edit/{doors.pk}/", data),
        client.post(f"/admin/label/delete/{doors.pk}/"),
    ):
        assert page.status_code == 409
        assert "“Doors” is being taken off its tasks" in page.content.decode()
    assert LabelWork.objects.count() == 1
    assert Label.objects.get().name == "Doors"


def test_what_others_are_merged_into_stays_till_then(client, root, project, doors, many):
    into, third = (Label.objects.create(project=project, name=name) for name in ("Gates", "Roof"))
    services.delete_label(doors, into=into)
    page = client.post(f"/admin/label/delete/{into.pk}/")
    assert (page.status_code, "Try again" in page.content.decode()) == (409, True)
    for gone, to in ((into, third), (into, None), (third, doors), (doors, third)):
        with pytest.raises(ValidationError):
            services.delete_label(gone, into=to)
    work_off()
    assert into.task_links.count() == 7
    assert client.post(f"/admin/label/delete/{into.pk}/").status_code == 302


def test_it_is_offered_nowhere_but_on_the_tasks_that_carry_it(project, doors, many, amara, task):
    other, kept = make_task(project), Label.objects.create(project=project, name="Roof")
    services.delete_label(doors)
    assert list(project.labels.on_offer()) == [kept]
    assert list(project.labels.on_offer(of=other)) == [kept]
    assert list(project.labels.on_offer(of=task)) == [doors, kept]
    assert Known(amara).labels(project) == [kept]
    for form in (LabelsForm(task=other, user=amara), bulk.LabelsForm(project=project, user=amara)):
        assert "Doors" not in str(form)
        assert "Roof" in str(form)
    with pytest.raises(ValidationError, match="being taken off"):
        services.create_label(project=project, user=amara, name="doors")


def test_a_few_are_merged_at_once(project, doors, task, vera):
    into = Label.objects.create(project=project, name="Gates")
    assert services.delete_label(doors, into=into) == 1
    assert (found(vera, "gates"), found(vera, "doors")) == (1, 0)


def test_a_label_that_is_added_meanwhile_stays(project, doors, task):
    urgent, late = Label.objects.create(project=project, name="Urgent"), []

    def add(execute, sql, *rest):
        """Let somebody else come first to the lock on the task."""
        if sql.startswith('SELECT "tasks_task"."id" AS "pk" FROM') and not late:
            late.append(True)
            task.set_labels([doors, urgent])
        return execute(sql, *rest)

    with connection.execute_wrapper(add):
        services.delete_label(doors)
    assert late == [True]
    assert Task.objects.get().labels == [urgent]


def test_a_comment_for_other_readers_is_found_by_them_alone(task, tomasz, mei, vera):
    said = services.add_comment(task=task, user=tomasz, body="locksmith")
    services.add_comment(task=task, user=mei, body="hinges", parent=said)
    assert found(vera, "locksmith") == 1
    said.audience = Comment.Audience.TEAM
    said.save(update_fields=["audience"])
    assert (found(vera, "locksmith"), found(vera, "hinges")) == (0, 0)
    assert (found(tomasz, "locksmith"), found(tomasz, "hinges")) == (1, 1)
    said.audience = Comment.Audience.EVERYONE
    said.save(update_fields=["audience"])
    assert (found(vera, "locksmith"), found(vera, "hinges")) == (1, 0)


@pytest.mark.parametrize("field", ["body", "resolved_at", "deleted_at"])
def test_an_old_copy_tells_of_no_other_readers(task, tomasz, field):
    said = services.add_comment(task=task, user=tomasz, body="locksmith")
    stale = Comment.objects.get(pk=said.pk)
    said.audience = Comment.Audience.TEAM
    said.save(update_fields=["audience"])
    setattr(stale, field, "hinges" if field == "body" else timezone.now())
    stale.save(update_fields=[field])
    assert Activity.objects.filter(field="comment_audience").count() == 1
    row = Task.objects.get(pk=task.pk)
    assert (row.comment_count, row.team_comment_count) == (0, 0 if field == "deleted_at" else 1)


def test_an_old_copy_tells_of_no_other_words(task, tomasz):
    said = services.add_comment(task=task, user=tomasz, body="locksmith")
    stale = Comment.objects.get(pk=said.pk)
    services.edit_comment(comment=said, user=tomasz, body="hinges", version=said.version)
    stale.resolved_at = timezone.now()
    stale.save(update_fields=["resolved_at"])
    assert Activity.objects.filter(field="comment").count() == 1
    assert Comment.objects.get().body == "hinges"


def test_the_counts_of_comments_follow_their_readers(task, tomasz):
    said = services.add_comment(task=task, user=tomasz, body="locksmith")
    said.audience = Comment.Audience.TEAM
    said.save(update_fields=["audience"])
    row = Task.objects.get(pk=task.pk)
    assert (row.comment_count, row.team_comment_count) == (0, 1)
    assert Activity.objects.filter(field="comment_audience", comment=said).count() == 1
