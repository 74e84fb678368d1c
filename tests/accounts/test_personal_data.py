"""Every model that holds personal data is declared, and an erased person is nowhere."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import connection, models
from django.utils import timezone
from wagtail.models import ModelLogEntry, Page
from wagtail.users.models import UserProfile

from accounts import audit
from accounts.models import AuditEntry, DataExport, Identity, Invitation, RoleGrant, RoleRule, User
from accounts.personal_data import copies, erasure, modules
from accounts.profile import avatars
from accounts.sync.records import apply_record
from notifications.models import Email
from notifications.outbox import Recipient, enqueue
from portal.actor import acting
from tasks import services
from tasks.files import CheckedFile
from tasks.models import Activity, Attachment, Comment, Membership, Request
from tests.accounts import pictures
from tests.accounts.fake_auth import FakeAuth
from tests.accounts.test_avatar import upload

NAME, SURNAME = "Zoë Quillfeather", "Quillfeather"  # JSON may hide the first name's letter
EMAIL = "zoe.canary@mail.example"
FOLDERS = (Path(settings.MEDIA_ROOT), Path(settings.PRIVATE_MEDIA_ROOT))
PEOPLE = {"actor_id", "target_id", "subject"}  # ids of people that are no foreign keys


def holdings() -> dict:
    return {label: held for module in modules() for label, held in module.HOLDINGS.items()}


def personal_fields(model: type[models.Model]) -> Iterator[str]:
    """Yield the columns of a model that lead to a person or are made to hold an address."""
    for field in model._meta.concrete_fields:
        leads_to = field.related_model if field.is_relation else None
        address = isinstance(field, models.EmailField | models.GenericIPAddressField)
        if leads_to in (User, Identity) or address or field.name in PEOPLE:
            yield field.name


def undeclared(all_models: list[type[models.Model]]) -> set[str]:
    declared = holdings()
    return {
        f"{model._meta.label}.{name}"
        for model in all_models
        for name in personal_fields(model)
        if model._meta.label not in declared or name not in declared[model._meta.label].fields
    }


def test_every_model_with_personal_data_is_declared():
    assert undeclared(apps.get_models(include_auto_created=True)) == set()


def test_a_new_model_is_noticed():
    class Diary(models.Model):  # noqa: DJ008 - nobody looks at it
        writer = models.ForeignKey(User, on_delete=models.CASCADE)
        contact = models.EmailField()

        class Meta:
            app_label = "canary"
            managed = False

    try:
        assert undeclared([Diary]) == {"canary.Diary.writer", "canary.Diary.contact"}
    finally:
        del apps.all_models["canary"]
        apps.clear_cache()


def test_what_is_declared_exists():
    for label, held in holdings().items():
        names = {field.name for field in apps.get_model(label)._meta.get_fields()}
        assert set(held.fields) <= names, label


def test_every_declared_copy_is_made(mei):
    made = {part.path for part in copies.parts(mei)}
    named = {name for held in holdings().values() for name in re.findall(r"\S+\.json", held.copy)}
    assert named <= made


def test_what_is_in_no_copy_says_why():
    for label, held in holdings().items():
        assert ".json" in held.copy or re.match(r"- [\w-]+ ", held.copy), label


@pytest.fixture
def canary(auth, project, tomasz):
    """Somebody who has left their name, address and picture in every place there is."""
    for folder in FOLDERS:  # an earlier test's files outlive its rows
        shutil.rmtree(folder, ignore_errors=True)
    record = auth.record(EMAIL, user_metadata={"full_name": NAME}, app_metadata={"note": NAME})
    auth.answers[f"DELETE /admin/users/{record['id']}"] = (200, {})
    user = apply_record(record).user
    User.objects.filter(pk=user.pk).update(username=EMAIL, last_login=timezone.now())
    Identity.objects.filter(user=user).update(email_wanted=EMAIL, ban_reason=f"{NAME} was loud")
    avatars.put(user, avatars.check(upload(pictures.picture())))
    Membership.objects.create(project=project, user=user, role=Membership.Role.CONTRIBUTOR)
    _work(User.objects.get(pk=user.pk), project, tomasz)
    _be_known(User.objects.get(pk=user.pk))
    return User.objects.get(pk=user.pk)


def _work(user, project, tomasz) -> None:
    file = CheckedFile("oil.txt", "text/plain", b"5 litres")
    with acting(user):
        task = services.create_task(project=project, user=user, title="Bench", owner=user)
        services.add_comment(task=task, user=user, body="The bench needs oil.")
        services.add_attachment(task=task, user=user, file=file)
        services.change_task(task=task, user=user, owner=tomasz)
        services.open_request(
            project=project, title="Gate", name=NAME, requester=user, files=[file]
        )
    with acting(tomasz):
        services.change_task(task=task, user=tomasz, owner=user)
    services.open_request(
        project=project, title="Dark", name=NAME, email=EMAIL.upper(), files=[file]
    )


def _be_known(user) -> None:
    Invitation.objects.create(email=EMAIL, name=NAME)
    audit.record("password.changed", target=user.pk)
    copies.ask(user)
    (row,) = DataExport.objects.lease_next()
    copies.make(row)
    group = Group.objects.create(name="Gardeners")
    rule = RoleRule.objects.create(value="gardener", group=group)
    RoleGrant.objects.create(user=user, rule=rule, group=group)
    user.groups.add(group)
    profile = UserProfile.get_for_user(user)
    profile.avatar.save(f"{NAME}.png", ContentFile(pictures.picture("PNG")))
    about = ContentType.objects.get_for_model(user)
    for label in (NAME, f"Comment by {NAME} on it"):
        ModelLogEntry.objects.create(
            content_type=about, object_id=str(user.pk), label=label, action="wagtail.edit",
            timestamp=timezone.now(), content_changed=True, data={"was": NAME}, user=user,
        )  # fmt: skip
    Page.objects.filter(depth=1).update(owner=user, locked_by=user, locked=True)


def traces(*words: str) -> list[str]:
    """Return "table.column" of every place in the database that holds one of ``words``."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if model._meta.managed is False or table not in connection.introspection.table_names():
                continue
            for field in model._meta.local_concrete_fields:
                column = connection.ops.quote_name(field.column)
                cursor.execute(f"SELECT {column} FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own names, quoted
                text = "\n".join(str(value).lower() for (value,) in cursor.fetchall())
                found += [f"{table}.{field.column}" for word in words if word.lower() in text]
    return found


def files() -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for folder in FOLDERS
        if folder.exists()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def erased(canary, django_capture_on_commit_callbacks):
    canary.old_files = [canary.avatar.name, copies.latest(canary).file.name]
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase(canary)
    return canary


def test_before_the_canary_is_in_many_places(canary):
    places = set(traces(SURNAME, EMAIL))
    assert len(places) > 15, "without this the next test proves nothing"
    assert any(SURNAME in name for name in files())


def test_an_erased_person_is_nowhere(erased):
    words = (NAME, SURNAME, EMAIL, *erased.old_files)
    assert traces(*words) == []


def test_no_file_of_an_erased_person_stays(erased):
    left = files()
    assert not [n for n in left if any(n.endswith(old) for old in erased.old_files) or SURNAME in n]
    assert not [n for n, content in left.items() if SURNAME.encode() in content]


def test_what_they_shared_stays(erased):
    assert Comment.objects.get().body == "The bench needs oil."
    assert Comment.objects.get().author_name == "Former member"
    assert set(Attachment.objects.values_list("uploader_name", flat=True)) == {"Former member"}
    assert [each.file.read() for each in Attachment.objects.all()] == [b"5 litres"] * 3
    assert Request.objects.count() == 2


def test_the_history_reads_on(erased):
    changes = Activity.objects.filter(field="owner").order_by("created_at")
    last = changes.last()
    assert (last.actor_name, last.old_value, last.new_value) == ("", "Former member", "")
    first = changes.first()
    assert (first.actor_name, first.old_value) == ("Former member", "Former member")


def test_their_open_tasks_wait_for_somebody(erased):
    assert not erased.tasks_owned.exists()


def test_their_rights_are_gone(erased):
    erased.refresh_from_db()
    assert not erased.may_enter and not erased.has_usable_password()
    gone = (erased.memberships, erased.role_grants, erased.groups, erased.data_exports)
    assert [rows.count() for rows in gone] == [0, 0, 0, 0]


def test_a_late_hook_brings_nobody_back(erased, auth):
    late = auth.record(EMAIL, user_metadata={"full_name": NAME})
    apply_record(late | {"updated_at": timezone.now().isoformat()})
    erased.refresh_from_db()
    assert not erased.is_active and traces(SURNAME, EMAIL) == []


def test_the_address_may_come_back_as_somebody_new(erased, auth):
    record = FakeAuth.record(EMAIL, id="0d5c7e0e-54c5-4d0f-9a3e-1f1f7a3b9a11")
    assert apply_record(record).user.pk != erased.pk


def test_the_log_of_accounts_stays_with_ids(erased):
    entries = AuditEntry.objects.filter(target_id=erased.pk)
    assert {"password.changed", "person.erased"} <= set(entries.values_list("event", flat=True))


def test_waiting_mails_to_others_lose_the_name(erased, tomasz):
    mail = Email.objects.get(recipient=tomasz, template="task-assigned")
    assert mail.context["actor"] == "Former member"


def test_sent_mails_that_name_them_are_deleted(canary, tomasz):
    Email.objects.filter(recipient=tomasz).update(
        state=Email.State.DONE, subject="[REP-1] Zoë assigned to you: Bench"
    )
    erasure.erase(canary)
    assert not Email.objects.filter(recipient=tomasz).exists()


def test_others_are_left_alone(erased, tomasz, project):
    tomasz.refresh_from_db()
    assert tomasz.display_name == "Tomasz Zielinski" and tomasz.memberships.count() == 1
    assert Activity.objects.filter(actor=tomasz, actor_name="Tomasz Zielinski").exists()


def test_an_unconfirmed_address_gives_no_right_to_others_reports(auth, project):
    services.open_request(
        project=project, title="Roof", name="Vera Visitor", email="v@mail.example"
    )
    record = auth.record("v@mail.example", email_confirmed_at=None)
    auth.answers[f"DELETE /admin/users/{record['id']}"] = (200, {})
    erasure.erase(apply_record(record).user)
    assert Request.objects.get().name == "Vera Visitor"


def test_an_address_they_only_wish_for_gives_no_right_to_its_owners_data(auth, mei):
    record = auth.record("ada@lindencourt.example")
    auth.answers[f"DELETE /admin/users/{record['id']}"] = (200, {})
    ada = apply_record(record).user
    Identity.objects.filter(user=ada).update(email_wanted=mei.email)
    Invitation.objects.create(email=mei.email)
    for template in ("account-notice", "auth-email-change-new"):
        enqueue(key=template, template=template, to=[Recipient(mei.email)], context={})
    ada = User.objects.get(pk=ada.pk)
    (account,) = [part for part in copies.parts(ada) if part.path == "account.json"]
    assert list(account.rows)[0]["invited_at"] == []
    erasure.erase(ada)
    assert Invitation.objects.count() == 1
    assert [mail.template for mail in Email.objects.all()] == ["account-notice"]
