"""What a process keeps from one page to the next shows nobody what is somebody else's.

Each page is asked for by a process that has kept nothing, then again after everybody else.
"""

import re

import pytest

from accounts import backends
from portal.mould import shelf
from tasks import frame, services
from tests import factories

TOKEN = re.compile(r'(?<=value=")\w{64}(?=")')
PAGES = [
    *("/work/", "/projects/", "/projects/REP/", "/projects/REP/?group=owner&cols=owner,requester"),
    *("/projects/REP/board/", "/projects/REP/overview/", "/tasks/REP-1/", "/projects/GRD/"),
]


def forget() -> None:
    shelf.clear()
    frame._written.cache_clear()
    backends._person._compiled.__dict__.clear()


@pytest.fixture
def readers(project, amara, tomasz, mei, vera, otto):
    guest = factories.make_member(project, "guest", "Gus Guest")
    root = factories.make_user("Rosa Root", is_superuser=True)
    factories.make_project("GRD", name="Garden", visibility="signed_in")
    one = factories.make_task(project, title="Bike store door", owner=mei, requester=guest)
    services.add_comment(task=one, user=amara, body="Between us.", audience="team")
    factories.make_task(project, category="triage", title="Lamp", owner=tomasz, priority=1)
    return [amara, tomasz, mei, vera, otto, guest, root]


def page(client, user, path: str) -> tuple[int, str]:
    client.force_login(user)
    response = client.get(path)
    return response.status_code, TOKEN.sub("", response.content.decode())


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_the_same_whoever_asked_before(path, client, readers):
    alone = []
    for user in readers:
        forget()
        alone.append(page(client, user, path))
    assert [page(client, user, path) for user in readers] == alone
    assert len({html for _status, html in alone}) > 1
