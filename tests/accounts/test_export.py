"""A copy of one's data: asked for, made by the worker, fetched once, gone after a day."""

import io
import json
import re
import threading
import zipfile
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry, DataExport, User
from accounts.personal_data import File, copies
from accounts.profile import avatars
from notifications.models import Email
from portal.queue import worker
from tasks import services
from tasks.files import CheckedFile
from tests import factories
from tests.accounts import pictures
from tests.accounts.safety import age_sign_in
from tests.accounts.test_avatar import upload


def make(user) -> DataExport:
    """Ask for a copy and let the worker make it."""
    copies.ask(user)
    (row,) = DataExport.objects.lease_next()
    worker.handle_one(row, copies.make)
    return copies.latest(user)


def unpack(answer) -> dict:
    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def busy(mei, project):
    """Mei, who has left traces on every floor."""
    avatars.put(mei, avatars.check(upload(pictures.picture())))
    task = factories.make_task(project, title="Bike store", owner=mei, requester=mei)
    services.add_comment(task=task, user=mei, body="I have the key – Größe 9.")
    file = CheckedFile("key list.txt", "text/plain", b"1 red, 2 blue")
    services.add_attachment(task=task, user=mei, file=file)
    return User.objects.get(pk=mei.pk)


def fetch(client, user) -> dict:
    client.force_login(user)
    return unpack(client.post(copies.address(copies.latest(user))))


def test_it_holds_what_the_person_did(client, busy):
    make(busy)
    files = fetch(client, busy)
    read = {name: json.loads(text) for name, text in files.items() if name.endswith(".json")}
    assert read["account.json"][0]["email"] == busy.email
    assert read["tasks.json"][0]["title"] == "Bike store"
    assert read["comments.json"] == [
        read["comments.json"][0] | {"task": "REP-1", "text": "I have the key – Größe 9."}
    ]
    assert files[read["attachments.json"][0]["file"]] == b"1 red, 2 blue"
    assert files["files/picture.webp"][:4] == b"RIFF"


def test_it_holds_nothing_of_others(client, busy, tomasz, project):
    task = factories.make_task(project, title="Tomasz's own", owner=tomasz)
    services.add_comment(task=task, user=tomasz, body="Canary of Tomasz")
    make(busy)
    everything = b"".join(fetch(client, busy).values()).decode(errors="replace")
    assert "Canary of Tomasz" not in everything and tomasz.email not in everything


def test_it_holds_no_key(client, ada):
    make(ada)
    everything = b"".join(fetch(client, ada).values()).decode(errors="replace")
    session = ada.identity.sessions.first()
    for secret in (session.access_token, session.refresh_token, session.session_key, "refresh-"):
        assert secret not in everything


def test_asking_makes_a_row_for_the_worker(client, mei):
    client.force_login(mei)
    assert client.post("/account/data/export/").url == "/account/data/"
    page = client.get("/account/data/").text
    assert "0 % done" in page and 'hx-trigger="every 2s"' in page and "<noscript><meta" in page


def test_the_page_asks_for_its_own_part_only(client, mei):
    copies.ask(mei)
    client.force_login(mei)
    part = client.get("/account/data/", headers={"HX-Request": "true"}).text
    assert "<progress" in part and "<html" not in part


def test_one_is_made_at_a_time(client, mei):
    client.force_login(mei)
    for _ in range(3):
        client.post("/account/data/export/")
    assert DataExport.objects.count() == 1


def test_a_few_a_day(client, mei):
    for _ in range(copies.A_DAY):
        make(mei)
    client.force_login(mei)
    answer = client.post("/account/data/export/")
    assert answer.status_code == 429 and answer["Retry-After"]
    assert DataExport.objects.count() == copies.A_DAY


def test_tomorrow_is_another_day(mei):
    for _ in range(copies.A_DAY):
        make(mei)
    DataExport.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    assert copies.ask(mei).is_open


def test_asking_needs_a_post_and_a_sign_in(client, mei):
    assert client.post("/account/data/export/").url.startswith("/accounts/sign-in/")
    assert client.get("/account/data/").url.startswith("/accounts/sign-in/")
    client.force_login(mei)
    assert client.get("/account/data/export/").status_code == 405


def test_the_person_is_told_by_mail(mei):
    make(mei)
    (mail,) = Email.objects.filter(recipient=mei)
    assert mail.context["title"] == "The copy of your data is ready"
    assert copies.address(copies.latest(mei)) not in json.dumps(mail.context)


def test_the_page_leads_to_it(client, mei):
    make(mei)
    client.force_login(mei)
    link = re.search(r'href="(/account/data/\w{64}/)"', client.get("/account/data/").text)[1]
    page = client.get(link)
    assert "Download the ZIP file" in page.text and client.get(link).status_code == 200


