import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tasks import services
from tasks.files import CheckedFile, check
from tasks.models import Activity, Attachment
from tests.factories import make_task
from tests.tasks.conftest import HTMX, picture

URL = "/tasks/REP-1/attach/"


@pytest.fixture
def attached(client, task, mei, photo):
    client.force_login(mei)
    client.post(URL, {"files": [photo, SimpleUploadedFile("quote.pdf", b"%PDF-1.4 x")]})
    return {row.name: row for row in Attachment.objects.all()}


def test_it_takes_several_files(attached, mei):
    assert set(attached) == {"door.png", "quote.pdf"}
    assert {row.uploader for row in attached.values()} == {mei}


@pytest.mark.parametrize(
    ("upload", "told"),
    [
        (SimpleUploadedFile("run.exe", b"MZ"), "run.exe is not a file we can take."),
        (SimpleUploadedFile("page.html", b"<script>"), "page.html is not a file we can take."),
        (SimpleUploadedFile("fake.png", b"no picture"), "fake.png cannot be read as a picture."),
        (SimpleUploadedFile("fake.pdf", b"no pdf"), "fake.pdf is not a file we can take."),
        (SimpleUploadedFile("empty.txt", b""), "The file is empty. Choose another."),
    ],
)
def test_it_refuses_with_a_reason(client, task, mei, upload, told):
    client.force_login(mei)
    response = client.post(URL, {"files": upload})
    assert response.status_code == 422
    assert told in response.content.decode()
    assert not Attachment.objects.exists()


def phone_photo(kind, **extra):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "SecretMake"  # turned by a quarter; the maker's name
    output = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(output, kind, exif=exif.tobytes(), **extra)
    return output.getvalue()


def test_a_picture_tells_nothing_of_its_maker():
    photo = phone_photo("JPEG", comment=b"SecretPlace")
    kept = check(SimpleUploadedFile("a.jpg", photo)).content
    assert b"Secret" in photo
    assert b"Secret" not in kept
    assert Image.open(io.BytesIO(kept)).size == (48, 64)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        # The maker's name as the number of columns: Pillow falls over its type.
        ("odd.jpg", phone_photo("JPEG").replace(b"\x01\x0f\x00\x02", b"\x01\x00\x00\x02")),
        ("cut.jpg", phone_photo("JPEG")[:300]),
        ("cut.heic", phone_photo("HEIF")[:-30]),
    ],
)
def test_a_damaged_picture_is_refused(name, content):
    with pytest.raises(ValidationError, match="cannot be read as a picture"):
        check(SimpleUploadedFile(name, content))


def test_it_refuses_what_is_too_large_or_too_many(client, task, mei, settings):
    settings.ATTACHMENT_MAX_BYTES = 1000
    client.force_login(mei)
    large = client.post(URL, {"files": SimpleUploadedFile("a.txt", b"x" * 1001)})
    assert "Choose a file of up to" in large.content.decode()
    six = [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(6)]
    many = client.post(URL, {"files": six}, headers=HTMX)
    assert "You chose 6 files. Add up to 5 at a time." in many.content.decode()
    assert not Attachment.objects.exists()


def test_it_asks_for_a_file(client, task, mei):
    client.force_login(mei)
    assert "Choose a file first." in client.post(URL).content.decode()


def test_a_document_is_shown_as_its_viewers_need_it(client, attached):
    response = client.get(attached["quote.pdf"].get_absolute_url())
    assert response["Content-Disposition"] == 'inline; filename="quote.pdf"'
    assert response["Content-Type"] == "application/pdf"
    for kept_out in ("sandbox", "default-src", "object-src"):
        assert kept_out not in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "private" in response["Cache-Control"]
    assert b"".join(response.streaming_content) == b"%PDF-1.4 x"


