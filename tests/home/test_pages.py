"""What visitors read: pages, blocks, menu, meta data."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.images import get_image_model
from wagtail.models import PageViewRestriction, Site

from home.models import HomePage, NewsPage, SiteSettings, StandardPage
from tasks.models import Project
from tests import factories
from tests.home.conftest import stream
from tests.home.pictures import picture


def publish(page, *blocks):
    page.body = stream(*blocks)
    page.save()
    return page


def read(client, page):
    response = client.get(page.url)
    assert response.status_code == 200
    return response.content.decode()


def hero(heading="84 homes"):
    return ("hero", {"heading": heading, "text": "One courtyard.", "image": None, "buttons": []})


def progress(*projects):
    link = {"label": "", "page": None, "address": ""}
    keys = [str(project.pk) for project in projects]
    return ("progress", {"heading": "Now", "text": "", "link": link, "projects": keys})


def test_the_first_migration_leaves_one_empty_home_page(client, home):
    assert (home.title, list(home.body), Site.objects.count()) == ("Home", [], 1)
    assert "<h1" in read(client, home)


def test_every_kind_of_page_has_one_headline(client, home, standard, news, article, form_page):
    publish(home, hero())
    for page in (home, standard, news, article, form_page):
        assert len(re.findall("<h1", read(client, page))) == 1


def test_it_shows_every_block(client, standard, news, article):
    image = get_image_model().objects.create(title="Tap", file=picture())
    shown = {"image": image.pk, "alt_text": "A tap", "decorative": False}
    link = {"label": "Go", "page": None, "address": "/news/"}
    publish(
        standard,
        ("notice", {"tone": "danger", "icon": "phone", "text": "<p>Ring us</p>"}),
        ("cards", {"heading": "Do", "cards": [
            {"icon": "key", "heading": "Key", "text": "Lost?", "link": link}]}),
        ("text", "<h2>Rules</h2><p>Be kind.</p>"),
        ("picture", {"image": shown, "caption": "Our tap"}),
        ("media", {"heading": "Garden", "image": shown, "text": "<p>Dig</p>", "link": link}),
        ("quote", {"text": "I like it", "name": "Mei-Ling Chan", "role": "Alder 9"}),
        ("questions", {"heading": "Questions", "text": "", "questions": [
            {"question": "Pets?", "answer": "<p>One dog.</p>"}]}),
        ("steps", {"heading": "Next", "steps": ["<p>Wait</p>"]}),
        ("news", {"heading": "News", "index": news.pk}),
        ("call_to_action", {"heading": "Broken?", "text": "Tell us", "link": link, "image": None}),
    )  # fmt: skip
    page = read(client, standard)
    for words in ("Ring us", "Lost?", "Be kind.", "Our tap", "Dig", "“I like it”", ">MC<",
                  "One dog.", "Wait", "Solar roof", "Broken?", 'alt="A tap"'):  # fmt: skip
        assert words in page


def test_it_gives_sections_unique_anchors(client, standard):
    steps = ("steps", {"heading": "Next steps", "steps": ["<p>Wait</p>"]})
    page = read(client, publish(standard, steps, steps))
    assert re.findall('id="(next-steps[^"]*)"', page) == ["next-steps", "next-steps-2"]


def test_it_shows_markup_in_plain_fields_as_text(client, standard):
    quote = {"text": "<script>alert(1)</script>", "name": "<b>Mei</b>", "role": ""}
    page = read(client, publish(standard, ("quote", quote)))
    assert "<script>alert" not in page
    assert "<b>Mei" not in page


def test_it_shows_the_progress_of_public_projects(client, home):
    project = factories.make_project(name="Roof", visibility=Project.Visibility.PUBLIC_SUMMARY)
    factories.make_task(project, category="done")
    factories.make_task(project)
    assert "1 of 2 done" in read(client, publish(home, progress(project)))


@pytest.mark.parametrize("visibility", ["members", "signed_in"])
def test_it_shows_nothing_of_other_projects(client, home, visibility):
    project = factories.make_project(name="Secret roof", visibility=visibility)
    page = read(client, publish(home, progress(project)))
    assert "Secret roof" not in page
    assert "<progress" not in page


def test_it_costs_the_same_with_a_thousand_tasks(client, home):
    project = factories.make_project(visibility=Project.Visibility.PUBLIC_SUMMARY)
    publish(home, hero(), progress(project))
    counts = []
    for number in (10, 990):
        for _ in range(number):
            factories.make_task(project)
        client.get(home.url)  # fills what is cached for good: site root, renditions
        with CaptureQueriesContext(connection) as queries:
            client.get(home.url)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_it_leaves_unpublished_pages_out_of_the_menu(client, home, standard, site):
    settings = SiteSettings.for_site(site)
    entry = {"label": "How we live", "page": standard.pk, "address": ""}
    settings.navigation = stream(("link", entry))
    settings.save()
    assert "How we live" in read(client, home)
    standard.unpublish()
    assert "How we live" not in read(client, home)


def test_it_sends_strangers_of_a_private_page_to_sign_in(client, standard, otto):
    PageViewRestriction.objects.create(page=standard, restriction_type="login")
    response = client.get(standard.url)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/sign-in/")
    client.force_login(otto)
    assert client.get(standard.url).status_code == 200


def test_it_leaves_private_articles_out_of_the_list(client, news, article):
    PageViewRestriction.objects.create(page=article, restriction_type="login")
    assert "Solar roof" not in read(client, news)


def test_it_lists_news_newest_first_and_goes_on(client, news):
    for day in range(1, 13):
        news.add_child(
            instance=NewsPage(
                title=f"Day {day}", slug=f"d{day}", date=f"2026-11-{day:02}", intro="x"
            )
        )
    first = client.get(news.url)
    titles = [page.title for page in first.context["articles"]]
    assert titles == [f"Day {day}" for day in range(12, 2, -1)]
    after = first.context["articles"][-1].public_id
    second = client.get(news.url, {"after": after})
    assert [page.title for page in second.context["articles"]] == ["Day 2", "Day 1"]
    assert "Older news" not in second.content.decode()
    assert client.get(news.url, {"after": "rubbish"}).status_code == 404


def test_an_article_shows_author_time_and_progress(client, article):
    project = factories.make_project(name="Roof", visibility=Project.Visibility.PUBLIC_SUMMARY)
    article.project = project
    publish(article, ("text", "<p>" + "word " * 440 + "</p>"))
    page = read(client, article)
    assert "Jonas Lindqvist" in page
    assert "2 minutes to read" in page
    assert "Follow this work" in page


def test_it_describes_itself_to_search_and_sharing(client, standard):
    page = read(client, standard)
    assert '<meta name="description" content="Who does what.">' in page
    assert '<meta property="og:title" content="Living here">' in page
    assert '<link rel="canonical" href="http://testserver/living-here/">' in page


def test_a_copy_gets_its_own_public_id(standard):
    copy = standard.copy(update_attrs={"slug": "copy"})
    assert copy.public_id != standard.public_id


def test_pages_stand_only_where_they_belong(db):
    assert not StandardPage.can_create_at(NewsPage())
    assert HomePage.allowed_parent_page_models()[0].__name__ == "Page"
