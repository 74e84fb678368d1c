"""Two people edit one task: the second sees both versions and loses nothing."""

from tasks import services
from tasks.models import Task

URL = "/tasks/REP-1/edit/"


def test_the_second_sees_both(client, task, amara, tomasz):
    services.change_task(task=task, user=amara, title="By Amara", body="Her words")
    client.force_login(tomasz)
    response = client.post(URL, {"title": "By Tomasz", "body": "His words", "version": 1})
    assert response.status_code == 409
    shown = response.content.decode()
    assert all(words in shown for words in ("By Amara", "Her words", "By Tomasz", "His words"))
    assert Task.objects.get().title == "By Amara"


def test_they_can_save_theirs_after_a_look(client, task, amara, tomasz):
    services.change_task(task=task, user=amara, title="By Amara")
    client.force_login(tomasz)
    response = client.post(URL, {"title": "By Tomasz", "body": "", "version": 1})
    version = response.context["form"]["version"].value()
    assert client.post(URL, {"title": "By both", "body": "", "version": version}).status_code == 302
    assert Task.objects.get().title == "By both"


def test_a_third_in_between_is_seen_too(client, task, amara, tomasz, project):
    services.change_task(task=task, user=amara, title="First")
    client.force_login(tomasz)
    response = client.post(URL, {"title": "Second", "body": "", "version": 1})
    version = response.context["form"]["version"].value()
    services.change_task(task=Task.objects.with_row().get(), user=amara, title="Third")
    response = client.post(URL, {"title": "Second", "body": "", "version": version})
    assert response.status_code == 409 and "Third" in response.content.decode()


def test_a_change_of_something_else_is_no_conflict(client, task, amara, tomasz):
    services.change_task(task=task, user=amara, priority=1)
    client.force_login(tomasz)
    assert client.post(URL, {"title": "New", "body": "", "version": 1}).status_code == 302
    assert (Task.objects.get().title, Task.objects.get().priority) == ("New", 1)