def test_it_is_fetched_once(client, mei, django_capture_on_commit_callbacks):
    copy = make(mei)
    client.force_login(mei)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(copies.address(copy))
    assert answer["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert unpack(answer)
    for method in (client.get, client.post):
        again = method(copies.address(copy))
        assert again.status_code == 410 and "used or is older than a day" in again.text
    assert not copy.file.storage.exists(copy.file.name)


def test_only_its_owner_gets_it(client, mei, amara):
    copy = make(mei)
    assert client.post(copies.address(copy)).url.startswith("/accounts/sign-in/")
    client.force_login(amara)
    for method in (client.get, client.post):
        assert method(copies.address(copy)).status_code == 404
    assert copies.latest(mei).is_ready


def test_an_old_session_proves_first_who_it_is(client, ada):
    make(ada)
    address = copies.address(copies.latest(ada))
    age_sign_in()
    for ask in (client.get, client.post):
        assert ask(address).url == f"/account/confirm/?next={quote(address, safe='')}"
    assert copies.latest(ada).is_ready
    age_sign_in(minutes=1)
    assert "account.json" in unpack(client.post(address))


def test_a_wrong_address_is_not_found(client, mei):
    make(mei)
    client.force_login(mei)
    assert client.post(f"/account/data/{'0' * 64}/").status_code == 404


def test_the_database_holds_nothing_that_opens_it(mei):
    copy = make(mei)
    token = copies.address(copy).split("/")[-2]
    assert token not in str(DataExport.objects.values().get())


def test_it_is_gone_after_a_day(client, mei, django_capture_on_commit_callbacks):
    copy = make(mei)
    DataExport.objects.update(expires_at=timezone.now())
    client.force_login(mei)
    assert client.get(copies.address(copy)).status_code == 410
    with django_capture_on_commit_callbacks(execute=True):
        copies.clear_expired()
        copies.clear_expired()
    assert not copy.file.storage.exists(copy.file.name)


def test_clearing_leaves_what_waits(mei, django_capture_on_commit_callbacks):
    copy = make(mei)
    with django_capture_on_commit_callbacks(execute=True):
        copies.clear_expired()
    assert copy.file.storage.exists(copy.file.name)


def test_progress_only_grows_and_keeps_the_lease(busy):
    copies.ask(busy)
    (copy,) = DataExport.objects.lease_next()
    seen = []
    copies.pack(copies.parts(busy), io.BytesIO(), seen.append)
    assert seen == sorted(seen) and seen[-1] == 99 and len(seen) > 5
    before = copy.due_at
    assert copy.advance(progress=50) and copy.due_at > before


def test_a_worker_that_lost_its_lease_changes_nothing(mei):
    copies.ask(mei)
    (slow,) = DataExport.objects.lease_next()
    DataExport.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    (quick,) = DataExport.objects.lease_next()
    with pytest.raises(copies.LeaseLost):
        copies.make(slow)
    copies.make(quick)
    assert copies.latest(mei).is_ready


def test_made_again_it_is_made_once(mei):
    copies.ask(mei)
    (copy,) = DataExport.objects.lease_next()
    copies.make(copy)
    copies.make(copy)  # the worker died before it could mark the row
    assert AuditEntry.objects.filter(event="export.ready").count() == 1
    assert Email.objects.count() == 1


def test_a_lost_file_stops_nothing(client, busy):
    attachment = busy.attachments.get()
    attachment.file.storage.delete(attachment.file.name)
    make(busy)
    files = fetch(client, busy)
    assert "key list.txt" in json.loads(files["missing-files.json"])[0]["file"]


def test_a_failure_is_said(client, mei):
    copies.ask(mei)
    DataExport.objects.update(state=DataExport.State.DEAD)
    client.force_login(mei)
    assert "could not be made" in client.get("/account/data/").text
    assert copies.ask(mei).is_open  # and one may ask again


def test_memory_does_not_grow_with_the_files(busy):
    storage = busy.avatar.storage
    name = storage.save("avatars/large.bin", ContentFile(b"x" * 1_000_000))
    busy.avatar.name = name
    largest = []

    class Counting(io.BytesIO):
        def write(self, content: bytes) -> int:
            largest.append(len(content))
            return super().write(content)

    files = [File(f"files/{number}.bin", busy.avatar) for number in range(5)]
    copies.pack(files, Counting(), lambda percent: None)
    assert max(largest) <= 1024 * 1024


def test_the_page_costs_the_same_however_much_there_is(client, busy):
    counts = []
    client.force_login(busy)
    client.get("/account/data/")  # what is read once a process
    for _ in range(copies.A_DAY):
        make(busy)
        with CaptureQueriesContext(connection) as queries:
            client.get("/account/data/")
        counts.append(len(queries))
    assert len(set(counts)) == 1


def at_once(work, times: int = 3) -> list:
    """Call ``work`` from several threads and return what each gave or raised."""
    results = []

    def run() -> None:
        try:
            results.append(work())
        except copies.Gone as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_clicks_at_once_ask_once():
    user = factories.make_user("Mei")
    at_once(lambda: copies.ask(user))
    assert DataExport.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_several_at_once_one_gets_it():
    user = factories.make_user("Mei")
    token = copies.address(make(user)).split("/")[-2]
    results = at_once(lambda: copies.hand_out(user, token))
    assert sorted(isinstance(result, copies.Gone) for result in results) == [False, True, True]
