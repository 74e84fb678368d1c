"""Two managers leave at the same time: one of them stays."""

from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from tasks import permissions, services
from tasks.models import Membership, Project
from tests import factories
from tests.tasks.test_two_at_once import everywhere

pytestmark = pytest.mark.django_db(transaction=True)
MANAGER = [Membership.Role.MANAGER]


@pytest.fixture
def project(transactional_db):
    return factories.make_project("REP")


def two_managers(project):
    Membership.objects.all().delete()
    return [factories.make_member(project, "manager") for _ in range(2)]


def leaver(project, user, barrier):
    def leave():
        barrier.wait(10)
        try:
            services.leave_project(project=Project.objects.get(pk=project.pk), user=user)
        except ValidationError:
            return "stayed"
        return "left"

    return leave


def test_of_two_managers_who_leave_at_once_one_stays(project):
    for _ in range(10):
        barrier = Barrier(2)
        jobs = [leaver(project, user, barrier) for user in two_managers(project)]
        assert sorted(everywhere(jobs)) == ["left", "stayed"]
        assert permissions.people(project, MANAGER).count() == 1


def test_of_two_who_take_each_other_out_one_stays(project):
    for _ in range(10):
        one, other = two_managers(project)
        barrier = Barrier(2)

        def take_out(user, row, barrier=barrier):
            def act():
                barrier.wait(10)
                try:
                    services.remove_member(membership=row, user=user)
                except (ValidationError, permissions.PermissionDenied):
                    return "refused"
                return "done"

            return act

        rows = Membership.objects.select_related("project")
        jobs = [take_out(one, rows.get(user=other)), take_out(other, rows.get(user=one))]
        assert sorted(everywhere(jobs)) == ["done", "refused"]
        assert permissions.people(project, MANAGER).count() == 1


def test_of_two_who_are_deleted_in_the_admin_at_once_one_stays(project):
    for _ in range(10):
        barrier = Barrier(2)

        def delete(user, barrier=barrier):
            def act():
                barrier.wait(10)
                try:
                    with services.keeping_a_manager(project):
                        Membership.objects.filter(user=user).delete()
                except ValidationError:
                    return "refused"
                return "done"

            return act

        jobs = [delete(user) for user in two_managers(project)]
        assert sorted(everywhere(jobs)) == ["done", "refused"]
        assert permissions.people(project, MANAGER).count() == 1


@pytest.mark.postgres
def test_without_the_lock_both_would_go(project):
    """The control: each sees the other still there, and the project is left alone."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one after the other: run with DATABASE_URL for PostgreSQL.")
    barrier = Barrier(2)

    def leave(user):
        def act():
            with transaction.atomic():
                Membership.objects.filter(user=user).delete()
                others = permissions.people(project, MANAGER).exists()
                barrier.wait(10)
            return others

        return act

    assert everywhere([leave(user) for user in two_managers(project)]) == [True, True]
    assert not permissions.people(project, MANAGER).exists()
