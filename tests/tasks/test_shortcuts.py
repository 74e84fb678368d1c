"""The keys that people press: the help lists what the script does."""

import re

from tasks import shortcuts
from tasks.detail.properties import PROPERTIES


def test_every_page_of_members_lists_them(client, task, tomasz):
    client.force_login(tomasz)
    for path in ("/work/", "/projects/", "/projects/REP/", "/tasks/REP-1/"):
        page = client.get(path).content.decode()
        assert '<dialog class="ui-dialog" id="shortcuts"' in page
        assert "data-shortcuts-on" in page


def test_in_a_project_its_views_are_among_them(client, task, tomasz):
    client.force_login(tomasz)
    assert 'data-go="/projects/REP/"' in client.get("/tasks/REP-1/").content.decode()
    assert 'data-keys="v l"' not in client.get("/work/").content.decode()


def test_who_may_create_nowhere_is_led_nowhere(client, task, vera, mei):
    client.force_login(vera)
    assert 'data-keys="c"' not in client.get("/tasks/REP-1/").content.decode()
    client.force_login(mei)
    page = client.get("/tasks/REP-1/").content.decode()
    assert 'data-keys="c" data-press="#quick" data-go="/projects/REP/new/"' in page


def test_no_two_mean_the_same_keys(project):
    rows = [*shortcuts.everywhere("/new/", project), *shortcuts.IN_LISTS, *shortcuts.ON_A_TASK]
    keys = [row.keys for row in rows]
    assert len(keys) == len(set(keys))
    begins = {row.keys[0] for row in rows if " " in row.keys}
    assert begins.isdisjoint(key for key in keys if " " not in key)


def test_what_they_press_is_on_the_page_of_a_task(client, task, amara):
    client.force_login(amara)
    page = client.get("/tasks/REP-1/").content.decode()
    for row in shortcuts.ON_A_TASK:
        name = re.search(r"\[(data-[\w-]+)(?:='(\w+)')?\]|#(\w+) textarea", row.press)
        wanted = f'{name[1]}="{name[2]}"' if name[2] else name[1] or f'id="{name[3]}"'
        assert wanted in page
    assert {"status", "labels"} <= PROPERTIES.keys()
