"""Helen is a superuser, Carl a clerk who may change and erase people, Ada has an account."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.models import User
from accounts.sync.records import apply_record
from tests import factories

MAY = ["access_admin", "view_user", "change_user", "delete_user"]


@pytest.fixture
def helen(db):
    return factories.make_user("Helen Whitcombe", is_superuser=True)


@pytest.fixture
def clerks(db):
    group = Group.objects.create(name="Clerks")
    group.permissions.set(Permission.objects.filter(codename__in=MAY))
    return group


@pytest.fixture
def carl(clerks):
    carl = factories.make_user("Carl Clerk")
    carl.groups.add(clerks)
    return carl


@pytest.fixture
def as_helen(helen) -> Client:
    client = Client()
    client.force_login(helen)
    return client


@pytest.fixture
def as_carl(carl) -> Client:
    client = Client()
    client.force_login(carl)
    return client


@pytest.fixture
def person(db, auth) -> User:
    """Ada, known from Supabase; the Auth server answers to bans with her banned record."""
    record = auth.record()
    return apply_record(record).user


@pytest.fixture
def answers_with(auth) -> Callable[..., str]:
    """A function that lets the Auth server answer to changes of Ada's account."""

    def script(**changes: object) -> str:
        record = auth.record(**changes)
        route = f"PUT /admin/users/{record['id']}"
        auth.answers[route] = (200, record)
        return route

    return script


@pytest.fixture
def act(as_helen) -> Callable:
    """A function that presses a button on somebody's page, as Helen unless told otherwise."""

    def press(person: User, action: str, client: Client = as_helen, **data: object):
        return client.post(f"/admin/people/users/{person.pk}/{action}/", data)

    return press
