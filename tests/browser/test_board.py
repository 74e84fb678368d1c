"""Cards of the board are moved by mouse, finger, keys and form, and each move is said."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import look, settle
from tests.browser.steps import sign_in

AMARA = "amara.okafor@lindencourt.example"


def open_board(page: Page) -> None:
    sign_in(page, AMARA)
    page.wait_for_url("**/work/**")
    page.goto("/projects/REP/board/")
    settle(page)


def add(page: Page, title: str, column: str = "To do") -> str:
    """Add a card by the line at the head of a column; return its key."""
    page.get_by_label(f"Add a task to {column}").click()
    page.get_by_label("Title").fill(title)
    page.keyboard.press("Enter")
    said = page.locator("#live", has_text=re.compile(r"REP-\d+ is added"))
    expect(said).to_be_visible()
    key = said.inner_text().split()[0]
    page.keyboard.press("Escape")
    expect(page.get_by_label("Title")).to_be_hidden()
    return key


def cards(page: Page, column: str) -> list[str]:
    section = page.get_by_role("region", name=column, exact=True)
    return section.locator("ol > li").evaluate_all("all => all.map(one => one.id)")


def said(page: Page, words: str) -> None:
    expect(
        page.locator("#toasts").or_(page.locator("#live")).filter(has_text=words)
    ).not_to_have_count(0)


def reloaded(page: Page, column: str) -> list[str]:
    page.reload()
    return cards(page, column)


def middle(page: Page, key: str) -> tuple[float, float]:
    box = page.locator(f"#{key}").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_card_is_dragged_with_the_mouse(new_page):
    page = new_page()
    open_board(page)
    key = add(page, "Dragged by mouse")
    first = cards(page, "In progress")[0]
    x, y = middle(page, first)
    page.mouse.move(*middle(page, key))
    page.mouse.down()
    page.mouse.move(x, y, steps=8)  # where it pushes the first one down
    page.mouse.move(x, y + 1.5 * page.locator(f"#{first}").bounding_box()["height"], steps=8)
    page.mouse.up()
    said(page, f"{key} moved to In progress, 2 of")
    assert page.url.endswith("/board/")  # the drop was no click on the card
    assert reloaded(page, "In progress")[:2] == [first, key]


def test_escape_puts_a_dragged_card_back(new_page):
    page = new_page()
    open_board(page)
    key = add(page, "Stays in its column")
    page.mouse.move(*middle(page, key))
    page.mouse.down()
    page.mouse.move(*middle(page, cards(page, "In progress")[0]), steps=8)
    assert key in cards(page, "In progress")
    page.keyboard.press("Escape")
    page.mouse.up()
    said(page, f"{key} is back in To do.")
    assert cards(page, "To do")[0] == key


def touch(page: Page, kind: str, x: float = 0, y: float = 0) -> None:
    points = [{"x": x, "y": y}] if kind != "touchEnd" else []
    page.cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_a_finger_that_rests_drags_and_one_that_moves_scrolls(new_page):
    page = new_page(1280, has_touch=True)
    open_board(page)
    key = add(page, "Dragged by finger")
    page.cdp = page.context.new_cdp_session(page)
    x, y = middle(page, key)
    # One order for the whole gesture: on a slow machine, several would come with rests between.
    swipe = {"x": x, "y": y, "yDistance": -60, "gestureSourceType": "touch"}
    page.cdp.send("Input.synthesizeScrollGesture", swipe)
    expect(page.locator(".ui-ghost-tile")).to_have_count(0)
    assert cards(page, "To do")[0] == key
    page.evaluate("scrollTo(0, 0)")

    x, y = middle(page, key)
    to_x, to_y = middle(page, cards(page, "In progress")[0])
    touch(page, "touchStart", x, y)
    expect(page.locator(".ui-ghost-tile")).to_be_visible()
    for step in range(1, 11):
        touch(page, "touchMove", x + (to_x - x) * step / 10, y + (to_y - 30 - y) * step / 10)
    touch(page, "touchEnd")
    said(page, f"{key} moved to In progress")
    assert key in reloaded(page, "In progress")


def test_a_card_is_moved_by_keys(new_page):
    page = new_page()
    open_board(page)
    key = add(page, "Moved by keys")
    grip = page.get_by_label(f"Move {key}")
    grip.focus()
    page.keyboard.press("Space")
    said(page, f"{key} picked up. To do, 1 of")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    said(page, "In progress, 2 of")
    page.keyboard.press("Space")
    said(page, f"{key} moved to In progress, 2 of")
    expect(grip).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    said(page, f"{key} is back in In progress.")
    expect(grip).to_be_focused()
    assert reloaded(page, "In progress")[1] == key


def test_a_card_is_moved_by_the_form_and_the_move_taken_back(new_page):
    page = new_page()
    open_board(page)
    key = add(page, "Moved by form")
    page.get_by_label(f"Move {key}").click()
    dialog = page.get_by_role("dialog", name=f"Move {key} to…")
    expect(dialog).to_be_visible()
    look(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_label(f"Move {key}").press("Enter")
    page.get_by_label("Column").select_option(label="In review")
    page.get_by_label("Place").select_option("Bottom")
    page.get_by_role("button", name="Move", exact=True).click()
    said(page, f"{key} moved to In review")
    assert cards(page, "In review")[-1] == key
    expect(page.get_by_label(f"Move {key}")).to_be_focused()
    page.locator("#toasts").get_by_role("button", name="Undo").last.click()
    first = page.get_by_role("region", name="To do", exact=True).locator("ol > li").first
    expect(first).to_have_id(key)
    expect(first.locator("a.ui-cover")).to_be_focused()


def test_a_refused_card_goes_back_and_says_why(new_page):
    page = new_page()
    open_board(page)
    key = add(page, "Reviewed by somebody else")
    page.goto(f"/tasks/{key}/reviewer/")
    page.get_by_label("Reviewer").select_option(label="Tomasz Zielinski")
    page.get_by_role("button", name="Save").click()
    page.goto("/projects/REP/board/")
    page.get_by_label(f"Move {key}").focus()
    page.keyboard.press("Space")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.get_by_role("alert")).to_contain_text(f"{key} stays where it was.")
    assert key in cards(page, "To do")
    expect(page.get_by_label(f"Move {key}")).to_be_focused()


@pytest.mark.parametrize("width", [1280, 390, 360])
def test_it_fits_and_everybody_can_read_it(new_page, width):
    page = new_page(width)
    open_board(page)
    look(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_label("Add a task to To do").click()
    expect(page.get_by_label("Title")).to_be_focused()
    look(page)


def test_it_works_without_a_script(new_page):
    page = new_page(java_script_enabled=False)
    sign_in(page, AMARA)
    page.goto("/projects/REP/board/")
    page.get_by_label("Add a task to To do").click()
    page.get_by_label("Title").fill("Added without a script")
    page.get_by_role("button", name="Add task").click()
    key = page.locator("li.ui-tile", has_text="Added without a script").get_attribute("id")
    page.get_by_label(f"Move {key}").click()
    page.get_by_label("Column").select_option(label="In progress")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_text(f"{key} moved to In progress, 1 of")).to_be_visible()
