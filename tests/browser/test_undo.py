"""Undo stays where one is: what has come back is seen there and has the focus."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import follow, look
from tests.browser.test_detail import signed_in


def test_a_comment_comes_back_in_its_place(new_page):
    page = signed_in(new_page, "/tasks/REP-139/")
    page.locator("#write textarea").fill("Said in order to be deleted.")
    page.get_by_role("button", name="Comment", exact=True).click()
    said = page.get_by_role("article").filter(has_text="Said in order to be deleted.")
    said.get_by_role("button", name="Delete").click()
    expect(said).to_have_count(0)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(said).to_be_focused()
    expect(said).to_be_in_viewport()
    expect(page.locator("#toasts")).to_contain_text("Undone: REP-139 is as it was.")
    look(page)


def test_a_task_comes_back_in_its_list(new_page):
    page = signed_in(new_page, "/tasks/REP-134/?in=list")
    page.locator("#task-menu").click()
    follow(page.get_by_role("button", name="Delete", exact=True).first)
    row = page.locator('#rows a[href^="/tasks/REP-134/"]')
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(row).to_be_focused()
    page.get_by_label("Select REP-134").check()  # the bar works after that, too
    expect(page.get_by_role("status").filter(has_text="1 selected")).to_be_visible()


def test_taking_a_task_by_key_can_be_undone(new_page):
    page = signed_in(new_page, "/tasks/REP-126/")
    page.keyboard.press("i")
    expect(page.locator("#prop-owner")).to_contain_text("Amara Okafor")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator("#prop-owner")).to_contain_text("Nobody yet")
    expect(page).to_have_url(re.compile("/tasks/REP-126/$"))


def test_what_is_typed_elsewhere_stays_when_something_is_undone(new_page):
    page = signed_in(new_page, "/tasks/REP-126/")
    page.keyboard.press("i")
    expect(page.locator("#prop-owner")).to_contain_text("Amara Okafor")
    page.locator("#item-text").fill("Bring the ladder")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("Undone: REP-126 is as it was.")
    expect(page.locator("#item-text")).to_have_value("Bring the ladder")
    expect(page.locator("#item-text")).to_be_focused()
    page.reload()
    expect(page.locator("#prop-owner")).to_contain_text("Nobody yet")


def test_a_draft_does_not_keep_the_page_from_showing_what_is_there(new_page):
    page = signed_in(new_page, "/tasks/REP-126/")
    page.keyboard.press("i")
    expect(page.locator("#prop-owner")).to_contain_text("Amara Okafor")
    page.locator("#write textarea").fill("Half a thought")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator("#prop-owner")).to_contain_text("Nobody yet")
    expect(page.locator("#write textarea")).to_have_value("Half a thought")


def test_a_settled_comment_that_comes_back_is_unfolded(new_page):
    page = signed_in(new_page, "/tasks/REP-139/")
    page.locator("#write textarea").fill("Settled, then deleted.")
    page.get_by_role("button", name="Comment", exact=True).click()
    said = page.get_by_role("article").filter(has_text="Settled, then deleted.")
    said.get_by_role("button", name="Settle").click()
    page.locator("summary").filter(has_text="Settled, then deleted.").click()
    said.get_by_role("button", name="Delete").click()
    expect(said).to_have_count(0)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(said).to_be_focused()
    page.goto(f"/tasks/REP-139/?feed=comments#{said.get_attribute('id')}")
    expect(said).to_be_in_viewport()
