"""A small website: its home page, and a form with every kind of question that opens tasks."""

import json

import pytest
from django.test import Client
from wagtail.models import Site

from home.models import (
    HomePage,
    NewsIndexPage,
    NewsPage,
    RequestField,
    RequestFormPage,
    StandardPage,
)
from tests import factories


def stream(*blocks):
    return json.dumps([{"type": name, "value": value} for name, value in blocks])


def answer(label, priority="", hint="", icon=""):
    return ("answer", {"label": label, "hint": hint, "icon": icon, "priority": priority})


@pytest.fixture
def site(db):
    return Site.objects.get(is_default_site=True)


@pytest.fixture
def home(site):
    return HomePage.objects.get(pk=site.root_page_id)


@pytest.fixture
def standard(home):
    return home.add_child(instance=StandardPage(title="Living here", intro="Who does what."))


@pytest.fixture
def news(home):
    return home.add_child(instance=NewsIndexPage(title="News"))


@pytest.fixture
def article(news):
    page = NewsPage(title="Solar roof", intro="It runs.", author="Jonas Lindqvist")
    return news.add_child(instance=page)


QUESTIONS = [
    {"label": "About it", "kind": "heading", "required": False},
    {
        "label": "What is it about?",
        "kind": "radio",
        "becomes": "title",
        "missing_text": "Choose what it is about",
        "answers": stream(answer("Water", icon="drop"), answer("Heating")),
    },
    {"label": "House", "kind": "dropdown", "answers": stream(answer("Lime"), answer("Alder"))},
    {"label": "Flat", "kind": "number", "required": False, "maximum": 32},
    {"label": "What is wrong?", "kind": "text", "becomes": "body", "maximum": 100},
    {"label": "Photos", "kind": "photos", "required": False},
    {
        "label": "How urgent?",
        "kind": "radio",
        "becomes": "priority",
        "answers": stream(answer("Today", "1", "Water runs"), answer("Later", "4")),
    },
    {"label": "Since", "kind": "date", "required": False},
    {"label": "Your name", "kind": "line", "becomes": "name"},
    {"label": "E-mail", "kind": "email", "becomes": "email"},
    {"label": "Telephone", "kind": "tel", "required": False},
    {"label": "May we enter?", "kind": "checkbox", "required": False},
]


@pytest.fixture
def form_page(home, project):
    page = RequestFormPage(title="Report a repair", project=project, thank_you="Thank you.")
    page.fields = [RequestField(sort_order=i, **q) for i, q in enumerate(QUESTIONS)]
    return home.add_child(instance=page)


@pytest.fixture
def filled():
    """What a visitor types into `form_page`: complete and right."""
    return {
        "submission": "6f1f7a52-55a3-4b64-8f0e-a9a1f6b3d111",
        "q_what-is-it-about": "Water",
        "q_house": "Alder",
        "q_flat": "22",
        "q_what-is-wrong": "The tap drips.\nSince Saturday.",
        "q_how-urgent": "Today",
        "q_since": "2026-11-21",
        "q_your-name": "Samir Haddad",
        "q_e-mail": "samir@mail.example",
        "q_may-we-enter": "on",
    }


@pytest.fixture
def editor(db):
    return factories.make_user("Helen Whitcombe", is_superuser=True)


@pytest.fixture
def admin(editor):
    client = Client()
    client.force_login(editor)
    return client
