"""Photos of a form that came back with errors: a browser cannot fill a file field again, so
we keep what was fine for a day and put a signed ticket for it into the form.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.core.files.base import ContentFile
from django.utils import timezone

from home.requests import Photo
from portal.storage import private_storage

FOLDER = "kept-photos"
KEPT_FOR = timedelta(days=1)
MOST_KEPT = 500  # files: forms that nobody sends in the end cannot fill the disk
SALT = "home.kept_photos"


@dataclass(frozen=True)
class KeptPhoto:
    """``ticket`` is what the form carries; nobody can make one for another file."""

    ticket: str
    path: str
    name: str
    content_type: str

    def read(self) -> Photo:
        with private_storage().open(self.path) as file:
            return Photo(self.name, self.content_type, file.read())


def keep(photo: Photo) -> KeptPhoto | None:
    """Store a checked photo and return it with its ticket; None when MOST_KEPT are here."""
    if len(_names()) >= MOST_KEPT:
        return None
    path = private_storage().save(f"{FOLDER}/{uuid.uuid4().hex}", ContentFile(photo.content))
    ticket = signing.dumps([path, photo.name, photo.content_type], salt=SALT)
    return KeptPhoto(ticket, path, photo.name, photo.content_type)


def find(ticket: str) -> KeptPhoto | None:
    """Return the photo of a ticket; None when it is forged, too old or already cleared."""
    try:
        path, name, content_type = signing.loads(ticket, salt=SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        return None
    if not private_storage().exists(path):
        return None
    return KeptPhoto(ticket, path, name, content_type)


def _names() -> list[str]:
    storage = private_storage()
    return storage.listdir(FOLDER)[1] if storage.exists(FOLDER) else []


def clear_old() -> int:
    """Delete what nobody came back for; return how many files. Safe to run at any time."""
    storage = private_storage()
    paths = [f"{FOLDER}/{name}" for name in _names()]
    limit = timezone.now() - KEPT_FOR
    old = [path for path in paths if storage.get_modified_time(path) < limit]
    for path in old:
        storage.delete(path)
    return len(old)
