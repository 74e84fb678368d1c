"""What editors do in the Wagtail admin, and what it refuses to publish."""

import json

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import (
    inline_formset,
    nested_form_data,
    rich_text,
    streamfield,
)

from home.blocks import BodyBlock, HomeBodyBlock, ProjectBlock, offered_projects
from home.models import RequestFormPage
from portal.actor import acting
from tasks.models import Project
from tests import factories


def edit(admin, page, data, *, publish=True):
    data = nested_form_data(data) | {"slug": page.slug, "comments-TOTAL_FORMS": 0}
    data |= {"comments-INITIAL_FORMS": 0} | ({"action-publish": "1"} if publish else {})
    return admin.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data)


def errors(response):
    return response.content.decode()


def link(label="", address=""):
    return {"label": label, "page": "", "address": address}


def image(pk=""):
    return {"image": pk, "decorative": "", "alt_text": ""}


def hero(heading):
    return ("hero", {
        "heading": heading, "text": "Text", "image": image(),
        "buttons": {"count": 1, "0-deleted": "", "0-order": 0, "0-type": "item", "0-id": "",
                    "0-value": link("Go", "/news/")},
    })  # fmt: skip


def test_an_editor_changes_the_home_page(admin, client, home):
    response = edit(admin, home, {"title": "Home", "body": streamfield([hero("Welcome home")])})
    assert response.status_code == 302
    assert "Welcome home" in client.get("/").content.decode()


def test_the_editor_opens_for_every_page(admin, home, standard, news, article, form_page):
    for page in (home, standard, news, article, form_page):
        url = reverse("wagtailadmin_pages:edit", args=[page.pk])
        assert admin.get(url).status_code == 200


def test_a_headline_over_60_characters_is_refused(admin, home):
    response = edit(admin, home, {"title": "Home", "body": streamfield([hero("x" * 61)])})
    assert response.status_code == 200
    home.refresh_from_db()
    assert not home.body


def problem(block, value):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the block's own error types
        block.clean(value)
    return json.dumps(caught.value.as_json_data(), ensure_ascii=False)


def test_the_opening_stands_first_and_the_call_last():
    block = HomeBodyBlock()
    text = {"type": "text", "value": "<p>x</p>"}
    top = {"type": "hero", "value": {"heading": "H", "text": "T", "buttons": []}}
    call = {"type": "call_to_action", "value": {
        "heading": "H", "text": "T", "link": {"label": "Go", "address": "/"}}}  # fmt: skip
    assert "to the top of the page" in problem(block, block.to_python([text, top]))
    assert "to the end of the page" in problem(block, block.to_python([call, text]))
    block.clean(block.to_python([top, text, call]))


def test_at_most_six_cards():
    block = BodyBlock()
    card = {"icon": "key", "heading": "H", "text": "T", "link": {}}
    value = block.to_python([{"type": "cards", "value": {"heading": "H", "cards": [card] * 7}}])
    assert "6" in problem(block, value)


def test_progress_refuses_a_private_project_and_says_what_to_change(db):
    hidden = factories.make_project(name="Board matters")
    message = problem_of_project(hidden)
    assert "Board matters is not shown to the public" in message
    assert "“Its members; its progress may stand on public pages”" in message


def problem_of_project(project):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - a ValidationError of a block
        ProjectBlock().clean(str(project.pk))
    return caught.value.messages[0]


def article_data(project):
    fields = {"title": "Roof", "date": "2026-11-20", "intro": "It runs.", "author": "Jonas"}
    empty = dict.fromkeys(["author_role", "cover", "cover_alt", "cover_caption"], "")
    return fields | empty | {"body": streamfield([]), "project": str(project.pk)}


def test_an_article_refuses_a_private_project(admin, article):
    hidden = factories.make_project(name="Board matters")
    response = edit(admin, article, article_data(hidden))
    assert "Board matters is not shown to the public" in errors(response)


def test_an_article_takes_a_public_project(admin, article):
    public = factories.make_project(visibility=Project.Visibility.PUBLIC_SUMMARY)
    assert edit(admin, article, article_data(public)).status_code == 302


