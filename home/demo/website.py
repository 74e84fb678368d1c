"""The website of Linden Court, the demo's housing co-operative: pages, menu and footer."""

import json
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.files import File
from wagtail.models import Page, Site

from home.demo import news, repair_form, texts
from home.models import (
    HomePage,
    NewsIndexPage,
    NewsPage,
    PortalImage,
    RequestField,
    RequestFormPage,
    SiteSettings,
    StandardPage,
)

FOLDER = Path(__file__).parent
PICTURES = {
    "courtyard": "The courtyard of Linden Court",
    "garden": "Raised beds and a glasshouse",
    "common-room": "The common room",
    "solar-roof": "Solar panels on the roof of Rowan House",
}


def stream(blocks: list[tuple[str, Any]]) -> str:
    """Return [(type, raw value), …] as the JSON that a StreamField takes."""
    return json.dumps([{"type": name, "value": value} for name, value in blocks])


def build(site: Site) -> None:
    """Write the whole website under the site's home page. Pages of the same slug are replaced."""
    home = site.root_page.specific
    pictures = {name: _picture(name, title) for name, title in PICTURES.items()}
    projects = {
        project.key: str(project.pk) for project in apps.get_model("tasks.Project").objects.all()
    }
    pages = _plain_pages(home) | {
        "news": _put(home, NewsIndexPage, "news", title="News", intro=texts.NEWS_INTRO)
    }
    pages["repair"] = _form(home, projects, pages)
    material = texts.Material(pictures, projects, {name: page.pk for name, page in pages.items()})
    _articles(pages["news"], material)
    for name, body in texts.BODIES.items():
        pages[name].body = stream(body(material))
        pages[name].save_revision().publish()
    _home_page(home, material)
    _settings(site, material)


def _picture(name: str, title: str) -> int:
    """Return the key of one of our own pictures, stored once."""
    found = PortalImage.objects.filter(title=title).first()
    if found is None:
        with (FOLDER / f"{name}.webp").open("rb") as file:
            found = PortalImage(title=title, file=File(file, name=f"{name}.webp"))
            found.save()
    return found.pk


def _put(parent: Page, model: type[Page], slug: str, **fields: Any) -> Any:
    """Create or change the page ``slug`` under ``parent`` and publish it."""
    page = model.objects.child_of(parent).filter(slug=slug).first() or model(slug=slug)
    for name, value in fields.items():
        setattr(page, name, value)
    if page.pk is None:
        parent.add_child(instance=page)
    page.save_revision().publish()
    return page


def _plain_pages(home: Page) -> dict[str, Page]:
    return {
        name: _put(home, StandardPage, slug, title=title, intro=intro)
        for name, (slug, title, intro) in texts.PAGES.items()
    }


def _form(home: Page, projects: dict[str, str], pages: dict[str, Page]) -> RequestFormPage:
    page = RequestFormPage.objects.child_of(home).filter(slug="report-a-repair").first()
    page = page or RequestFormPage(slug="report-a-repair")
    page.fields = [
        RequestField(
            sort_order=order,
            **(
                question | {"answers": stream([("answer", a) for a in question.get("answers", [])])}
            ),
        )
        for order, question in enumerate(repair_form.QUESTIONS)
    ]
    page.title, page.intro = "Report a repair", repair_form.INTRO
    page.project_id = projects.get("REP")
    page.button, page.thank_you = "Send report", repair_form.THANK_YOU
    page.small_print = repair_form.SMALL_PRINT.format(privacy=pages["privacy"].pk)
    page.aside = stream(repair_form.ASIDE)
    if page.pk is None:
        home.add_child(instance=page)
    page.save_revision().publish()
    return page


def _articles(index: Page, material: texts.Material) -> None:
    for article in news.ARTICLES:
        cover, project = article["cover"], article["project"]
        _put(
            index,
            NewsPage,
            article["slug"],
            **article["fields"],
            cover_id=material.pictures.get(cover),
            project_id=material.projects.get(project),
            body=stream(article["body"]),
        )


def _home_page(home: Page, material: texts.Material) -> None:
    if not isinstance(home, HomePage):
        return
    home.title, home.body = "Home", stream(texts.home_body(material))
    home.search_description = texts.HOME_DESCRIPTION
    home.save_revision().publish()


def _settings(site: Site, material: texts.Material) -> None:
    settings = SiteSettings.for_site(site)
    for name, value in texts.SETTINGS.items():
        setattr(settings, name, value)
    settings.navigation = stream([("link", link) for link in texts.navigation(material)])
    settings.footer = stream([("column", column) for column in texts.footer(material)])
    settings.save()
