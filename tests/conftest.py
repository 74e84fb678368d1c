"""People and things that most tests need. Amara manages, Tomasz contributes, Mei is a
member, Vera only reads, Otto belongs to nothing."""

import pytest

from tasks.models import Membership
from tests import factories


@pytest.fixture
def project(db):
    return factories.make_project("REP", name="Repairs")


@pytest.fixture
def amara(project):
    return factories.make_member(project, Membership.Role.MANAGER, "Amara Okafor")


@pytest.fixture
def tomasz(project):
    return factories.make_member(project, Membership.Role.CONTRIBUTOR, "Tomasz Zielinski")


@pytest.fixture
def mei(project):
    return factories.make_member(project, Membership.Role.MEMBER, "Mei-Ling Chan")


@pytest.fixture
def vera(project):
    return factories.make_member(project, Membership.Role.VIEWER, "Vera Holt")


@pytest.fixture
def otto(db):
    return factories.make_user("Otto Outside")


@pytest.fixture
def task(project):
    return factories.make_task(project, title="Bike store door does not close")
