"""A list of more than one page: its address, more rows, all that match, refusals, a file of it."""

import re
import uuid

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import follow, look
from tests.browser.steps import sign_in

HELEN = "helen.whitcombe@lindencourt.example"
LIST = "/projects/ROOF/"


def helens(new_page, path: str, **options) -> Page:
    page = new_page(**options)
    sign_in(page, HELEN)
    page.wait_for_url("**/work/")
    page.goto(path)
    return page


def paste(page: Page, title: str) -> None:
    """Add 30 tasks to the project by pasting lines into the box of My work."""
    page.get_by_label("Project", exact=True).select_option(label="Roof and solar")
    box = page.get_by_label("New task")
    box.fill("\n".join(f"{title}, {number:02}" for number in range(30)))
    expect(page.locator("#quick-seen")).to_contain_text("30 tasks")
    box.press("Enter")
    expect(box).to_have_value("")
    expect(
        page.locator("#live, #toasts, #quick-add").filter(has_text="30 tasks")
    ).not_to_have_count(0)


def tick(page: Page, *keys: str) -> Locator:
    for key in keys:
        page.get_by_role("checkbox", name=f"Select {key}", exact=True).check()
    return page.locator("#bulk")


def test_what_is_chosen_stands_in_the_address_and_back_takes_it_off(new_page):
    page = helens(new_page, "/projects/REP/")
    page.get_by_role("button", name="Status", exact=True).click()
    page.get_by_label("In progress", exact=True).check()
    follow(page.get_by_role("button", name="Show"))
    one = page.url
    assert re.search(r"\?status=[0-9a-f-]{36}$", one)
    page.get_by_role("searchbox", name="Search in Repairs").fill("cellar")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == f"{one}&q=cellar"
    expect(page.locator("#rows tr")).to_have_count(2)  # the pump's text names the cellar
    look(page)
    follow(page.get_by_role("link", name="Remove filter: Status: In progress"))
    expect(page.locator("#rows")).to_contain_text("Clear the cellar passage")
    page.go_back()
    expect(page.locator("#rows tr")).to_have_count(2)
    page.go_back()
    assert page.url == one
    page.reload()
    expect(page.get_by_text("Status: In progress")).to_be_visible()
    page.locator("#open-look").click()
    page.get_by_label("Groups").select_option("Owner")
    follow(page.get_by_role("button", name="Show"))
    assert "group=owner" in page.url and "status=" in page.url
    expect(page.get_by_role("rowheader", name=re.compile("Tomasz Zielinski"))).to_be_visible()


def test_more_rows_take_the_focus_and_all_that_match_are_changed_and_taken_back(new_page):
    page = helens(new_page, "/work/")
    mark = uuid.uuid4().hex[:8]
    paste(page, f"Check panel {mark}")
    paste(page, f"Clean panel {mark}")
    page.goto(f"{LIST}?q={mark}&sort=number")
    links = page.locator("#rows .ui-col-title a")
    expect(links).to_have_count(50)
    more = page.get_by_role("link", name=re.compile("^Load"))
    more.focus()
    page.keyboard.press("Enter")
    expect(links.nth(50)).to_be_focused()
    expect(page.locator("#live")).to_have_text(re.compile(r"^\d+ more tasks shown\.$"))
    expect(links).to_have_count(60)
    look(page)

    page.reload()
    page.get_by_role("checkbox", name=re.compile("^Select all")).check()
    bar = page.locator("#bulk")
    expect(page.locator("[data-bulk-count]")).to_have_text("50 selected")
    bar.get_by_role("button", name=re.compile("^Select all .*that match$")).click()
    expect(page.locator("[data-bulk-count]")).to_have_text("All that match selected")
    bar.get_by_role("button", name="Owner").click()
    bar.get_by_label("Owner").select_option("Jonas Lindqvist")
    look(page)
    follow(bar.get_by_role("button", name="Change 60 tasks"))
    expect(page.get_by_text("60 tasks changed.")).to_be_visible()
    expect(page.locator("#rows tr", has_text="Jonas Lindqvist")).to_have_count(50)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone: 60 tasks are as they were.")).to_be_visible()
    page.goto(f"{LIST}?q={mark}&owner=me")
    expect(links).to_have_count(50)


def test_a_refused_task_says_why_and_the_others_come_back_with_undo(new_page):
    page = helens(new_page, f"{LIST}?due=week")
    bar = tick(page, "ROOF-58", "ROOF-61", "ROOF-63")
    bar.get_by_role("button", name="Status").click()
    bar.get_by_label("Status", exact=True).select_option("Done")
    follow(bar.get_by_role("button", name="Change 3 tasks"))
    expect(page.get_by_text("2 tasks changed.")).to_be_visible()
    refused = page.get_by_text("1 task was refused. ROOF-58:")
    expect(refused).to_contain_text("Amara Okafor")  # who reviews it, and may close it
    look(page)
    expect(page.locator("#rows")).not_to_contain_text("ROOF-61")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone: 2 tasks are as they were.")).to_be_visible()
    expect(page.locator("#rows")).to_contain_text("ROOF-61")
    expect(page.locator("#rows")).to_contain_text("ROOF-63")


def test_a_list_is_taken_along_as_a_file(new_page):
    page = helens(new_page, f"{LIST}?show=all&q=scaffold")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as started:
        page.get_by_role("button", name="CSV").click()
    name, file = started.value.suggested_filename, started.value.path().read_text("utf-8-sig")
    assert re.fullmatch(r"ROOF.*\.csv", name)
    assert file.startswith("Key,")
    assert "Sign off the scaffold handover" in file and "inverter" not in file
