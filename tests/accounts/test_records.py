"""What a user record of the Auth server does to our accounts."""

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from accounts.models import AuditEntry, Identity, SyncEvent, User
from accounts.sync.records import Outdated, apply_record, apply_truth, close_subject, version
from tests import factories
from tests.accounts.fake_auth import FakeAuth

NEWER, OLDER = "2026-02-01T00:00:00Z", "2026-01-01T00:00:00Z"


def record(email="ada@lindencourt.example", **fields):
    return FakeAuth.record(email, **{"updated_at": NEWER} | fields)


def truth(**fields):
    subject = record(**fields)["id"]
    return apply_truth(record(**fields), since=version(subject))


def remove_subject(subject):
    close_subject(subject, since=version(subject))


def test_it_makes_one_account_however_often_it_is_applied(db):
    assert {apply_record(record()).pk for _ in range(3)} == {Identity.objects.get().pk}
    assert User.objects.count() == 1


def test_a_newer_record_changes_the_account(db):
    apply_record(record(updated_at=OLDER))
    identity = apply_record(record(user_metadata={"full_name": "Ada King"}))
    user = User.objects.get()
    assert identity.user.display_name == user.display_name == "Ada King"
    assert (user.first_name, user.last_name) == ("Ada", "King")


def test_an_older_record_changes_nothing(db):
    apply_record(record())
    old = {"id": record()["id"], "updated_at": OLDER, "deleted_at": OLDER}
    apply_record(record("old@lindencourt.example", **old))
    user = User.objects.get()
    assert (user.email, user.is_active) == ("ada@lindencourt.example", True)


def test_a_record_without_a_stamp_never_replaces_one_with(db):
    apply_record(record())
    apply_record(record("odd@lindencourt.example", id=record()["id"], updated_at=None))
    assert User.objects.get().email == "ada@lindencourt.example"


def test_the_same_stamp_with_other_content_is_read_again(db):
    apply_record(record())
    for _ in range(2):
        assert not apply_record(record(banned_until="2999-01-01T00:00:00Z")).is_banned
    event = SyncEvent.objects.get()
    assert (event.kind, str(event.subject)) == ("REREAD", record()["id"])


def test_the_same_stamp_with_other_content_counts_when_it_was_read_by_id(db):
    apply_record(record())
    assert truth(banned_until="2999-01-01T00:00:00Z").is_banned


def test_an_older_stamp_counts_when_it_was_read_by_id(db):
    apply_record(record())
    assert truth(updated_at=OLDER, banned_until="2999-01-01T00:00:00Z").is_banned


def test_a_reading_is_not_believed_over_what_was_written_since(db):
    apply_record(record(updated_at=OLDER))
    since = version(record()["id"])
    apply_record(record())
    with pytest.raises(Outdated):
        apply_truth(record(updated_at=OLDER, banned_until="2999-01-01T00:00:00Z"), since=since)
    with pytest.raises(Outdated):
        close_subject(record()["id"], since=since)


def test_a_reading_that_agrees_is_never_outdated(db):
    same = record()
    apply_record(same)
    assert apply_truth(same, since=None).user.email == "ada@lindencourt.example"


def test_it_keeps_what_administrators_want_to_see(db):
    identity = apply_record(
        record(
            app_metadata={"providers": ["email", "google", 7]},
            invited_at=OLDER,
            created_at=OLDER,
        )
    )
    assert identity.providers == ["email", "google"]
    assert identity.invited_at == identity.created_at == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "fields", [{"email_confirmed_at": None}, {"deleted_at": NEWER}, {"is_anonymous": True}]
)
def test_a_reading_makes_nobody_who_is_not_confirmed(db, fields):
    assert truth(**fields) is None
    assert not User.objects.exists()


def test_a_confirmed_number_is_as_good_as_an_address(db):
    phone = {"email": "", "email_confirmed_at": None, "phone_confirmed_at": NEWER}
    assert truth(**phone).may_enter


def test_each_act_is_in_the_log_once(db):
    apply_record(record(updated_at=OLDER))
    for _ in range(2):
        remove_subject(record()["id"])
    for _ in range(2):
        truth()
    events = AuditEntry.objects.order_by("at").values_list("event", flat=True)
    assert list(events) == ["account.created", "account.closed", "account.reopened"]


def test_an_address_never_leads_to_another_account(db):
    boss = factories.make_user("Helen", email="ada@lindencourt.example", is_superuser=True)
    identity = apply_record(record())
    assert identity.user != boss
    assert not (identity.user.is_superuser or identity.user.is_staff)


@pytest.mark.parametrize("rights", ["is_superuser", "is_staff", "groups"])
def test_it_reports_an_account_with_the_address_of_somebody_with_rights(db, rights):
    boss = factories.make_user("Helen", email="Ada@LindenCourt.example")
    if rights == "groups":
        boss.groups.add(Group.objects.get_or_create(name="Editors")[0])
    else:
        User.objects.update(**{rights: True})
    identity = apply_record(record(updated_at=OLDER))
    apply_record(record())
    entry = AuditEntry.objects.get(event="account.same-address")
    assert (entry.target_id, entry.details) == (boss.pk, {"account": str(identity.user_id)})


@pytest.mark.parametrize(
    "email",
    ["a.da@lindencourt.example", "ada+x@lindencourt.example", "\uff41da@lindencourt.example"],
)
def test_lookalikes_lead_to_no_other_account(db, email):
    boss = factories.make_user("Helen", email="ada@lindencourt.example", is_superuser=True)
    assert apply_record(record(email)).user != boss


