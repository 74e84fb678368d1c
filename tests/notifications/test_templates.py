"""Every template: a subject, a text and an HTML part with the same facts, readable colours."""

import re

import pytest
from wagtail.models import Site

from home.models import SiteSettings
from notifications import rendering
from notifications.rendering import current_brand
from tests.notifications.conftest import FACTS
from tests.workers import PROJECT

FOLDER = PROJECT / "templates" / "emails"
TEMPLATES = sorted(
    path.stem
    for path in FOLDER.glob("*.txt")
    if path.stem[0] != "_" and not path.stem.startswith(("auth-", "account-"))
)
MEMBERS = [name for name in TEMPLATES if name.startswith("task-")] + ["request-new"]
VISITORS = [name for name in TEMPLATES if name not in MEMBERS]


@pytest.fixture
def brand(db) -> dict:
    site = SiteSettings.for_site(Site.objects.get(is_default_site=True))
    site.organisation = "Linden Court"
    site.legal_name = "Linden Court Housing Co-operative"
    site.address, site.email, site.phone = "12 Lime Walk", "office@lindencourt.example", "01234 567"
    site.save()
    return current_brand()


@pytest.mark.parametrize("template", TEMPLATES)
def test_it_says_the_same_in_text_and_html(brand, template):
    subject, text, html = rendering.render(template, FACTS, brand)
    assert subject.startswith("[REP-12] ") and "\n" not in subject
    for part in (text, html):
        assert FACTS["url"] in part and FACTS["title"] in part and "You get this because" in part
        assert "Linden Court Housing Co-operative, 12 Lime Walk" in part


@pytest.mark.parametrize("template", TEMPLATES)
def test_it_leaves_no_gaps_when_facts_are_missing(brand, template):
    subject, text, html = rendering.render(
        template, {"key": "REP-12", "title": "Door", "url": "http://x/"}, brand
    )
    assert ": Door" in subject and "\n\n\n" not in text
    assert "None" not in text + html and "Due" not in text


@pytest.mark.parametrize("template", VISITORS)
def test_it_tells_visitors_how_to_reach_us(brand, template):
    _, text, html = rendering.render(template, FACTS, brand)
    for part in (text, html):
        assert "office@lindencourt.example" in part and "01234 567" in part


@pytest.mark.parametrize("template", TEMPLATES)
def test_it_loads_nothing_from_anywhere(brand, template):
    html = rendering.render(template, FACTS, brand)[2]
    assert re.findall(r"<(?:img|link|script|iframe)\b|url\(|@import", html) == []
    assert set(re.findall(r'href="(?!mailto:)([^"]+)"', html)) == {FACTS["url"]}


def test_it_tells_a_visitor_why_a_request_was_declined(brand):
    _, text, html = rendering.render(
        "request-declined", FACTS | {"reason": "The council owns it."}, brand
    )
    assert "The council owns it." in text and "The council owns it." in html


@pytest.mark.parametrize("template", MEMBERS)
def test_it_reads_well_when_the_system_acted(brand, template):
    subject, text, _ = rendering.render(template, FACTS | {"actor": "", "requester": ""}, brand)
    assert "  " not in subject and not text.startswith(" ")


@pytest.mark.parametrize(
    "accent", ["#1f6b4a", "#ffff00", "#00ffff", "#ffffff", "#000000", "#808080", "#7a3e9d"]
)
def test_it_keeps_any_brand_colour_readable(accent):
    light, dark = rendering.readable(accent)
    assert rendering.contrast(light, "#ffffff") >= 4.5
    assert rendering.contrast(light, rendering.PAPER) >= 4.5
    assert rendering.contrast(dark, rendering.NIGHT) >= 4.5


def test_it_leaves_a_colour_alone_that_is_readable():
    assert rendering.readable("#1f6b4a")[0] == "#1f6b4a"


def test_it_measures_contrast_as_wcag_does():
    assert round(rendering.contrast("#000000", "#ffffff"), 1) == 21.0
    assert round(rendering.contrast("#777777", "#ffffff"), 2) == 4.48
