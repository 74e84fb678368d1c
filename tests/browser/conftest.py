"""Chromium and a running portal.

Playwright's synchronous API keeps an event loop on its thread, which Django's ORM refuses
to share. So the browser and the tests in this folder live on a thread of their own.
"""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.browser.processes import Portal

DRIVER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 30_000  # two databases, two browsers and two portals share the machine
expect.set_options(timeout=PATIENCE_MS)
NAMES = ("chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool:
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    DRIVER.submit(pyfuncitem.obj, **arguments).result()
    return True


@pytest.fixture(scope="session")
def portal() -> Iterator[Portal]:
    portal = Portal()
    try:
        portal.start_all()
        yield portal
    finally:
        portal.stop_all()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    def start():
        playwright = sync_playwright().start()
        installed = next(filter(None, map(shutil.which, NAMES)), None)
        return playwright, playwright.chromium.launch(executable_path=installed, args=ARGUMENTS)

    playwright, browser = DRIVER.submit(start).result()
    yield browser
    DRIVER.submit(lambda: (browser.close(), playwright.stop())).result()


@pytest.fixture
def new_page(chromium: Browser, portal: Portal) -> Iterator:
    """A function that opens a page in a browser profile of its own; it fails on page errors."""
    contexts, problems = [], []

    def open_page(width: int = 1280, **options) -> Page:
        context = chromium.new_context(
            base_url=portal.url, viewport={"width": width, "height": 900}, **options
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                problems.append(f"{page.url}: {message.text}")
                if "Content Security Policy" in message.text
                else None
            ),
        )
        return page

    yield open_page
    DRIVER.submit(lambda: [context.close() for context in contexts]).result()
    assert problems == []


# What axe finds in Wagtail 8.0.1's own page editor: its rich-text fields carry no name, and
# the map of the page's sections scrolls without taking the focus.
WAGTAIL_EDITOR = frozenset({"aria-input-field-name", "scrollable-region-focusable"})


def follow(link: Locator) -> None:
    """Click on ``link`` and wait for the page it leads to: a click alone returns before that."""
    with link.page.expect_navigation():
        link.click()


# Half-faded words have too little contrast, but nobody has to read them at that moment.
TO_THE_END = """() => document.getAnimations().forEach((one) => {
    if (one.effect.getComputedTiming().endTime !== Infinity) one.finish();
})"""


def settle(page: Page) -> None:
    """Wait until the page has loaded, and bring what fades or travels on it to its end."""
    page.wait_for_load_state()
    page.wait_for_timeout(200)  # what a script starts after loading
    page.evaluate(TO_THE_END)


def look(page: Page, known: frozenset[str] = frozenset()) -> None:
    """Fail when axe finds a serious or critical violation, in light or in dark mode.

    ``known`` names rules that a page breaks by no fault of ours.
    """
    found = []
    settle(page)
    before = page.evaluate("document.documentElement.dataset.bsTheme")
    for mode in ("light", "dark"):
        page.evaluate("mode => { document.documentElement.dataset.bsTheme = mode }", mode)
        settle(page)
        for violation in Axe().run(page).response["violations"]:
            serious = violation["impact"] in ("serious", "critical")
            if serious and violation["id"] not in known:
                targets = [node["target"] for node in violation["nodes"]][:3]
                found.append(f"{mode} {page.url}: {violation['id']} {targets}")
    page.evaluate("mode => { document.documentElement.dataset.bsTheme = mode }", before)
    assert found == []
