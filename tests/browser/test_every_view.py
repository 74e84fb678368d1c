"""Every view of the tasks, by role, in light and dark, wide and narrow.

Pages that a story leads to are looked at where it is told: two versions of one text in
test_conflict.py, a request's status page in test_triage.py, the side panel in test_detail.py,
the bar for ticked tasks in test_list.py.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import look
from tests.browser.processes import Portal
from tests.browser.steps import sign_in

# What the demo has none of: a project without tasks, somebody who only reads, a bin with
# something in it, a comment that has an earlier version, a view of somebody's own.
SETTING = """
from accounts.models import User
from tasks import services
from tasks.models import Comment, Membership, Project, Task
amara, priya = (User.objects.get(email__startswith=name) for name in ("amara", "priya"))
repairs = Project.objects.get(key="REP")
empty = Project.objects.create(key="HALL", name="Common room")
for project, user, role in (
    (empty, amara, "manager"), (empty, priya, "viewer"), (repairs, priya, "viewer"),
):
    Membership.objects.create(project=project, user=user, role=role)
binned = services.create_task(project=repairs, user=amara, title="Entered twice")
services.delete_task(task=binned, user=amara)
said = Comment.objects.filter(task__number=142, task__project=repairs, author=amara).first()
services.edit_comment(comment=said, user=amara, body=said.body + " Bring the old one back.")
services.save_view(project=repairs, user=amara, name="Without a label", query="label=none")
"""
PEOPLE = {
    "manager": "amara.okafor@lindencourt.example",
    "viewer": "priya.raman@lindencourt.example",
}
READ = {
    "my work": "/work/",
    "search": "/work/search/",
    "search found": "/work/search/?q=pump",
    "search found nothing": "/work/search/?q=zeppelin",
    "projects": "/projects/",
    "no archived projects": "/projects/?show=archived",
    "list": "/projects/REP/?show=all",
    "list in groups": "/projects/REP/?show=all&group=status&sort=priority",
    "list with filters": "/projects/REP/?owner=me&q=pump&panel=more",
    "list in which nothing matches": "/projects/REP/?q=zeppelin",
    "list of nothing yet": "/projects/HALL/",
    "board": "/projects/REP/board/",
    "board of nothing yet": "/projects/HALL/board/",
    "overview": "/projects/REP/overview/",
    "overview of nothing yet": "/projects/HALL/overview/",
    "files": "/projects/REP/files/",
    "members": "/projects/REP/members/",
    "task": "/tasks/REP-142/",
    "task with its history": "/tasks/REP-142/?feed=history",
    "task that is blocked": "/tasks/REP-127/",
    "not found": "/tasks/REP-99999/",
}
CHANGED = {
    "today": "/work/?group=today",
    "new task": "/work/new/",
    "new task of a project": "/projects/REP/new/",
    "quick add": "/work/quick-add/",
    "order and columns": "/projects/REP/?panel=look",
    "export": "/projects/REP/?panel=export",
    "new card": "/projects/REP/board/add/",
    "move": "/tasks/REP-142/move/",
    "move to a project": "/tasks/REP-142/project/",
    "edit": "/tasks/REP-142/edit/",
    "save a view": "/projects/REP/views/new/?query=owner%3Dme",
    "triage": "/projects/REP/triage/",
    "triage of nothing": "/projects/HALL/triage/",
    "bin": "/projects/REP/trash/",
    "empty bin": "/projects/HALL/trash/",
    "edit a view": ("/projects/REP/", 'a:text("Without a label")', 'a:has-text("Edit view")'),
    "change a member": ("/projects/REP/members/", 'a[href*="/members/"]:text("Change")'),
    "reply": ("/tasks/REP-142/", 'a[href^="/comments/"][href$="/reply/"]'),
    "edit a comment": ("/tasks/REP-142/", 'a[href^="/comments/"][href$="/edit/"]'),
    "versions of a comment": ("/tasks/REP-142/", 'a[href$="/versions/"]'),
    "new request": "/tasks/REP-141/",
} | {
    f"set {name}": f"/tasks/REP-142/{name}/"
    for name in ("status", "owner", "collaborators", "reviewer", "due", "labels", "parent")
}
STICKS_OUT = """[...document.querySelectorAll("main *")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth)
    .map((one) => `${one.tagName} ${one.className}`).slice(0, 5)"""
FITS = "document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture(scope="module")
def signed_in(portal: Portal) -> dict[str, dict]:
    """The cookies of each role, once it has signed in."""
    portal.manage("shell", "--verbosity=0", "-c", SETTING)
    return {}


def enter(new_page: Callable, role: str, signed_in: dict[str, dict]) -> Page:
    if role in signed_in:
        return new_page(storage_state=signed_in[role])
    page = new_page()
    sign_in(page, PEOPLE[role])
    page.wait_for_url("**/work/")
    signed_in[role] = page.context.storage_state()
    return page


def visit(page: Page, where: str | tuple[str, ...]) -> int:
    """Open an address, or the page that links lead to, one page after the other."""
    first, *links = (where,) if isinstance(where, str) else where
    answer = page.goto(first)
    for link in links:
        answer = page.goto(page.locator(link).first.evaluate("link => link.href"))
    return answer.status


def check(page: Page, widths: tuple[int, ...] = (1280, 390)) -> None:
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        look(page)
        assert page.locator("h1:visible").count() == 1
        wide = page.evaluate(STICKS_OUT)
        assert page.evaluate(FITS), f"{page.url} scrolls sideways at {width}: {wide}"
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate(FITS), f"{page.url} scrolls sideways at 360"


@pytest.mark.parametrize("name", [*READ, *CHANGED])
def test_a_manager_can_read(new_page, signed_in, name):
    page = enter(new_page, "manager", signed_in)
    visit(page, (READ | CHANGED)[name])
    check(page)


@pytest.mark.parametrize("name", READ)
def test_a_viewer_can_read(new_page, signed_in, name):
    page = enter(new_page, "viewer", signed_in)
    assert visit(page, READ[name]) == (404 if name == "not found" else 200)
    check(page, (390,))


@pytest.mark.parametrize("name", ["edit", "triage"])
def test_a_viewer_reads_why_not(new_page, signed_in, name):
    page = enter(new_page, "viewer", signed_in)
    assert visit(page, CHANGED[name]) == 403
    check(page, (390,))
