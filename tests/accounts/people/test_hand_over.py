"""Everything a person is responsible for goes to somebody else, or nothing does."""

import pytest
from django.core.exceptions import PermissionDenied
from wagtail.models import Page

from accounts.models import AuditEntry, User
from accounts.people.hand_over import hand_over, owned
from notifications.models import Email
from tasks import permissions
from tasks.models import Activity, Membership, Task
from tests import factories

Role = Membership.Role


@pytest.fixture
def loaded(project, amara):
    """Amara alone manages Repairs, owns two open tasks and a finished one, and a page."""
    for category in ("todo", "doing", "done"):
        factories.make_task(project, category, owner=amara)
    page = Page.objects.get(depth=1).add_child(instance=Page(title="Garden", owner=amara))
    page.locked, page.locked_by = True, amara
    page.save()
    Email.objects.all().delete()
    return amara


def labels(user):
    return {str(one.label): one.count for one in owned(user)}


def test_it_says_what_there_is(loaded):
    assert labels(loaded) == {
        "Open tasks": 2, "Projects that only they manage": 1, "Pages": 1, "Locked pages": 1,
    }  # fmt: skip


def test_everything_goes_over(loaded, project, mei, act, helen):
    response = act(loaded, "hand-over", to=mei.email.upper())
    assert response.status_code == 302
    assert labels(loaded) == {} and labels(mei) == {"Open tasks": 2, "Pages": 1}
    assert Task.objects.get(owner=loaded).is_done
    assert permissions.may(User.objects.get(pk=mei.pk), permissions.MANAGE, project)
    assert not Page.objects.filter(locked=True).exists()
    entry = AuditEntry.objects.get(event="person.handed-over")
    assert (entry.target_id, entry.details["to"]) == (loaded.pk, str(mei.pk))


def test_the_history_says_so_once_for_each_task(loaded, mei, act, helen):
    act(loaded, "hand-over", to=mei.email)
    rows = Activity.objects.filter(field="owner")
    assert {(row.old_value, row.new_value) for row in rows} == {(str(loaded), str(mei))}
    assert rows.count() == 2 and {row.actor for row in rows} == {helen}


def test_who_takes_over_is_told_once(loaded, mei, act):
    act(loaded, "hand-over", to=mei.email)
    (mail,) = Email.objects.all()
    assert mail.recipient == mei and mail.context["title"] == "You have taken something over"
    assert ["Open tasks", "2"] in mail.context["facts"]


def test_somebody_from_outside_can_own_what_they_get(loaded, otto, helen, project):
    hand_over(helen, loaded, otto)
    otto = User.objects.get(pk=otto.pk)
    assert Task.objects.visible_to(otto).filter(owner=otto).count() == 2


def test_a_higher_role_is_not_lowered(loaded, project, helen):
    other = factories.make_member(project, Role.MANAGER)
    hand_over(helen, loaded, other)
    assert Membership.objects.get(user=other).role == Role.MANAGER


def test_it_is_harmless_twice(loaded, mei, helen):
    assert hand_over(helen, loaded, mei) == 5
    assert hand_over(helen, loaded, mei) == 0
    assert AuditEntry.objects.filter(event="person.handed-over").count() == 1


def test_all_or_nothing(loaded, mei, helen, settings):
    settings.HAND_OVER = [*settings.HAND_OVER, "tests.accounts.people.broken_hand_over"]
    with pytest.raises(RuntimeError):
        hand_over(helen, loaded, mei)
    assert labels(loaded)["Open tasks"] == 2 and not Activity.objects.filter(field="owner").exists()


@pytest.mark.parametrize("address", ["nobody@mail.example", "", "self"])
def test_it_needs_somebody_who_may_enter(loaded, act, address):
    address = loaded.email if address == "self" else address
    assert act(loaded, "hand-over", to=address).status_code == 422
    assert labels(loaded)["Open tasks"] == 2


def test_only_superusers_hand_over(loaded, as_carl, act, carl, mei):
    """A clerk could make a friend manager of any project with it."""
    act(loaded, "hand-over", as_carl, to=carl.email)
    with pytest.raises(PermissionDenied):
        hand_over(carl, loaded, mei)
    assert labels(loaded)["Open tasks"] == 2


def test_its_cost_does_not_grow_with_the_tasks(
    project, amara, mei, helen, django_assert_max_num_queries
):
    for _number in range(40):
        factories.make_task(project, owner=amara)
    with django_assert_max_num_queries(60):
        hand_over(helen, amara, mei)
