"""Mails that follow from the audit log."""

import re
import uuid

import pytest
from django.db import transaction

from accounts import audit
from accounts.models import AuditEntry, Identity
from notifications import account_mails, rendering
from notifications.models import Email
from tasks.models import Membership
from tasks.people import newcomers
from tests import factories


@pytest.fixture
def boss(db):
    return factories.make_user("Helen Boss", is_superuser=True)


@pytest.fixture
def newcomer(db):
    user = factories.make_user("Nora New")
    Identity.objects.create(
        user=user, issuer="x", subject=uuid.uuid4(), email_confirmed_at="2026-01-01T00:00:00Z"
    )
    return user


def tell_everything(person):
    for event in account_mails.NOTICES:
        audit.record(event, target=person.pk, to=str(person.pk), things={"Pages": 3})


def test_each_goes_to_the_person_or_to_administrators(boss, mei):
    tell_everything(mei)
    mails = {mail.context["title"]: mail for mail in Email.objects.filter(recipient__isnull=False)}
    assert mails["Your password was changed"].recipient == mei
    assert mails["Emergency access was used"].recipient == boss
    assert mails["Synchronisation has stopped itself"].recipient == boss
    assert len(mails) == len(account_mails.NOTICES)


def test_each_reads_alike_in_text_and_html(boss, mei):
    tell_everything(mei)
    for mail in Email.objects.all():
        subject, text, html = rendering.render(
            mail.template, mail.context, rendering.current_brand()
        )
        assert subject == mail.context["title"] and "\n\n\n" not in text
        for part in (text, html):
            assert mail.context["url"] in part and "You get this because" in part
            assert mail.context["happened"].split("’")[0] in part and "None" not in part
        assert re.findall(r"<(?:img|link|script)\b|url\(", html) == []


def test_other_events_and_changes_mail_nobody(boss, mei):
    for event in ("sign-in.done", "break-glass.failed", "person.banned"):
        audit.record(event, target=mei.pk)
    assert not Email.objects.exists()


def test_it_is_owed_only_if_it_happened(boss, mei):
    with pytest.raises(RuntimeError), transaction.atomic():
        audit.record("password.changed", target=mei.pk)
        raise RuntimeError
    assert not Email.objects.exists()


def test_nobody_is_mailed_about_somebody_unknown(boss):
    audit.record("password.changed", target=uuid.uuid4())
    audit.record("password.changed")
    assert not Email.objects.exists()


def test_administrators_hear_of_newcomers_once(boss, newcomer):
    assert newcomers.report() == 1
    mail = Email.objects.get()
    assert mail.recipient == boss and ["Who", "Nora New"] in mail.context["facts"]
    assert newcomers.report() == 0 and Email.objects.count() == 1


def test_people_of_a_project_are_no_newcomers(boss, newcomer, project):
    Membership.objects.create(project=project, user=newcomer)
    assert newcomers.report() == 0 and not Email.objects.exists()


def test_many_newcomers_are_one_mail(boss, newcomer, monkeypatch):
    monkeypatch.setattr(newcomers, "NAMES", 1)
    for _number in range(3):
        Identity.objects.create(
            user=factories.make_user(), issuer="x", subject=uuid.uuid4(),
            email_confirmed_at="2026-01-01T00:00:00Z",
        )  # fmt: skip
    assert newcomers.report() == 4
    assert ["Who", "and 3 more"] in Email.objects.get().context["facts"]
    assert AuditEntry.objects.filter(event="newcomer.reported").count() == 4
