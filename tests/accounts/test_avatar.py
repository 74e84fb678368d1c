"""Pictures of people: what is taken, what is refused, who sees them."""

import io
import resource
import shutil
import threading
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.template.loader import render_to_string
from PIL import Image

from accounts.models import User
from accounts.profile import avatars
from portal.storage import private_storage
from tests import factories
from tests.accounts import pictures

HOSTILE = pictures.hostile()


def upload(content: bytes, name: str = "me.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def send(client, user, content: bytes, name: str = "me.jpg"):
    client.force_login(user)
    return client.post("/account/picture/", {"picture": upload(content, name)})


def stored() -> list[str]:
    folder = Path(private_storage().path("avatars"))
    return [path.name for path in folder.iterdir()] if folder.exists() else []


@pytest.fixture(autouse=True)
def empty_folder():
    shutil.rmtree(private_storage().path("avatars"), ignore_errors=True)


@pytest.fixture
def pictured(mei):
    avatars.put(mei, avatars.check(upload(pictures.picture())))
    mei.refresh_from_db()
    return mei


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_it_takes_the_usual_kinds(client, mei, kind):
    assert send(client, mei, pictures.picture(kind)).url == "/account/"
    mei.refresh_from_db()
    made = Image.open(mei.avatar)
    assert (made.format, made.size) == ("WEBP", (256, 256))


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "I;16", "1"])
def test_it_takes_every_kind_of_colours(mode):
    made = avatars.check(upload(pictures.picture("PNG", mode=mode)))
    assert Image.open(io.BytesIO(made)).mode == "RGB"


def test_it_forgets_where_and_keeps_which_way_up():
    made = avatars.check(upload(pictures.with_metadata()))
    shown = Image.open(io.BytesIO(made))
    assert pictures.GPS.encode() not in made and not shown.getexif()
    assert shown.getpixel((128, 20))[1] < 80 and shown.getpixel((128, 236))[1] > 200


@pytest.mark.parametrize("name", HOSTILE, ids=str)
def test_it_refuses_hostile_files_with_words(name):
    with pytest.raises(ValidationError) as refusal:
        avatars.check(upload(HOSTILE[name]))
    words = refusal.value.messages[0]
    assert "Choose a JPEG, PNG, WebP or HEIC file" in words or "24 megapixels" in words


def test_hostile_files_take_little_memory():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for content in HOSTILE.values():
        with pytest.raises(ValidationError):
            avatars.check(upload(content))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 60, f"{grown:.0f} MB"


def test_the_largest_picture_takes_bounded_memory():
    content = pictures.picture("PNG", (6000, 4000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    avatars.check(upload(content))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 250, f"{grown:.0f} MB"


def test_it_refuses_more_than_5_mb_unread():
    with pytest.raises(ValidationError, match="larger than 5 MB"):
        avatars.check(upload(b"x" * (avatars.MAX_BYTES + 1)))


def test_a_refusal_stands_on_the_page(client, mei):
    answer = send(client, mei, b"no picture")
    assert answer.status_code == 422 and "cannot be read as a picture" in answer.text
    assert "<title>Error: " in answer.text and not stored()


def test_it_asks_for_a_file_when_there_is_none(client, mei):
    client.force_login(mei)
    assert client.post("/account/picture/").status_code == 422


def test_the_name_of_the_file_goes(client, mei):
    send(client, mei, pictures.picture(), "../../mei at home.jpg")
    assert len(stored()) == 1 and "mei" not in stored()[0]


def test_a_new_picture_replaces_the_old_one(client, pictured, django_capture_on_commit_callbacks):
    old = pictured.avatar_url
    with django_capture_on_commit_callbacks(execute=True):
        send(client, pictured, pictures.picture("PNG"))
    pictured.refresh_from_db()
    assert len(stored()) == 1 and pictured.avatar_url != old


def test_the_old_picture_stays_when_nothing_is_committed(pictured):
    with pytest.raises(RuntimeError), transaction.atomic():
        avatars.remove(pictured)
        raise RuntimeError
    assert pictured.avatar.storage.exists(pictured.avatar.name)


def test_it_is_removed(client, pictured, django_capture_on_commit_callbacks):
    client.force_login(pictured)
    for _ in range(2):  # harmless twice
        with django_capture_on_commit_callbacks(execute=True):
            client.post("/account/picture/", {"remove": "1"})
    assert not User.objects.get(pk=pictured.pk).avatar and not stored()


def test_changing_it_needs_a_post_and_a_sign_in(client, mei):
    assert client.post("/account/picture/").url.startswith("/accounts/sign-in/")
    client.force_login(mei)
    assert client.get("/account/picture/").status_code == 405


def test_signed_in_people_see_it(client, pictured, otto):
    client.force_login(otto)
    answer = client.get(pictured.avatar_url)
    assert Image.open(io.BytesIO(answer.getvalue())).size == (256, 256)
    assert answer["Content-Type"] == "image/webp" and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"].startswith("private")


def test_others_do_not(client, pictured):
    assert client.get(pictured.avatar_url).status_code == 404


def test_nobodys_picture_is_not_found(client, mei):
    client.force_login(mei)
    assert client.get(f"/people/{mei.pk}/avatar/").status_code == 404


def test_a_lost_file_is_not_found(client, pictured):
    pictured.avatar.storage.delete(pictured.avatar.name)
    client.force_login(pictured)
    assert client.get(pictured.avatar_url).status_code == 404


def test_a_browser_that_has_it_is_told_so(client, pictured):
    client.force_login(pictured)
    tag = client.get(pictured.avatar_url)["ETag"]
    again = client.get(pictured.avatar_url, headers={"If-None-Match": tag})
    assert again.status_code == 304 and not again.content


def test_the_frame_and_the_lists_show_it(client, pictured, project):
    factories.make_task(project, owner=pictured)
    client.force_login(pictured)
    page = client.get("/projects/REP/").text
    assert page.count(pictured.avatar_url) >= 2


def test_visitors_see_initials(rf, pictured):

    shown = render_to_string("components/avatar.html", {"who": pictured, "user": AnonymousUser()})
    assert "<img" not in shown and ">MC<" in shown


@pytest.mark.django_db(transaction=True)
def test_two_pictures_at_once_leave_one_file(db):
    user = factories.make_user("Mei")
    made = avatars.check(upload(pictures.picture()))

    def put() -> None:
        avatars.put(user, made)
        connection.close()

    both = [threading.Thread(target=put) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert len(stored()) == 1
