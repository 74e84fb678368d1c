"""The admin's first page says what needs attention, for people who look after accounts."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from accounts.models import Invitation, SyncEvent
from accounts.people.home_panel import AttentionPanel, dead_letters


def panel(client):
    return client.get("/admin/").content.decode().partition('id="attention')[2]


def test_it_is_calm_when_all_runs(as_helen):
    assert "Everything runs" in panel(as_helen)


def test_it_names_what_was_given_up_what_is_late_and_who_was_invited(as_helen):
    Invitation.objects.create(email="a@mail.example", state="dead")
    Invitation.objects.create(email="b@mail.example")
    event = SyncEvent.objects.create(kind="UPDATE", subject=uuid4(), dedupe_key="x")
    SyncEvent.objects.filter(pk=event.pk).update(created_at=timezone.now() - timedelta(minutes=40))
    shown = panel(as_helen)
    assert "1 entry given up" in shown and ": invitations" in shown
    assert "wait for 40 minutes" in shown and "1 invitation is open" in shown


def test_it_costs_three_queries(db, django_assert_num_queries):
    with django_assert_num_queries(3):
        AttentionPanel().get_context_data({})
    assert dead_letters() == []


def test_editors_do_not_see_it(as_carl, clerks):
    assert panel(as_carl)
    clerks.permissions.remove(*clerks.permissions.exclude(codename="access_admin"))
    assert panel(as_carl) == ""
