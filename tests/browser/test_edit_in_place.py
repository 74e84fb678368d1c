"""Title and description are edited where they stand; keys lead on to the next task."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import look
from tests.browser.test_detail import LIST, PUMP, pump, signed_in


def test_in_the_panel_by_key_and_taken_back(new_page):
    page = signed_in(new_page, LIST)
    pump(page).click()
    title = page.locator("#panel-title")
    expect(title).to_be_focused()
    page.keyboard.press("e")
    expect(page.locator("#words-title")).to_be_focused()
    look(page)
    page.locator("#words-title").fill("Another pump")
    page.locator("#words").get_by_role("button", name="Save").click()
    expect(title).to_have_text("Another pump")
    expect(title).to_be_focused()
    expect(page.locator("#rows")).to_contain_text("Another pump")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(title).to_have_text(PUMP)
    expect(page).to_have_url(re.compile("task=REP-142$"))


def test_on_the_page_by_a_click_and_left(new_page):
    page = signed_in(new_page, "/tasks/REP-142/", width=390)
    page.get_by_role("heading", level=1).click()
    expect(page.locator("#words-title")).to_be_focused()
    look(page)
    page.locator("#words").get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_keys_lead_to_the_next_task_and_to_the_search(new_page):
    page = signed_in(new_page, "/projects/REP/?show=all&sort=number")
    page.locator("#rows .ui-col-title a").first.click()
    title = page.locator("#panel-title")
    expect(title).to_be_focused()
    first = title.inner_text()
    page.keyboard.press("j")
    expect(title).not_to_have_text(first)
    expect(title).to_be_focused()
    page.keyboard.press("k")
    expect(title).to_have_text(first)
    page.locator("#write textarea").focus()
    page.keyboard.press("Control+k")
    page.wait_for_url("**/work/search/")
