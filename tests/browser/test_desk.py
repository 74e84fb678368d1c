"""The Task desk and the statuses of a project in the admin, by mouse and by keyboard."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import look
from tests.browser.steps import sign_in


def names(page):
    """The order of the statuses, as kept."""
    page.reload()
    return [name.strip() for name in page.locator("tbody .title-wrapper").all_inner_texts()]


def test_many_tasks_change_at_once_and_are_taken_back(portal, new_page):
    page = new_page()
    sign_in(page, "helen.whitcombe@lindencourt.example")
    page.goto("/admin/tasks/task/?project=ROOF")
    look(page)
    page.get_by_label("Select all shown").check()
    boxes = page.locator("[name=task]")
    expect(boxes.first).to_be_checked()
    boxes.first.uncheck()
    expect(page.get_by_label("Select all shown")).not_to_be_checked()
    page.get_by_label("With the ticked tasks").select_option("Urgent")
    page.get_by_role("button", name="Change", exact=True).click()
    expect(page.get_by_text(re.compile(r"\d+ tasks? changed"))).to_be_visible()
    look(page)
    page.get_by_role("button", name="Undo the last change").click()
    expect(page.get_by_text(re.compile("Undone: "))).to_be_visible()
    assert "project=ROOF" in page.url


def test_statuses_are_ordered_by_keyboard_and_by_mouse(portal, new_page):
    page = new_page()
    sign_in(page, "helen.whitcombe@lindencourt.example")
    page.goto("/admin/status/?project=AGM")
    look(page)
    before = names(page)
    with page.expect_response(re.compile("/reorder/")) as answer:
        page.get_by_role("button", name=re.compile("Item 2 of")).press("ArrowUp")
        page.get_by_role("button", name=re.compile("Item 2 of")).press("Enter")
    assert answer.value.ok
    assert names(page) == [before[1], before[0], *before[2:]]
    with page.expect_response(re.compile("/reorder/")):
        rows = page.locator(".w-orderable__item__handle")
        rows.nth(0).drag_to(rows.nth(1))
    assert names(page) == before
