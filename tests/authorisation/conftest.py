"""What all of these tests stand in."""

import pytest

from tests.authorisation.world import build


@pytest.fixture
def world(db, settings, tmp_path):
    settings.PRIVATE_MEDIA_ROOT = tmp_path
    return build()
