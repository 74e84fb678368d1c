"""Each address, person and method answers exactly as `table` says, and a refusal does nothing."""

import html
import re

import pytest

from tasks import permissions
from tests.authorisation.asking import (
    answer,
    ask,
    browser,
    changed,
    checksums,
    differences,
    undone,
    words_of,
)
from tests.authorisation.table import CELLS
from tests.authorisation.world import PEOPLE, READERS, build

REFUSED = ("403", "404", "in")
# Reasons that no capability gives.
OTHER_REASONS = (
    "You cannot add tasks yet. Ask the manager of a project",
    "Only who wrote a comment can change it.",
    "Only who added this, or a manager, can delete or restore it.",
    "Only who does this task, or a contributor of",
    "Only Ada Redshank or a manager of",
)
REASON = re.compile(r"data-reason>(.*?)</p>", re.DOTALL)


def reasons(world):
    name = {"project": world.project.name}
    return (*OTHER_REASONS, *(str(words) % name for words in permissions.REASONS.values()))


def fault_of_refusal(world, response, before, who):
    """Return what is wrong with a refusal: it did something, told something, gave no reason.

    Around it stands the side bar with the reader's own projects: that is no news to them.
    """
    if tables := changed(before, checksums()):
        return f"it changed {tables}"
    page = words_of(response)
    hidden = [word for word, readers in READERS.items() if who not in {*readers, "superuser"}]
    shown = [word for word in hidden if word in page]
    if response.status_code == 404 and shown:
        return f"it tells {shown}"
    if response.status_code == 403 and response.wsgi_request.method != "HEAD":
        reason = html.unescape("".join(REASON.findall(page)).strip())
        if not reason.startswith(reasons(world)):
            return f"it gives the reason {reason!r}"
    return ""


def asked(world, who, cells):
    """Yield each cell with what was found, "" standing for as expected."""
    client, before = browser(world, who), checksums()
    for cell in cells:
        with undone(client):
            response = ask(client, world, cell)
            found = answer(response)
            if found in REFUSED and found == cell.answer and not cell.of.startswith("own-"):
                found = fault_of_refusal(world, response, before, who) or found
        yield cell, found


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_gets_the_answers_of_the_table(db, settings, tmp_path, who):
    settings.PRIVATE_MEDIA_ROOT = tmp_path
    world = build(owner=who if who in ("owner", "helper") else "superuser")
    mine = [cell for cell in CELLS if cell.who == who]
    wrong = differences(asked(world, who, mine))
    assert not wrong, f"\n{wrong}"


def test_the_table_is_as_large_as_we_say():
    assert len(CELLS) >= 1_000


def test_a_refusal_says_whom_to_ask(world):
    page = words_of(browser(world, "viewer").get(f"/tasks/{world.task.key}/edit/"))
    assert "Ask Deactivated" not in page
    assert "Ask Manager." in html.unescape(page)
