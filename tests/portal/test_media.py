"""Uploaded pictures are for everybody; what lies beside them is not."""

from pathlib import Path

import pytest
from django.conf import settings

from portal.storage import private_storage


def put(path: str) -> None:
    file = Path(settings.MEDIA_ROOT, path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"content")


@pytest.mark.parametrize("folder", ["images", "original_images", "avatar_images"])
def test_it_serves_pictures(client, db, folder):
    put(f"{folder}/garden.png")
    assert client.get(f"/media/{folder}/garden.png").getvalue() == b"content"


@pytest.mark.parametrize("way", ["", "images/../", "images/%2e%2e/", "images//../"])
def test_it_serves_nothing_else(client, db, way):
    put("images/garden.png")
    put("other/minutes.pdf")
    assert client.get(f"/media/{way}other/minutes.pdf").status_code == 404


def test_a_private_file_has_no_address():
    with pytest.raises(NotImplementedError):
        private_storage().url("attachments/quote.pdf")
