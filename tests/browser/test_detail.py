"""A task: beside its list and on its own page, with keys, by touch, and without a script."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import look
from tests.browser.steps import sign_in

PUMP = "Replace the circulation pump in Alder House"
LIST = "/projects/REP/?show=all"


def signed_in(new_page, path: str, who: str = "amara.okafor", width: int = 1280, **options) -> Page:
    page = new_page(width, **options)
    page.goto("/accounts/sign-in/")
    sign_in(page, f"{who}@lindencourt.example")
    page.wait_for_url("**/work/")
    page.goto(path)
    return page


def pump(page: Page):
    return page.get_by_role("main").get_by_role("link", name=PUMP, exact=True)


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")


@pytest.mark.parametrize("path", [LIST, "/projects/REP/board/"])
def test_a_task_opens_beside_its_list_and_back_closes_it(new_page, path):
    page = signed_in(new_page, path)
    pump(page).click()
    panel = page.get_by_role("complementary", name="Task")
    expect(panel.get_by_role("heading", name=PUMP)).to_be_focused()
    expect(page).to_have_url(re.compile(r"[?&]task=REP-142$"))
    look(page)
    page.go_back()
    expect(panel).to_be_hidden()
    expect(pump(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("heading", name=PUMP)).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(pump(page)).to_be_focused()
    expect(page).to_have_url(re.compile(re.escape(path) + "$"))


def test_back_leaves_the_list_where_it_was_scrolled_to(new_page):
    page = signed_in(new_page, LIST)
    page.set_viewport_size({"width": 1280, "height": 420})
    link = page.locator("#rows .ui-col-title a").nth(8)
    link.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    assert before > 0
    link.click()
    panel = page.get_by_role("complementary", name="Task")
    expect(panel.locator("#panel-title")).to_be_focused()
    page.go_back()
    expect(panel).to_be_hidden()
    expect(link).to_be_focused()
    assert page.evaluate("scrollY") == before


def test_escape_in_a_text_closes_nothing_and_what_is_typed_comes_back(new_page):
    page = signed_in(new_page, f"{LIST}&task=REP-142")
    panel = page.get_by_role("complementary", name="Task")
    words = panel.locator("#write textarea")
    words.fill("Half a thought")
    for _ in range(2):
        page.keyboard.press("Escape")
        expect(words).to_be_focused()
    expect(words).to_have_value("Half a thought")
    panel.locator("#panel-title").focus()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    pump(page).click()
    expect(words).to_have_value("Half a thought")


def test_a_reloaded_panel_is_there_again_and_closes_without_leaving(new_page):
    page = signed_in(new_page, f"{LIST}&task=REP-142")
    panel = page.get_by_role("complementary", name="Task")
    expect(panel.get_by_role("heading", name=PUMP)).to_be_visible()
    panel.get_by_role("button", name="Close", exact=True).click()
    expect(panel).to_be_hidden()
    expect(page).to_have_url(re.compile(r"show=all$"))
    phone = signed_in(new_page, f"{LIST}&task=REP-142", width=390)
    expect(phone).to_have_url(re.compile(r"/tasks/REP-142/$"))


def test_with_ctrl_and_on_small_screens_the_page_opens(new_page):
    page = signed_in(new_page, LIST)
    with page.context.expect_page() as opened:
        pump(page).click(modifiers=["ControlOrMeta"])
    expect(opened.value).to_have_url(re.compile("/tasks/REP-142/"))
    expect(page.get_by_role("complementary", name="Task")).to_have_count(0)
    page.set_viewport_size({"width": 1000, "height": 900})
    pump(page).click()
    expect(page).to_have_url(re.compile("/tasks/REP-142/"))


def test_a_property_is_set_by_keys_and_shows_in_the_row_behind(new_page):
    page = signed_in(new_page, LIST)
    pump(page).click()
    expect(page.locator("#panel-title")).to_be_focused()
    page.keyboard.press("p")
    select = page.get_by_label("Priority", exact=True)
    expect(select).to_be_focused()
    select.select_option("Low")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("REP-142: Priority saved.")
    expect(page.locator("[data-property=priority]")).to_be_focused()
    row = page.get_by_role("main").get_by_role("row").filter(has_text="REP-142")
    expect(row).to_contain_text("Low")
    page.keyboard.press("l")
    page.get_by_label("New label").fill("Cellar pump")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Enter")
    expect(page.locator("[data-property=labels]")).to_contain_text("Cellar pump")
    page.keyboard.press("s")
    expect(page.get_by_label("Status", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-property=status]")).to_be_focused()
    expect(page.locator("#panel-title")).to_be_visible()


def test_shortcuts_are_listed_keep_out_of_fields_and_can_be_switched_off(new_page):
    page = signed_in(new_page, "/tasks/REP-142/")
    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(help_).to_be_visible()
    look(page)
    page.keyboard.press("Escape")
    expect(help_).to_be_hidden()
    page.keyboard.press("m")
    expect(page.locator("#write textarea")).to_be_focused()
    page.keyboard.type("g p?")
    expect(page.locator("#write textarea")).to_have_value("g p?")
    page.locator("#write textarea").fill("")
    page.locator("#write textarea").blur()  # a click on the title would open it
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/projects/")
    page.keyboard.press("?")
    help_.get_by_role("switch").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.keyboard.press("?")
    expect(help_).to_be_hidden()
    assert page.url.endswith("/projects/")


def test_rows_are_walked_with_j_and_k(new_page):
    page = signed_in(new_page, LIST)
    page.keyboard.press("j")
    first = focused(page)
    page.keyboard.press("j")
    assert focused(page) != first
    page.keyboard.press("k")
    assert focused(page) == first


def test_a_checklist_is_written_ticked_and_ordered_by_keys(new_page):
    page = signed_in(new_page, "/tasks/REP-137/")
    box = page.get_by_role("textbox", name="New item")
    box.focus()
    for word in ("Order", "Fit", "Test"):
        page.keyboard.type(word)
        page.keyboard.press("Enter")
        expect(page.locator("#items li").last).to_contain_text(word)
        expect(box).to_be_focused()
        expect(box).to_have_value("")
    tick = page.get_by_role("checkbox", name="Order")
    tick.focus()
    page.keyboard.press("Space")
    expect(tick).to_be_checked()
    expect(page.locator("#checklist-head")).to_contain_text("1 of 3")
    page.get_by_label("What to do with: Test").click()
    page.get_by_role("button", name="Move up").click()
    expect(page.locator("#items li").nth(1)).to_contain_text("Test")
    page.get_by_label("What to do with: Fit").click()
    look(page)
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator("#items li")).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#items li")).to_have_count(3)
    page.get_by_label("What to do with: Fit").click()
    page.get_by_role("button", name="Make it a subtask").click()
    expect(page.locator("#subtasks")).to_contain_text("Fit")
    expect(page.locator("#items li")).to_have_count(2)


def test_a_task_is_related_by_words_and_the_way_back_is_offered(new_page):
    page = signed_in(new_page, "/tasks/REP-137/")
    page.get_by_role("link", name="Relate", exact=True).click()
    page.get_by_label("How", exact=True).select_option("Blocked by")
    page.get_by_label("Which task").press_sequentially("circulation")
    field = page.get_by_role("combobox", name="Which task")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options).to_have_count(1)
    expect(options).to_contain_text("REP-142")
    look(page)
    page.keyboard.press("Escape")
    expect(options).to_be_hidden()
    expect(field).to_have_value("circulation")
    page.keyboard.press("ArrowDown")
    expect(options).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Enter")  # takes what is chosen, and sends nothing
    expect(field).to_have_value(f"REP-142 {PUMP}")
    expect(options).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("#relations")).to_contain_text(PUMP)
    expect(page.locator("#blocked")).to_contain_text("Blocked")
    page.get_by_role("button", name="No longer related to REP-142").click()
    expect(page.locator("#blocked")).to_have_text("")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#blocked")).to_contain_text("Blocked")


def test_the_page_fits_a_phone(new_page):
    page = signed_in(new_page, "/tasks/REP-142/", width=390)
    look(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("[data-property=due]").click()
    expect(page.get_by_label("Due")).to_be_focused()
    look(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_a_script_everything_is_a_page(new_page):
    page = signed_in(new_page, LIST, java_script_enabled=False)
    pump(page).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(PUMP)
    page.get_by_role("link", name="Next task").click()
    expect(page).to_have_url(re.compile(r"\?in=list&show=all$"))
    page.goto("/tasks/REP-142/")
    page.locator("[data-property=priority]").click()
    page.get_by_label("Priority", exact=True).select_option("High")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#prop-priority")).to_contain_text("High")
    page.get_by_label("New item").fill("By hand")
    page.locator("#add-item").get_by_role("button", name="Add").click()
    expect(page.locator("#items")).to_contain_text("By hand")
    page.get_by_role("checkbox", name="By hand").click()
    expect(page.get_by_role("checkbox", name="By hand")).to_be_checked()
