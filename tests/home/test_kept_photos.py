from pathlib import Path

from home import kept_photos
from home.requests import Photo

PHOTO = Photo("door.png", "image/png", b"x")


def test_they_cannot_fill_the_disk(settings, tmp_path):
    settings.PRIVATE_MEDIA_ROOT = tmp_path
    first = kept_photos.keep(PHOTO)
    for number in range(kept_photos.MOST_KEPT - 1):
        Path(tmp_path, kept_photos.FOLDER, str(number)).touch()
    assert kept_photos.keep(PHOTO) is None
    assert kept_photos.find(first.ticket)
