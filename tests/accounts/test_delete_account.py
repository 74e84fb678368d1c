"""Leaving: what is said before, the days in between, and taking it back."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models.signals import post_save
from django.utils import timezone

from accounts.models import AuditEntry, AuthSession, User
from accounts.personal_data import deletion, erasure
from accounts.supabase.errors import Unavailable
from notifications.models import Email
from tasks.models import Membership
from tests import factories

YES = {"confirmation": "Delete"}


@pytest.fixture
def leaving(ada):
    deletion.ask(ada)
    ada.refresh_from_db()
    return ada


def allow_deletion(auth, user):
    auth.answers[f"DELETE /admin/users/{user.identity.subject}"] = (200, {})


def test_it_says_what_happens(client, ada):
    page = client.get("/account/delete/").text
    for words in ("14 days", "Former member", "copy of your data", "Reports you sent"):
        assert words in page


def test_it_plans_the_day_and_signs_out_everywhere(client, ada):
    assert client.post("/account/delete/", YES).url == "/accounts/sign-in/"
    ada.refresh_from_db()
    assert timedelta(days=13) < ada.erase_after - timezone.now() <= timedelta(days=14)
    assert not AuthSession.objects.exists()
    assert client.get("/account/").url.startswith("/accounts/sign-in/")
    assert "sign in to keep it" in client.get("/accounts/sign-in/").text


def test_it_is_told_by_mail(client, ada):
    client.post("/account/delete/", YES)
    assert Email.objects.get(recipient=ada).context["title"] == "Your account will be deleted"


@pytest.mark.parametrize("typed", ["", "yes", "delete me"])
def test_it_needs_the_word(client, ada, typed):
    answer = client.post("/account/delete/", {"confirmation": typed})
    ada.refresh_from_db()
    assert answer.status_code == 422 and ada.erase_after is None


def test_it_needs_a_recent_sign_in(client, ada):
    AuthSession.objects.update(authenticated_at=timezone.now() - timedelta(minutes=16))
    for answer in (client.get("/account/delete/"), client.post("/account/delete/", YES)):
        assert answer.url.startswith("/account/confirm/?next=")
    ada.refresh_from_db()
    assert ada.erase_after is None


def test_it_asks_strangers_to_sign_in(client, db):
    assert client.post("/account/delete/", YES).url.startswith("/accounts/sign-in/")
    assert client.post("/account/keep/").url.startswith("/accounts/sign-in/")


def test_asked_twice_the_first_day_stays(leaving):
    assert deletion.ask(leaving).erase_after == leaving.erase_after
    assert AuditEntry.objects.filter(event="deletion.requested").count() == 1


def test_a_banner_stands_on_every_page(client, leaving):
    assert "Your account will be deleted on" in client.get("/work/").text


def test_it_is_taken_back(client, leaving):
    for _ in range(2):
        assert client.post("/account/keep/").url == "/account/data/"
    leaving.refresh_from_db()
    assert leaving.erase_after is None
    assert AuditEntry.objects.filter(event="deletion.withdrawn").count() == 1
    assert "Keep my account" not in client.get("/work/").text


def test_taking_it_back_needs_a_post(client, leaving):
    assert client.get("/account/keep/").status_code == 405


def test_the_only_administrator_stays(client, ada):
    User.objects.filter(pk=ada.pk).update(is_superuser=True)
    page = client.get("/account/delete/").text
    assert "You are the only administrator" in page and "confirmation" not in page
    client.post("/account/delete/", YES)
    ada.refresh_from_db()
    assert ada.erase_after is None


def test_an_administrator_who_leaves_is_no_other_one(ada):
    User.objects.filter(pk=ada.pk).update(is_superuser=True)
    other = factories.make_user(is_superuser=True)
    ada.refresh_from_db()
    assert deletion.obstacles(ada) == []
    deletion.ask(other)
    assert len(deletion.obstacles(ada)) == 1


def test_the_only_manager_hands_over_first(client, ada, project):
    Membership.objects.create(project=project, user=ada, role=Membership.Role.MANAGER)
    assert "You are the only manager of Repairs" in client.get("/account/delete/").text
    factories.make_member(project, Membership.Role.MANAGER)
    assert "only manager" not in client.get("/account/delete/").text


def test_an_archived_project_needs_no_manager(ada, project):
    Membership.objects.create(project=project, user=ada, role=Membership.Role.MANAGER)
    project.archived_at = timezone.now()
    project.save()
    assert deletion.obstacles(ada) == []


def test_nobody_is_erased_early(auth, leaving):
    erasure.erase_due()
    leaving.refresh_from_db()
    assert leaving.erased_at is None and not auth.calls("DELETE /admin/users")


def test_they_are_erased_when_the_day_has_come(auth, leaving):
    allow_deletion(auth, leaving)
    User.objects.filter(pk=leaving.pk).update(erase_after=timezone.now())
    erasure.erase_due()
    leaving.refresh_from_db()
    assert leaving.erased_at and leaving.display_name == "Former member"


def test_an_outage_waits_and_shuts_the_door(client, auth, leaving):
    User.objects.filter(pk=leaving.pk).update(erase_after=timezone.now())
    auth.answers[f"DELETE /admin/users/{leaving.identity.subject}"] = (503, {})
    with pytest.raises(Unavailable):
        erasure.erase_due()
    leaving.refresh_from_db()
    assert not leaving.is_active and leaving.erased_at is None and leaving.email
    allow_deletion(auth, leaving)
    erasure.erase_due()
    leaving.refresh_from_db()
    assert leaving.erased_at and not leaving.email


def test_it_cannot_be_taken_back_once_it_has_begun(leaving):
    User.objects.filter(pk=leaving.pk).update(is_active=False)
    deletion.keep(leaving)
    leaving.refresh_from_db()
    assert leaving.erase_after


def test_one_who_cannot_be_erased_does_not_stop_the_others(auth, ada, db):
    boss = factories.make_user(is_superuser=True)
    User.objects.update(erase_after=timezone.now())
    allow_deletion(auth, ada)
    erasure.erase_due()
    boss.refresh_from_db()
    ada.refresh_from_db()
    assert ada.erased_at and not boss.erased_at and boss.is_active


def test_they_may_change_their_mind_while_others_are_erased(db):
    people = [factories.make_user(erase_after=timezone.now()) for _ in range(3)]

    def keep_all(**kwargs):
        for person in people:
            deletion.keep(person)

    post_save.connect(keep_all, sender=AuditEntry)
    try:
        erasure.erase_due()  # the first one's erasure is written down before the others begin
    finally:
        post_save.disconnect(keep_all, sender=AuditEntry)
    assert User.objects.filter(erased_at__isnull=False).count() == 1
    assert User.objects.filter(is_active=True).count() == 2


def test_an_administrator_erases_whoever_did_not_ask(db):
    person = factories.make_user()
    erasure.erase(person)
    person.refresh_from_db()
    assert person.erased_at


def test_the_only_administrator_is_never_erased(db):
    boss = factories.make_user(is_superuser=True)
    with pytest.raises(PermissionDenied, match="only administrator"):
        erasure.erase(boss)
    boss.refresh_from_db()
    assert boss.is_active and boss.is_superuser


def test_an_account_that_supabase_lost_is_erased_too(auth, ada):
    auth.refuse(f"DELETE /admin/users/{ada.identity.subject}", 404, "user_not_found")
    erasure.erase(ada)
    ada.refresh_from_db()
    assert ada.erased_at


def test_erased_twice_is_erased_once(auth, ada):
    allow_deletion(auth, ada)
    for _ in range(2):
        erasure.erase(ada)
    assert AuditEntry.objects.filter(event="person.erased").count() == 1
