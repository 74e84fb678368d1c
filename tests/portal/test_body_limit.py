"""Bodies that are too large get a page that says what to do, and are not read into memory."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

PAGES = ["/accounts/sign-in/", "/webhooks/supabase/hooks/send-email/", "/"]


@pytest.mark.parametrize("path", PAGES)
def test_it_refuses_a_body_over_the_allowance(client, db, settings, path):
    settings.BODY_MAX_BYTES = 1000
    answer = client.post(path, {"file": SimpleUploadedFile("a.bin", b"x" * 2000)})
    page = answer.content.decode()
    assert answer.status_code == 413
    assert "Nothing was sent. Go back with your browser" in page
    assert "<title>Error: Too large to send" in page
    assert "up to 5, of up to 10 MB each" in page


def test_it_takes_a_body_within_the_allowance(client, db, settings):
    settings.BODY_MAX_BYTES = 3000
    answer = client.post("/accounts/sign-in/", {"file": SimpleUploadedFile("a.bin", b"x" * 2000)})
    assert answer.status_code == 422


def test_it_does_not_rely_on_the_checks_behind_it(settings):
    names = settings.MIDDLEWARE
    csrf = names.index("django.middleware.csrf.CsrfViewMiddleware")
    assert names.index("portal.limits.middleware.BodyLimitMiddleware") < csrf


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("DATA_UPLOAD_MAX_MEMORY_SIZE", 100),
        ("DATA_UPLOAD_MAX_NUMBER_FIELDS", 2),
    ],
)
def test_texts_that_are_too_long_or_too_many_get_the_same_page(
    client, db, settings, setting, value
):
    setattr(settings, setting, value)
    typed = {f"field-{number}": "x" * 100 for number in range(10)}
    answer = client.post("/accounts/sign-in/", typed)
    assert answer.status_code == 413
    assert "too large to send" in answer.content.decode()


def test_other_bad_requests_stay_what_they_are(client, db):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_a_large_upload_goes_to_disk(rf):
    upload = SimpleUploadedFile("photo.jpg", b"x" * 3_000_000)
    (sent,) = rf.post("/", {"photo": upload}).FILES.values()
    assert sent.temporary_file_path()
