from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from tasks import permissions, services
from tasks.models import Membership, Project, Task
from tests.factories import make_member, make_project, make_task, make_user

ROLES = {
    "viewer": "view view_all",
    "guest": "view comment move_own",
    "member": "view view_all comment move_own create",
    "contributor": "view view_all comment move_own move create edit internal share",
    "manager": "view view_all comment move_own move create edit internal share triage bulk delete manage",
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_grants_what_the_table_says(project, role):
    user = make_member(project, role)
    assert permissions.capabilities(user, project) == set(ROLES[role].split())


def test_a_group_grants_its_role(project, otto):
    group = Group.objects.create(name="Gardeners")
    otto.groups.add(group)
    Membership.objects.create(project=project, group=group, role="member")
    assert permissions.may(otto, permissions.CREATE, project)
    assert otto in permissions.people(project)


def test_an_expired_role_grants_nothing(project, mei):
    mei.memberships.update(expires_at=timezone.now() - timedelta(seconds=1))
    make_task(project)
    assert permissions.capabilities(mei, project) == set()
    assert not Task.objects.visible_to(mei).exists()


def test_who_is_switched_off_may_nothing(project, amara):
    amara.is_active = False
    assert permissions.capabilities(amara, project) == set()


def test_a_shared_project_can_be_read_by_everybody(otto):
    shared = make_project("ALL", visibility="signed_in")
    assert permissions.capabilities(otto, shared) == {"view", "view_all"}


def test_many_projects_cost_one_query(django_assert_num_queries, project):
    user = make_member(project)
    projects = [project, *(make_project() for _ in range(5))]
    with django_assert_num_queries(1):
        permissions.load(user, projects)
        assert [p.key for p in projects if permissions.may(user, permissions.EDIT, p)] == ["REP"]


def test_projects_where_agrees_with_may(project, mei):
    make_member(make_project("OTH"))
    make_project("ALL", visibility="signed_in")
    assert list(permissions.projects_where(mei, permissions.CREATE)) == [project]
    assert not permissions.projects_where(mei, permissions.EDIT)


def test_a_member_cannot_give_work_to_others_through_the_service(project, mei, tomasz):
    with pytest.raises(PermissionDenied):
        services.create_task(project=project, user=mei, title="x", owner=tomasz)
    services.create_task(project=project, user=mei, title="x", owner=mei)


def test_an_owner_from_outside_is_refused_by_the_service(project, amara, task):
    with pytest.raises(ValidationError, match="does not belong to Repairs"):
        services.change_task(task=task, user=amara, owner=make_user("Nia New"))


def test_a_status_of_another_project_is_refused_by_the_service(task, amara):
    with pytest.raises(ValidationError, match="another project"):
        services.move_task(task=task, user=amara, status=make_project().first_status("done"))


def test_public_progress_shows_no_task_to_newcomers(otto):
    project = make_project("OPEN", visibility="public")
    make_task(project)
    assert not Project.objects.visible_to(otto).exists()
    assert not Task.objects.visible_to(otto).exists()
    assert not permissions.may(otto, permissions.VIEW, project)