def test_a_new_account_with_the_address_of_a_deleted_one_inherits_nothing(db):
    old = apply_record(record(id=str(uuid.uuid4())))
    old.user.is_superuser = True
    old.user.save()
    remove_subject(old.subject)
    assert not apply_record(record()).user.is_superuser


def test_two_people_may_swap_addresses(db):
    a, b = str(uuid.uuid4()), str(uuid.uuid4())
    apply_record(record("a@lindencourt.example", id=a, updated_at=OLDER))
    apply_record(record("b@lindencourt.example", id=b, updated_at=OLDER))
    apply_record(record("a@lindencourt.example", id=b))
    apply_record(record("b@lindencourt.example", id=a))
    assert Identity.objects.get(subject=a).user.email == "b@lindencourt.example"
    assert Identity.objects.get(subject=b).user.email == "a@lindencourt.example"


@pytest.mark.parametrize("place", ["user_metadata", "app_metadata"])
def test_metadata_makes_nobody_powerful(db, place):
    claims = {"role": "admin", "is_superuser": True, "is_staff": True, "groups": ["Editors"]}
    user = apply_record(record(**{place: claims})).user
    assert not (user.is_superuser or user.is_staff or user.groups.exists())


def test_a_deleted_record_closes_the_account_and_copies_no_hash(db):
    apply_record(record(updated_at=OLDER))
    identity = apply_record(record("d41d8cd98f@hash.example", id=record()["id"], deleted_at=NEWER))
    assert not (identity.user.is_active or identity.may_enter)
    assert identity.user.email == identity.email_seen == "ada@lindencourt.example"


def test_a_record_that_is_deleted_from_the_start_shows_nothing(db):
    identity = apply_record(record("d41d8cd98f@hash.example", deleted_at=NEWER))
    assert (identity.user.email, identity.user.is_active) == ("", False)


def test_removing_twice_or_somebody_unknown_is_harmless(db):
    identity = apply_record(record())
    for subject in (identity.subject, identity.subject, uuid.uuid4()):
        remove_subject(subject)
    assert not User.objects.get().is_active


def test_a_late_record_brings_nobody_back(db):
    identity = apply_record(record(updated_at=OLDER))
    remove_subject(identity.subject)
    assert not apply_record(record()).may_enter
    assert SyncEvent.objects.get().kind == "REREAD"


def test_the_last_record_coming_late_brings_nobody_back(db):
    last = record()
    remove_subject(apply_record(last).subject)
    assert not apply_record(last).user.is_active


def test_somebody_brought_back_under_the_same_id_may_enter_again(db):
    identity = apply_record(record(updated_at=OLDER))
    remove_subject(identity.subject)
    assert truth().may_enter
    assert User.objects.get().is_active


def test_a_local_lock_outlives_every_record(db):
    identity = apply_record(record(updated_at=OLDER))
    User.objects.update(is_active=False)
    apply_record(record())
    assert not User.objects.get(pk=identity.user_id).is_active


@pytest.mark.parametrize(
    "fields",
    [
        {"email": None},
        {"email": ""},
        {"email": "mıke@lindencourt.example"},
        {"email": "x" * 300 + "@lindencourt.example"},
        {"email": ["a@b.example"]},
        {"email": "a\x00@b.example"},
        {"user_metadata": None, "app_metadata": None},
        {"user_metadata": [1], "app_metadata": "admin"},
        {"user_metadata": {"full_name": "x" * 500}},
        {"user_metadata": {"full_name": {"a": 1}}},
        {"user_metadata": {"full_name": "A\x00da\u202e\r\nBcc: x"}},
        {"banned_until": "soon", "deleted_at": "", "email_confirmed_at": 7},
        {"updated_at": "9999-99-99T00:00:00Z"},
        {"is_anonymous": "yes"},
    ],
    ids=lambda fields: "-".join(fields),
)
def test_strange_values_do_no_harm(db, fields):
    user = apply_record(record() | fields).user
    user.refresh_from_db()
    assert len(user.display_name) <= 120
    assert user.display_name.isprintable()


@pytest.mark.parametrize("subject", [None, "", "ada", 7, "../1"])
def test_a_record_without_an_id_is_refused(db, subject):
    with pytest.raises(ValueError):
        apply_record(record() | {"id": subject})


def test_people_without_an_address_may_be_many(db):
    for _ in range(2):
        apply_record(record(id=str(uuid.uuid4()), email=""))
    assert User.objects.filter(email="").count() == 2


def test_a_ban_is_felt_at_the_next_request_and_ends_by_itself(ada, client):
    page = "/accounts/new-password/"
    assert client.get(page).status_code == 200
    now = datetime.now(UTC)
    Identity.objects.update(banned_until=now + timedelta(hours=1))
    assert client.get(page).status_code == 302
    Identity.objects.update(banned_until=now - timedelta(seconds=1))
    assert client.get(page).status_code == 200


def test_a_local_lock_is_felt_at_the_next_request(ada, client):
    User.objects.update(is_active=False)
    assert client.get("/accounts/new-password/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_eight_threads_make_one_account():
    barrier, errors = threading.Barrier(8), []

    def apply():
        try:
            barrier.wait(10)
            apply_record(record())
        except Exception as error:  # noqa: BLE001 - reported below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=apply) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    assert (User.objects.count(), Identity.objects.count()) == (1, 1)