def test_a_form_keeps_its_project_when_the_editor_cannot_see_it(form_page, otto):
    form_class = form_page.get_edit_handler().get_form_class()
    form = form_class(instance=form_page, for_user=otto, parent_page=form_page.get_parent())
    assert list(form.fields["project"].queryset) == [form_page.project]


def test_progress_takes_a_public_project(editor):
    public = factories.make_project(visibility=Project.Visibility.PUBLIC_SUMMARY)
    with acting(editor):
        assert ProjectBlock().clean(str(public.pk)) == str(public.pk)


def test_an_editor_is_offered_only_projects_they_may_see(otto):
    factories.make_project(name="Board matters")
    factories.make_project(name="Garden", visibility=Project.Visibility.SIGNED_IN)
    with acting(otto):
        assert [name for _key, name in offered_projects()] == ["Garden"]


def question(**fields):
    blank = {"answers": streamfield([]), "help_text": "", "missing_text": "", "maximum": ""}
    return blank | {"kind": "line", "becomes": "answer", "required": "on"} | fields


def two_answers():
    answer = {"hint": "", "icon": "", "priority": ""}
    return streamfield([("answer", answer | {"label": word}) for word in ("Yes", "No")])


def form_data(questions, project=None):
    return {
        "title": "Ask us",
        "intro": "",
        "project": str(project.pk) if project else "",
        "fields": inline_formset(questions),
        "button": "Send",
        "small_print": rich_text(""),
        "thank_you": "",
        "aside": streamfield([]),
    }


@pytest.fixture
def empty_form(home):
    return home.add_child(instance=RequestFormPage(title="Ask us", live=False))


GOOD = [
    {"label": "What?", "becomes": "title"},
    {"label": "Who?", "becomes": "name"},
]


def test_a_complete_form_is_published(admin, empty_form, project):
    response = edit(admin, empty_form, form_data([question(**q) for q in GOOD], project))
    assert response.status_code == 302
    page = RequestFormPage.objects.get()
    assert page.live
    assert [field.name for field in page.fields.all()] == ["q_what", "q_who"]


def test_rewording_a_question_keeps_its_name(admin, form_page):
    field = form_page.fields.get(label="Your name")
    field.label = "What are you called?"
    field.save()
    assert field.html_name == "q_your-name"


INCOMPLETE = [
    (GOOD[1:], True, "No question says what it is about"),
    (GOOD[:1], True, "No question asks who is writing"),
    (GOOD, False, "Choose the project that gets what people send"),
    ([*GOOD, {"label": "who?"}], True, "Another question has these words"),
    ([*GOOD, {"label": "You?", "becomes": "name"}], True, "Another question becomes this"),
    (
        [*GOOD, {"label": "A", "becomes": "body"}, {"label": "B", "becomes": "subject"}],
        True,
        "Another question becomes this",
    ),
    ([*GOOD, {"label": "When?", "becomes": "email"}], True, "cannot become that"),
    ([*GOOD, {"label": "Which?", "kind": "radio"}], True, "at least two answers"),
]


@pytest.mark.parametrize(("questions", "has_project", "message"), INCOMPLETE)
def test_an_incomplete_form_is_refused(admin, empty_form, project, questions, has_project, message):
    data = form_data([question(**q) for q in questions], project if has_project else None)
    assert message in errors(edit(admin, empty_form, data))
    assert not RequestFormPage.objects.get().live


def test_an_incomplete_form_is_kept_as_a_draft(admin, empty_form):
    response = edit(admin, empty_form, form_data([question(label="What?")]), publish=False)
    assert response.status_code == 302
    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[empty_form.pk])
    assert admin.get(preview).status_code in (200, 404)


def test_the_admin_shows_our_name_and_colour(admin, home):
    page = admin.get(reverse("wagtailadmin_home")).content.decode()
    assert "Edit the Portal website" in page
    assert reverse("home:admin-brand-css") in page
