"""A visitor sends a form; a task opens. Whatever goes wrong, nothing typed is lost."""

import os
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from home import kept_photos
from home.requests import HOURLY_LIMIT
from notifications.models import Email
from tasks.models import Attachment, Membership, Request, Task
from tests import factories
from tests.home.pictures import picture


def test_it_opens_a_task_and_leads_to_its_status_page(client, form_page, filled, project):
    response = client.post(form_page.url, filled)
    task = Task.objects.get()
    assert (response.status_code, task.project) == (303, project)
    assert response["Location"] == f"{task.request.get_absolute_url()}?sent=1"


def test_it_maps_answers_to_what_they_become(client, form_page, filled):
    client.post(form_page.url, filled)
    task = Task.objects.select_related("request").get()
    assert (task.title, task.body) == ("Water", "The tap drips.\nSince Saturday.")
    assert task.priority == Task.Priority.URGENT
    assert (task.request.name, task.request.email) == ("Samir Haddad", "samir@mail.example")
    assert {"label": "House", "value": "Alder"} in task.request.answers
    assert {"label": "Since", "value": "21 November 2026"} in task.request.answers
    assert {"label": "May we enter?", "value": "Yes"} in task.request.answers


def test_it_lets_people_say_no_where_yes_or_no_must_be_answered(client, form_page, filled):
    form_page.fields.filter(kind="checkbox").update(required=True)
    unanswered = {k: v for k, v in filled.items() if k != "q_may-we-enter"}
    page = client.post(form_page.url, unanswered)
    assert page.status_code == 422
    assert "Choose an answer to “May we enter?”" in page.content.decode()
    client.post(form_page.url, {**filled, "q_may-we-enter": "No"})
    assert {"label": "May we enter?", "value": "No"} in Task.objects.get().request.answers


def test_it_takes_the_first_line_as_title_when_no_question_is_one(client, form_page, filled):
    form_page.fields.filter(becomes="title").update(becomes="answer")
    client.post(form_page.url, filled)
    assert Task.objects.get().title == "The tap drips"


def test_it_joins_several_parts_of_a_title(client, form_page, filled):
    form_page.fields.filter(label="House").update(becomes="title")
    client.post(form_page.url, filled)
    assert Task.objects.get().title == "Water · Alder"


SAID = [
    ("The tap drips.\nSince Saturday.", "The tap drips"),
    ("Good morning,\n\nno light on the stairs! Please come.", "No light on the stairs!"),
    ("Hello,", "Hello"),
    ("Mr. Klein’s door will not lock", "Mr. Klein’s door will not lock"),
    (
        "Water comes through the ceiling of the hall whenever the people above take a shower",
        "Water comes through the ceiling of the hall whenever the people above…",
    ),
    ("x" * 90, "X" + "x" * 68 + "…"),
]


@pytest.mark.parametrize(("said", "words"), SAID)
def test_it_begins_the_title_with_what_is_wrong_and_ends_with_the_place(
    client, form_page, filled, said, words
):
    form_page.fields.filter(becomes="body").update(becomes="subject")
    form_page.fields.filter(becomes="title").update(becomes="answer")
    form_page.fields.filter(label__in=["House", "Flat"]).update(becomes="title")
    client.post(form_page.url, filled | {"q_what-is-wrong": said, "q_flat": "7"})
    task = Task.objects.select_related("request").get()
    assert (task.title, task.body) == (f"{words} · Alder 7", said)
    assert {"label": "What is it about?", "value": "Water"} in task.request.answers


def test_a_number_stands_alone_when_its_list_was_left_out(client, form_page, filled):
    form_page.fields.filter(label="House").update(becomes="title", required=False)
    form_page.fields.filter(label="Flat").update(becomes="title")
    client.post(form_page.url, filled | {"q_house": "", "q_flat": "7"})
    assert Task.objects.get().title == "Water · 7"


