"""Rules that hold for every writer of a task: view, admin, API, shell."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from tasks import permissions, services
from tasks.models import (
    Activity,
    Attachment,
    ChecklistItem,
    Comment,
    Conflict,
    Label,
    Membership,
    Project,
    Relation,
    Status,
    Task,
)
from tests.factories import make_member, make_project, make_task


def fresh(task):
    return Task.everything.with_row().get(pk=task.pk)


def status(project, category):
    return Status.objects.get(project=project, category=category)


def relate(source, target, kind="blocks"):
    relation = Relation(source=source, target=target, kind=kind)
    relation.save()
    return relation


# Keys


def test_an_old_key_leads_to_the_task_after_a_rename(project):
    task = make_task(project)
    project.key = "FIX"
    project.save()
    later = make_task(project)
    assert Task.objects.with_key(f"FIX-{task.number}").get() == task
    assert Task.objects.with_former_key(f"REP-{task.number}").get() == task
    assert Task.objects.with_former_key(f"REP-{later.number}").get() == later


def test_a_key_that_another_project_had_is_taken(project):
    project.key = "FIX"
    project.save()
    with pytest.raises(ValidationError):
        Project(key="REP", name="Another").full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_project("REP")


def test_an_old_key_leads_to_the_task_after_a_move(project):
    task, other = make_task(project), make_project("OTH")
    old = task.key
    task.project, task.status = other, status(other, "todo")
    task.save()
    assert fresh(task).key == "OTH-1"
    assert Task.objects.with_former_key(old).get() == task
    assert make_task(project).number == 2  # never the one that left


# Review


def test_a_task_with_a_reviewer_goes_to_review(project, amara, mei):
    task = make_task(project, owner=amara, reviewer=mei)
    services.complete_task(task=task, user=amara)
    assert fresh(task).status.category == "review"
    with pytest.raises(PermissionDenied, match="Only Mei"):
        services.complete_task(task=task, user=amara)
    services.complete_task(task=fresh(task), user=mei)
    assert fresh(task).is_done


def test_nobody_else_moves_it_to_done(project, mei):
    manager, task = make_member(project, "manager"), make_task(project, reviewer=mei)
    with pytest.raises(PermissionDenied):
        services.move_task(task=task, user=manager, status=status(project, "done"))


# Relations


def test_a_blocked_task_is_freed_when_its_last_blocker_closes(project):
    task, one, two = (make_task(project) for _ in range(3))
    relate(one, task)
    relate(two, task)
    assert fresh(task).blocker_count == 2
    for blocker in (one, two):
        blocker = fresh(blocker)
        blocker.status = status(project, "done")
        blocker.save()
    assert fresh(task).blocker_count == 0
    assert Activity.objects.filter(task=task, field="blocked").count() == 1


def test_a_deleted_blocker_holds_up_nobody(project):
    task, blocker = make_task(project), make_task(project)
    relate(blocker, task)
    fresh(blocker).delete()
    assert fresh(task).blocker_count == 0
    fresh(blocker).restore()
    assert fresh(task).blocker_count == 1


def test_a_relation_taken_away_frees_it(project):
    task, blocker = make_task(project), make_task(project)
    relate(blocker, task).delete()
    assert fresh(task).blocker_count == 0


def test_there_are_no_circles(project):
    a, b, c = (make_task(project) for _ in range(3))
    relate(a, b)
    relate(b, c)
    with pytest.raises(ValidationError):
        relate(c, a)


def test_a_relation_is_stored_once(project):
    a, b = make_task(project), make_task(project)
    relate(a, b, "relates")
    for source, target in ((a, b), (b, a)):
        with pytest.raises(ValidationError):
            relate(source, target, "relates")
    with pytest.raises(ValidationError):
        relate(a, a)
    assert Activity.objects.filter(field="relates").count() == 2


# Subtasks and steps


def test_progress_rolls_up(project):
    parent = make_task(project)
    children = [make_task(project, parent=parent) for _ in range(3)]
    children[0].status = status(project, "done")
    children[0].save()
    assert (fresh(parent).subtask_done, fresh(parent).subtask_count) == (1, 3)
    fresh(children[0]).delete()
    assert (fresh(parent).subtask_done, fresh(parent).subtask_count) == (0, 2)
    fresh(children[0]).restore()
    assert (fresh(parent).subtask_done, fresh(parent).subtask_count) == (1, 3)


def test_subtasks_have_no_subtasks(project, amara):
    child = make_task(project, parent=make_task(project))
    with pytest.raises(ValidationError):
        services.create_task(project=project, user=amara, title="x", parent=child)
    with pytest.raises(ValidationError):
        services.set_parent(task=child.parent, user=amara, parent=make_task(project))


def test_steps_are_counted_and_told(project):
    task = make_task(project)
    item = ChecklistItem(task=task, text="Drain the loop")
    item.save()
    item.is_done = True
    item.save()
    assert (fresh(task).checklist_done, fresh(task).checklist_count) == (1, 1)
    assert list(task.activities.filter(field__startswith="check").values_list("field")) == [
        ("checklist",),
        ("checked",),
    ]
    item.delete()
    assert (fresh(task).checklist_done, fresh(task).checklist_count) == (0, 0)


# The bin


def test_the_bin_keeps_number_and_place(project):
    task = make_task(project)
    before = (task.number, task.position)
    task.delete()
    assert not Task.objects.exists()
    assert project.statuses.get(category="todo").task_count == 0
    fresh(task).restore()
    assert (fresh(task).number, fresh(task).position) == before
    assert project.statuses.get(category="todo").task_count == 1


def test_deleting_many_puts_them_in_the_bin_too(project):
    make_task(project)
    Task.objects.all().delete()
    assert Task.everything.count() == 1


def test_only_the_bin_is_purged(project):
    task = make_task(project)
    with pytest.raises(ValueError, match="not in the bin"):
        task.purge()
    task.delete()
    task.purge()
    assert not Task.everything.exists()
    assert make_task(project).number == 2


def test_archived_tasks_leave_the_count_but_not_the_progress(project, amara):
    task = make_task(project, "done")
    services.archive_task(task=task, user=amara)
    project = Project.objects.get(pk=project.pk)
    assert project.statuses.get(category="done").task_count == 0
    assert (project.done_count, project.total_count) == (1, 1)


# Comments and files


def test_a_comment_for_the_team_is_read_by_the_team(project, amara):
    task, member = make_task(project), make_member(project, "member")
    services.add_comment(task=task, user=amara, body="Between us.", audience="team")
    assert permissions.comments_of(task, amara).count() == 1
    assert permissions.comments_of(task, member).count() == 0
    with pytest.raises(PermissionDenied):
        services.add_comment(task=task, user=member, body="Me too.", audience="team")


def test_a_reply_to_the_team_stays_with_the_team(project, amara):
    task = make_task(project)
    first = services.add_comment(task=task, user=amara, body="Between us.", audience="team")
    reply = services.add_comment(task=task, user=amara, body="Yes.", parent=first)
    again = services.add_comment(task=task, user=amara, body="Right.", parent=reply)
    assert reply.is_for_team and again.parent == first
    assert fresh(task).team_comment_count == 3


def test_an_edited_comment_keeps_what_it_said(project, amara):
    comment = services.add_comment(task=make_task(project), user=amara, body="Tuesday.")
    services.edit_comment(comment=comment, user=amara, body="Monday.", version=1)
    row = Activity.objects.get(field="comment")
    assert (row.old_value, row.new_value, row.comment) == ("Tuesday.", "Monday.", comment)
    with pytest.raises(Conflict):
        services.edit_comment(comment=comment, user=amara, body="Friday.", version=1)


def test_a_comment_comes_back_from_the_bin(project, amara):
    task = make_task(project)
    comment = services.add_comment(task=task, user=amara, body="Hello.")
    services.delete_row(row=comment, user=amara)
    assert fresh(task).comment_count == 0 and not Comment.objects.exists()
    services.restore_row(row=Comment.everything.get(), user=amara)
    assert fresh(task).comment_count == 1


def test_others_do_not_delete_it(project, amara):
    comment = services.add_comment(task=make_task(project), user=amara, body="Hello.")
    with pytest.raises(PermissionDenied):
        services.delete_row(row=comment, user=make_member(project))
    services.delete_row(row=comment, user=make_member(project, "manager"))


def test_a_file_is_counted_once_however_often_it_is_deleted(project, amara):
    task = make_task(project)
    file = Attachment(task=task, name="a.pdf", content_type="application/pdf", size=1)
    file.save()
    stale = Attachment.everything.get()
    file.delete()
    stale.delete()
    assert fresh(task).attachment_count == 0
    Attachment.everything.get().restore()
    assert fresh(task).attachment_count == 1


# Two savers


def test_the_second_of_two_savers_is_told(project, amara, mei):
    make_member(project)
    first, second = make_task(project), Task.objects.with_row().get()
    services.change_task(task=first, user=amara, title="First", version=1)
    with pytest.raises(Conflict) as caught:
        services.change_task(task=second, user=amara, title="Second", version=1)
    assert caught.value.row.title == "First"
    assert Task.objects.get().title == "First"


def test_another_field_is_no_conflict(project, amara):
    first, second = make_task(project), Task.objects.with_row().get()
    services.change_task(task=first, user=amara, priority=1, version=1)
    services.change_task(task=second, user=amara, title="Second", version=1)
    assert (Task.objects.get().title, Task.objects.get().priority) == ("Second", 1)


# Labels, statuses, archived projects


def test_a_label_of_another_project_is_refused(project, amara):
    label = Label.objects.create(project=make_project("OTH"), name="Heating")
    with pytest.raises(ValidationError):
        services.set_labels(task=make_task(project), user=amara, labels=[label])


def test_a_status_with_tasks_stays_open_or_closed(project):
    make_task(project)
    todo = status(project, "todo")
    todo.category = "done"
    with pytest.raises(ValidationError):
        todo.save()
    todo = status(project, "todo")
    todo.category = "doing"
    todo.save()


def test_an_archived_project_is_read_only(project, amara):
    task = make_task(project)
    project.archived_at = timezone.now()
    project.save()
    assert Task.objects.visible_to(amara).exists()
    with pytest.raises(PermissionDenied, match="archived"):
        services.change_task(task=fresh(task), user=amara, title="x")


def test_a_reopened_task_goes_back_to_where_it_was(project, amara):
    task = make_task(project, "doing")
    services.complete_task(task=task, user=amara)
    services.reopen_task(task=fresh(task), user=amara)
    assert fresh(task).status.category == "doing"


def test_a_comment_counts_as_a_change(project, amara):
    task = make_task(project)
    before = fresh(task).updated_at
    services.add_comment(task=task, user=amara, body="Hello.")
    assert fresh(task).updated_at > before


def test_what_a_visitor_told_the_form_is_for_who_deals_with_it(asked, project, amara, mei):
    services.accept_request(task=asked, user=amara)
    member = make_member(project, "member")
    assert permissions.may_read_answers(amara, fresh(asked))
    assert not permissions.may_read_answers(member, fresh(asked))
    services.change_task(task=fresh(asked), user=amara, owner=member)
    assert permissions.may_read_answers(member, fresh(asked))


def test_a_copy_from_before_goes_by_the_row_as_it_is(project):
    """Counters follow what the row holds, not what a copy remembers."""
    one, two, part = make_task(project), make_task(project), make_task(project)
    old = Task.objects.get(pk=part.pk)
    part.parent = one
    part.save()
    old.status = Status.objects.get(project=project, category="done")
    old.save()
    assert [(t.subtask_count, t.subtask_done) for t in Task.objects.filter(pk=one.pk)] == [(1, 1)]
    assert old.parent == one and two.subtask_count == 0


def test_a_second_deletion_leaves_the_moment_of_the_first(project):
    parent = make_task(project)
    part = make_task(project, parent=parent)
    old = Task.objects.get(pk=parent.pk)
    parent.delete()
    old.delete()
    parent.restore()
    assert Task.objects.filter(pk=part.pk).exists()


def test_no_status_of_a_project_the_task_has_left(project, tomasz):
    other = make_project("OTH")
    Membership.objects.create(project=other, user=tomasz, role="contributor")
    task = make_task(project)
    old = Task.objects.with_row().get(pk=task.pk)
    services.move_to_project(task=task, user=tomasz, project=other)
    with pytest.raises(ValidationError, match="another project"):
        services.complete_task(task=old, user=tomasz)
