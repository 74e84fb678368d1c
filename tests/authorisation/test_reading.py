"""GET and HEAD change nothing, also when a browser fetches them ahead."""

import pytest

from tests.authorisation.asking import ask, browser, changed, checksums, undone
from tests.authorisation.table import CELLS

AHEAD = {"Sec-Purpose": "prefetch", "Purpose": "prefetch"}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_changes_no_row_of_any_table(world, method):
    client = browser(world, "manager")
    client.defaults |= {
        f"HTTP_{name.upper().replace('-', '_')}": is_ for name, is_ in AHEAD.items()
    }
    before, wrong = checksums(every_app=True), []
    for cell in CELLS:
        if (cell.who, cell.method) != ("manager", method) or cell.of.startswith("own-"):
            continue
        with undone(client):
            ask(client, world, cell)
            if tables := changed(before, checksums(every_app=True)):
                wrong.append((cell.route, cell.of, tables))
    assert wrong == []


def test_writing_does_change_rows(world):
    """The control: the sums see one comment."""
    client, before = browser(world, "manager"), checksums(every_app=True)
    client.post(f"/tasks/{world.task.key}/comment/", {"body": "Said."})
    assert {"tasks_comment", "tasks_activity"} <= set(changed(before, checksums(every_app=True)))