BAD = [
    ("q_what-is-it-about", "", "Choose what it is about"),
    ("q_what-is-it-about", "Fire", "Choose what it is about"),
    ("q_house", "Castle", "Choose an answer to “House”"),
    ("q_flat", "45", "Enter a number from 1 to 32 for “Flat”"),
    ("q_flat", "many", "Enter a number from 1 to 32 for “Flat”"),
    ("q_what-is-wrong", "", "Fill in “What is wrong?”"),
    ("q_what-is-wrong", "x" * 101, "Shorten “What is wrong?” to 100 characters: it has 101."),
    ("q_since", "30 Feb", "Enter a date like 30 11 2026 for “Since”"),
    ("q_your-name", "  ", "Fill in “Your name”"),
    ("q_e-mail", "samir@mail", "Enter an e-mail address with a full domain, like name@example.org"),
]


@pytest.mark.parametrize(("name", "value", "message"), BAD)
def test_it_says_what_is_wrong_and_keeps_the_rest(client, form_page, filled, name, value, message):
    response = client.post(form_page.url, filled | {name: value})
    page = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: " in page
    assert page.count(escape(message)) == 2  # in the summary and at the field
    assert "The tap drips." in page or name == "q_what-is-wrong"
    assert 'value="Samir Haddad"' in page or name == "q_your-name"
    assert not Task.objects.exists()


def test_it_leads_from_the_summary_to_each_field(client, form_page, filled):
    page = client.post(form_page.url, {"submission": filled["submission"]}).content.decode()
    assert "There are 6 problems on this page" in page
    for target in ("id_q_what-is-it-about_0", "id_q_house", "id_q_e-mail"):
        assert f'href="#{target}"' in page
        assert f'id="{target}"' in page


def test_it_attaches_photos(client, form_page, filled):
    client.post(form_page.url, filled | {"q_photos": [picture("a.jpg"), picture("b.png")]})
    assert sorted(a.name for a in Attachment.objects.all()) == ["a.jpg", "b.png"]


def test_it_refuses_what_is_no_picture_and_keeps_the_others(client, form_page, filled):
    bad = SimpleUploadedFile("virus.exe", b"MZ")
    response = client.post(form_page.url, filled | {"q_photos": [picture("tap.jpg"), bad]})
    page = response.content.decode()
    assert response.status_code == 422
    assert "virus.exe is not a file we can take" in page
    assert "tap.jpg" in page
    assert not Task.objects.exists()


def test_it_refuses_a_photo_that_is_too_large(client, form_page, filled, settings):
    settings.ATTACHMENT_MAX_BYTES = 100
    response = client.post(form_page.url, filled | {"q_photos": [picture("big.jpg")]})
    assert response.status_code == 422
    assert "big.jpg is " in response.content.decode()


def test_it_refuses_more_photos_than_allowed(client, form_page, filled):
    photos = [picture(f"{n}.jpg") for n in range(6)]
    response = client.post(form_page.url, filled | {"q_photos": photos})
    assert "You have chosen 6 photos. Choose up to 5." in response.content.decode()


def test_it_keeps_good_photos_while_something_else_is_put_right(client, form_page, filled):
    wrong = filled | {"q_e-mail": "", "q_photos": [picture("tap.jpg")]}
    kept = client.post(form_page.url, wrong).context["form"].fields["q_photos"].kept
    client.post(form_page.url, filled | {"q_photos_kept": [photo.ticket for photo in kept]})
    assert [a.name for a in Attachment.objects.all()] == ["tap.jpg"]


def test_it_ignores_a_forged_ticket(client, form_page, filled):
    ticket = kept_photos.signing.dumps(["../secret", "x", "image/png"], salt="another")
    response = client.post(form_page.url, filled | {"q_photos_kept": [ticket, "rubbish"]})
    assert response.status_code == 303
    assert not Attachment.objects.exists()


def test_it_opens_one_task_when_sent_twice(client, form_page, filled):
    first = client.post(form_page.url, filled)
    second = client.post(form_page.url, filled)
    assert first["Location"] == second["Location"]
    assert (Task.objects.count(), Request.objects.count()) == (1, 1)


