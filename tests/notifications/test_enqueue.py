"""Owing e-mails: once, and only together with the change they tell about."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from notifications.models import Email
from notifications.outbox import Recipient, enqueue, recipient_of
from tests.notifications.conftest import owe


def test_it_owes_one_email_to_each_person(db):
    owe("a@lindencourt.example", "b@lindencourt.example")
    assert set(Email.objects.values_list("to_address", flat=True)) == {
        "a@lindencourt.example",
        "b@lindencourt.example",
    }


def test_it_owes_nothing_twice(db):
    for address in ("a@lindencourt.example", "A@LindenCourt.example"):
        owe(address, address)
    assert Email.objects.count() == 1


def test_it_owes_again_for_another_change_template_or_address(db):
    owe("a@lindencourt.example")
    owe("a@lindencourt.example", key="change-2")
    owe("a@lindencourt.example", template="task-completed")
    owe("b@lindencourt.example")
    assert Email.objects.count() == 4


def test_it_leaves_out_people_without_an_address(db):
    enqueue(key="k", template="task-assigned", to=[Recipient("")], context={})
    assert not Email.objects.exists()


def test_it_remembers_the_account(amara):
    enqueue(key="k", template="task-assigned", to=[recipient_of(amara)], context={})
    email = Email.objects.get()
    assert (email.recipient, email.to_name, email.to_address) == (
        amara,
        "Amara Okafor",
        amara.email,
    )


@pytest.mark.django_db(transaction=True)
def test_it_owes_nothing_for_a_change_that_was_rolled_back():
    with pytest.raises(RuntimeError), transaction.atomic():
        owe()
        raise RuntimeError
    assert not Email.objects.exists()


def test_it_asks_the_database_once_whatever_the_number_of_people(db):
    counts = []
    for size in (1, 50):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            owe(*[f"p{n}@lindencourt.example" for n in range(size)], key=f"size-{size}")
        counts.append(len([q for q in queries if "INSERT" in q["sql"]]))
    assert counts == [1, 1]
