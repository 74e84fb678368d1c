"""The list of a project: filters, views that are shared, many tasks at once and back again."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import follow, look
from tests.browser.steps import sign_in

AMARA, TOMASZ = "amara.okafor@lindencourt.example", "tomasz.zielinski@lindencourt.example"
LIST = "/projects/REP/"


def test_many_tasks_are_changed_and_taken_back(new_page):
    page = new_page()
    sign_in(page, AMARA)
    page.goto(f"{LIST}?sort=number")
    expect(page.locator("#bulk")).to_be_hidden()
    boxes = page.locator('#rows input[name="task"]')
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(page.get_by_role("status").filter(has_text="3 selected")).to_be_visible()
    page.locator("#rows a").nth(3).focus()
    page.keyboard.press("x")
    expect(page.locator("[data-bulk-count]")).to_have_text("4 selected")
    page.locator("#bulk").get_by_role("button", name="Priority").click()
    page.get_by_label("Priority", exact=True).select_option("Low")
    look(page)
    before = page.locator("#rows").inner_text()
    follow(page.get_by_role("button", name="Change 4 tasks"))
    expect(page.get_by_text("4 tasks changed.")).to_be_visible()
    expect(page.locator("#rows")).not_to_have_text(before)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone: 4 tasks are as they were.")).to_be_visible()


def test_many_tasks_are_changed_without_javascript(new_page):
    page = new_page(java_script_enabled=False)
    sign_in(page, AMARA)
    page.goto(f"{LIST}?sort=number")
    page.locator('#rows input[name="task"]').first.check()
    follow(page.locator("#bulk").get_by_role("button", name="Archive"))
    follow(page.get_by_role("button", name="Archive 1 task"))
    expect(page.get_by_text("1 task is archived.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text(re.compile(r"Undone: REP-\d+ is as it was"))).to_be_visible()


def test_a_view_is_shared_by_one_and_used_by_another(new_page):
    page = new_page()
    sign_in(page, AMARA)
    page.goto(LIST)
    page.get_by_role("button", name="Owner", exact=True).click()
    page.get_by_label("Me", exact=True).check()
    look(page)
    follow(page.get_by_role("button", name="Show"))
    expect(page.get_by_text("Owner: me")).to_be_visible()
    follow(page.get_by_role("link", name="Save view"))
    page.get_by_label("Name").fill("Whoever reads")
    page.get_by_label("For everybody of the project").check()
    look(page)
    follow(page.get_by_role("button", name="Save view"))
    expect(page.get_by_role("link", name="Edit view")).to_be_visible()
    other = new_page()
    sign_in(other, TOMASZ)
    other.goto(LIST)
    follow(other.get_by_role("link", name=re.compile("^Whoever reads")))
    expect(other.locator("#rows")).to_contain_text("Replace the circulation pump")
    expect(other.get_by_role("link", name="Edit view")).to_have_count(0)
    look(other)


def test_a_panel_closes_with_escape_and_gives_the_focus_back(new_page):
    page = new_page()
    sign_in(page, AMARA)
    page.goto(LIST)
    page.locator("#open-more").click()
    expect(page.get_by_role("button", name="Show")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Show")).to_have_count(0)
    expect(page.locator("#open-more")).to_be_focused()
