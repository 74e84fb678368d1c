"""Quick add by keyboard: chips before saving, a pasted list, undo; and without scripts."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import look
from tests.browser.steps import sign_in

AMARA = "amara.okafor@lindencourt.example"


def my_work(page: Page) -> None:
    sign_in(page, AMARA)
    page.wait_for_url(re.compile("/work/"))
    page.get_by_label("Project", exact=True).select_option(label="Repairs")


def test_a_line_shows_chips_and_becomes_a_task_that_can_be_taken_back(new_page):
    page = new_page()
    my_work(page)
    box = page.get_by_label("New task")
    box.fill("Grease the lift rails @tomasz !high ^tomorrow @nemo")
    seen = page.locator("#quick-seen")
    for words in ("Tomasz Zielinski", "High", "Tomorrow", "No person “@nemo” in Repairs."):
        expect(seen).to_contain_text(words)
    look(page)
    box.press("Enter")
    expect(page.locator("#quick-add")).to_contain_text("Grease the lift rails @nemo")
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    look(page)
    page.locator("#quick-add").get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("Undone:")


def test_a_pasted_list_is_as_many_tasks_on_the_page_at_once(new_page):
    page = new_page(390)
    my_work(page)
    box = page.get_by_label("New task")
    box.fill("- Sweep the cellar ^today\n- Water the fern ^today @me")
    expect(page.locator("#quick-seen")).to_contain_text("2 tasks")
    look(page)
    box.press("Enter")
    expect(page.locator("#today")).to_contain_text("Water the fern")
    expect(page.locator("#today")).to_contain_text("Sweep the cellar")


def test_a_mistake_keeps_the_words_and_the_focus(new_page):
    page = new_page()
    my_work(page)
    box = page.get_by_label("New task")
    box.fill("@me !high")
    box.press("Enter")
    expect(page.locator("#quick-seen")).to_contain_text("has no title. Add some words.")
    expect(box).to_have_value("@me !high")
    expect(box).to_be_focused()


def test_without_scripts_a_page_shows_the_chips_first(new_page):
    page = new_page(java_script_enabled=False)
    my_work(page)
    page.get_by_label("New task").fill("Oil the hinges ^tomorrow")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#quick-seen")).to_contain_text("Tomorrow")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("main")).to_contain_text("Oil the hinges")
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_role("main")).to_contain_text("Undone:")