@pytest.mark.parametrize(
    ("name", "kept_as", "sent_as", "how"),
    [
        ("a.txt", "text/plain", "text/plain; charset=utf-8", "inline"),
        ("a.csv", "text/csv", "text/csv", "attachment"),
        ("a.html", "text/html", "text/html", "attachment"),
        ("a.svg", "image/svg+xml", "image/svg+xml", "attachment"),
    ],
)
def test_what_could_run_or_is_no_text_is_downloaded(client, attached, name, kept_as, sent_as, how):
    row = attached["quote.pdf"]
    Attachment.objects.filter(pk=row.pk).update(name=name, content_type=kept_as)
    response = client.get(row.get_absolute_url())
    assert response["Content-Type"] == sent_as
    assert response["Content-Disposition"] == f'{how}; filename="{name}"'
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_picture_is_shown(client, attached):
    response = client.get(attached["door.png"].get_absolute_url())
    assert response["Content-Disposition"].startswith("inline")
    assert response["Content-Type"] == "image/png"


def test_a_thumbnail_is_a_small_jpeg_made_once(client, attached):
    url = attached["door.png"].get_absolute_url() + "?thumb=1"
    first = b"".join(client.get(url).streaming_content)
    assert Image.open(io.BytesIO(first)).size == (320, 213)
    assert Image.open(io.BytesIO(first)).format == "JPEG"
    storage = attached["door.png"].file.storage
    storage.delete(attached["door.png"].file.name)  # gone: only the kept one can answer
    assert b"".join(client.get(url).streaming_content) == first


def test_a_document_has_no_thumbnail(client, attached):
    response = client.get(attached["quote.pdf"].get_absolute_url() + "?thumb=1")
    assert response["Content-Type"] == "application/pdf"


def test_a_file_that_is_gone_is_not_found(client, attached):
    row = attached["quote.pdf"]
    row.file.storage.delete(row.file.name)
    assert client.get(row.get_absolute_url()).status_code == 404


def test_files_of_a_new_request_are_hidden_with_it(client, asked, tomasz, amara):
    file = CheckedFile("a.txt", "text/plain", b"x")
    row = services.add_attachment(task=asked, user=amara, file=file)
    client.force_login(tomasz)
    assert client.get(row.get_absolute_url()).status_code == 404
    client.force_login(amara)
    assert client.get(row.get_absolute_url()).status_code == 200


def test_a_name_is_shown_as_text(client, project, mei):
    make_task(project)
    client.force_login(mei)
    client.post(URL, {"files": picture("<b>x</b>.png")})
    assert "<b>x</b>" not in client.get("/tasks/REP-1/").content.decode()


def test_a_deleted_file_can_be_taken_back(client, task, tomasz, photo):
    client.force_login(tomasz)
    client.post("/tasks/REP-1/attach/", {"files": photo})
    path = f"/files/{Attachment.objects.get().pk}/"
    page = client.post(f"{path}delete/", headers=HTMX).content.decode()
    assert "door.png is deleted." in page
    assert "Undo" in page
    assert client.get(path).status_code == 404
    assert client.post(f"{path}delete/").status_code == 404
    change = Activity.objects.filter(field="attachment").latest("created_at").change_id
    client.post("/work/undo/", {"change_id": change})
    assert client.get(path).status_code == 200


def test_only_who_added_a_file_or_a_manager_deletes_it(client, task, tomasz, mei, amara, photo):
    client.force_login(tomasz)
    client.post("/tasks/REP-1/attach/", {"files": photo})
    path = f"/files/{Attachment.objects.get().pk}/delete/"
    for user, offered in ((mei, False), (tomasz, True), (amara, True)):
        client.force_login(user)
        assert (path in client.get("/tasks/REP-1/").content.decode()) == offered
    client.force_login(mei)
    assert client.post(path).status_code == 403


def test_the_form_says_what_it_takes(client, task, tomasz):
    client.force_login(tomasz)
    page = client.get("/tasks/REP-1/").content.decode()
    assert "Up to 5 files of 10.0\xa0MB each: PDF" in page
