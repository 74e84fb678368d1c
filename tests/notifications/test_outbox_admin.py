"""The outbox in the Wagtail admin: read, search, try again; never edit."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import NoReverseMatch, reverse

from notifications.models import Email
from tests.notifications.conftest import owe

State = Email.State
INDEX = "/admin/mail/"


@pytest.fixture
def dead(db) -> Email:
    owe("priya@lindencourt.example", template="request-received")
    Email.objects.update(
        state=State.DEAD, attempts=8, last_error="550 No such mailbox", subject="[REP-12] Door"
    )
    return Email.objects.get()


@pytest.fixture
def sign_in(client, otto):
    """A function that signs a member in who holds these permissions on e-mails."""

    def sign_in(*codenames: str):
        group = Group.objects.create(name="mail")
        names = [*codenames, "access_admin"]
        group.permissions.set(Permission.objects.filter(codename__in=names))
        otto.groups.add(group)
        client.force_login(otto)
        return client

    return sign_in


def retry_url(email: Email) -> str:
    return reverse("mail:retry", args=[email.pk])


def test_it_lists_filters_and_searches(dead, admin_client):
    owe("tomasz@lindencourt.example")
    every = admin_client.get(INDEX).content.decode()
    assert "priya@lindencourt.example" in every and "tomasz@lindencourt.example" in every
    only_dead = admin_client.get(INDEX, {"state": "dead"}).content.decode()
    assert "priya@" in only_dead and "tomasz@" not in only_dead
    found = admin_client.get(INDEX, {"q": "door"}).content.decode()
    assert "priya@" in found and "tomasz@" not in found


@pytest.mark.parametrize("query", ['"', "%", "\\", "'", "priya OR 1=1", "\x00"])
def test_it_survives_any_search(dead, admin_client, query):
    assert admin_client.get(INDEX, {"q": query}).status_code == 200


def test_it_shows_the_error_and_the_facts(dead, admin_client):
    page = admin_client.get(f"{INDEX}inspect/{dead.pk}/").content.decode()
    assert "550 No such mailbox" in page and "form_title: Report a repair" in page
    assert "Try again" in page


def test_it_tries_one_again(dead, admin_client):
    answer = admin_client.post(retry_url(dead), follow=True)
    assert "1 is tried again now." in answer.content.decode()
    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == (State.PENDING, 0)


def test_it_tries_all_again(dead, admin_client):
    owe("tomasz@lindencourt.example")
    Email.objects.update(state=State.DEAD)
    assert "Try all again" in admin_client.get(INDEX).content.decode()
    admin_client.post(reverse("mail:retry_all"))
    assert set(Email.objects.values_list("state", flat=True)) == {State.PENDING}


def test_it_is_harmless_twice(dead, admin_client):
    admin_client.post(retry_url(dead))
    Email.objects.update(state=State.DONE)
    answer = admin_client.post(retry_url(dead), follow=True)
    assert "nothing is tried again" in answer.content.decode()
    dead.refresh_from_db()
    assert dead.state == State.DONE


def test_it_refuses_get(dead, admin_client):
    assert admin_client.get(retry_url(dead)).status_code == 405
    assert admin_client.get(reverse("mail:retry_all")).status_code == 405


@pytest.mark.parametrize("path", ["", "retry/"])
def test_it_sends_visitors_to_sign_in(dead, client, path):
    answer = client.post(INDEX + path) if path else client.get(INDEX)
    assert answer.status_code == 302 and "/accounts/sign-in/" in answer["Location"]
    dead.refresh_from_db()
    assert dead.state == State.DEAD


def test_it_hides_from_staff_without_the_permission(dead, sign_in):
    client = sign_in()
    assert client.get(INDEX).status_code == 302
    assert client.get(f"{INDEX}inspect/{dead.pk}/").status_code == 302
    assert ">Mail<" not in client.get("/admin/", follow=True).content.decode()


def test_it_lets_readers_read_and_nothing_else(dead, sign_in):
    client = sign_in("view_email")
    page = client.get(f"{INDEX}inspect/{dead.pk}/").content.decode()
    assert "550 No such mailbox" in page and "Try again" not in page
    assert "Try all again" not in client.get(INDEX).content.decode()
    client.post(retry_url(dead))
    dead.refresh_from_db()
    assert dead.state == State.DEAD


def test_it_lets_those_try_again_who_may_change(dead, sign_in):
    sign_in("view_email", "change_email").post(retry_url(dead))
    dead.refresh_from_db()
    assert dead.state == State.PENDING


@pytest.mark.parametrize("name", ["add", "edit", "delete"])
def test_it_has_no_way_to_edit(name):
    with pytest.raises(NoReverseMatch):
        reverse(f"mail:{name}")


def test_it_answers_404_for_an_unknown_row(dead, admin_client):
    unknown = f"{INDEX}inspect/00000000-0000-0000-0000-000000000000/"
    assert admin_client.get(unknown).status_code == 404


def test_it_asks_as_many_questions_for_ten_rows_as_for_fifty(
    db, admin_client, django_assert_max_num_queries
):
    owe(*[f"p{n}@lindencourt.example" for n in range(50)])
    admin_client.get(INDEX)
    with django_assert_max_num_queries(25) as fifty:
        admin_client.get(INDEX)
    Email.objects.filter(pk__in=Email.objects.values("pk")[10:]).delete()
    with django_assert_max_num_queries(len(fifty)):
        admin_client.get(INDEX)