def test_it_opens_two_tasks_for_two_forms(client, form_page, filled):
    client.post(form_page.url, filled)
    client.post(form_page.url, filled | {"submission": str(uuid.uuid4())})
    assert Task.objects.count() == 2


def test_it_loses_nothing_when_somebody_goes_back_and_reports_more(client, form_page, filled):
    client.post(form_page.url, filled)
    client.post(form_page.url, filled | {"q_what-is-wrong": "The door sticks, too."})
    assert Task.objects.count() == 2


def test_it_draws_a_new_submission_each_time_it_is_shown(client, form_page):
    shown = [client.get(form_page.url).context["form"]["submission"].value() for _ in range(2)]
    assert shown[0] != shown[1]


def test_it_lets_robots_believe_that_they_were_heard(client, form_page, filled):
    response = client.post(form_page.url, filled | {"website": "https://spam.example"})
    assert (response.status_code, Task.objects.count()) == (303, 0)
    assert "Thank you." in client.get(response["Location"]).content.decode()


def test_it_fills_in_what_a_member_has_told_us(client, form_page, mei):
    client.force_login(mei)
    page = client.get(form_page.url).content.decode()
    assert 'value="Mei-Ling Chan"' in page
    assert f'value="{mei.email}"' in page


def test_it_names_a_member_as_the_requester(client, form_page, filled, mei):
    client.force_login(mei)
    client.post(form_page.url, filled)
    assert Task.objects.get().requester == mei


def test_it_shows_markup_as_text(client, form_page, filled):
    form_page.fields.filter(label="Telephone").update(
        label="<script>alert(1)</script>", help_text="<b>bold</b>"
    )
    bad = filled | {"q_what-is-wrong": "</textarea><script>alert(2)</script>", "q_house": "<i>"}
    page = client.post(form_page.url, bad).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "<b>bold" not in page


def test_it_takes_line_breaks_out_of_names(client, form_page, filled):
    client.post(form_page.url, filled | {"q_your-name": "Samir\r\nBcc: all@example.org"})
    assert Request.objects.get().name == "Samir Bcc: all@example.org"


def test_it_is_closed_without_a_project(client, form_page, filled, project):
    project.archived_at = form_page.first_published_at or "2026-01-01T00:00:00Z"
    project.save()
    assert "closed at the moment" in client.get(form_page.url).content.decode()
    client.post(form_page.url, filled)
    assert not Task.objects.exists()


def test_it_needs_the_csrf_token(form_page, filled):
    response = Client(enforce_csrf_checks=True).post(form_page.url, filled)
    assert response.status_code == 403
    assert "what you typed is still there" in response.content.decode()


def test_it_tells_the_managers_through_the_outbox_only(client, form_page, filled, project):
    manager = factories.make_member(project, Membership.Role.MANAGER, "Amara Okafor")
    client.post(form_page.url, filled)  # no mail server runs in the tests
    told = set(Email.objects.values_list("to_address", flat=True))
    assert told == {"samir@mail.example", manager.email}


def test_it_clears_photos_nobody_came_back_for(form_page, client, filled, settings):
    wrong = filled | {"q_e-mail": "", "q_photos": [picture("tap.jpg")]}
    kept = client.post(form_page.url, wrong).context["form"].fields["q_photos"].kept[0]
    assert kept_photos.clear_old() == 0
    os.utime(kept_photos.private_storage().path(kept.path), (0, 0))
    assert kept_photos.clear_old() >= 1
    assert kept_photos.find(kept.ticket) is None


def test_one_address_cannot_be_flooded_with_mail(client, form_page, filled):
    for _ in range(HOURLY_LIMIT):
        Request.objects.create(name="Samir", email="SAMIR@mail.example")
    response = client.post(form_page.url, filled)
    assert response.status_code == 422
    assert "many reports from this address" in response.content.decode()
    Request.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert client.post(form_page.url, filled).status_code == 303
