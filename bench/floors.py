"""The least Django can do for a list and a board: `bench.tasks` compares the portal with it.

A WSGI application of its own without middleware. `/rows` is one indexed query of 50 tasks as a
table, dates and all, by a template; `/board` is one UNION ALL of five columns with 20 cards.
Both read the portal's own table; DATABASE_URL names the same database, PROJECT the project.
"""

import os
from uuid import UUID

import dj_database_url
import django
from django.conf import settings

LAYOUT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title>
<link rel="stylesheet" href="/static/site.css"><script src="/static/site.js" defer></script></head>
<body><header>{% include "menu" %}</header><main>{% block main %}{% endblock %}</main>
<footer><p>&copy; {{ title }}</p>{% include "menu" %}</footer></body></html>"""
MENU = '<nav><ul>{% for name, path in menu %}<li class="item"><a href="{{ path }}">{{ name }}</a></li>{% endfor %}</ul></nav>'
TABLE = """{% extends "layout" %}{% block main %}<h1>{{ title }}</h1>
<table class="tasks"><thead><tr><th>#</th><th>Title</th><th>Status</th><th>Owner</th><th>Due</th><th>Changed</th></tr></thead><tbody>
{% for task in tasks %}<tr id="t{{ task.id }}" class="task {% cycle "odd" "even" %}">
<td>{{ task.number }}</td><td><a href="/task/{{ task.number }}/">{{ task.title|truncatechars:80 }}</a></td>
<td><span class="badge badge-{{ task.priority }}">{{ task.status_id }}</span></td>
<td><a href="/person/{{ task.owner_id }}/">{{ task.owner_id }}</a></td>
<td>{% if task.due_on %}{{ task.due_on }}{% else %}<em>none</em>{% endif %}</td><td>{{ task.updated_at }}</td></tr>
{% endfor %}</tbody></table>{% endblock %}"""

settings.configure(
    SECRET_KEY="floor",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=None)},
    MIDDLEWARE=["bench.count_queries.CountQueries"],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    (
                        "django.template.loaders.cached.Loader",
                        [
                            (
                                "django.template.loaders.locmem.Loader",
                                {"layout": LAYOUT, "menu": MENU, "table": TABLE},
                            )
                        ],
                    )
                ]
            },
        }
    ],
    USE_TZ=True,
    LOGGING_CONFIG=None,
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - Django is set up above
from django.db import connection, models  # noqa: E402 - same
from django.http import HttpRequest, HttpResponse  # noqa: E402 - same
from django.shortcuts import render  # noqa: E402 - same
from django.urls import path  # noqa: E402 - same

PROJECT = UUID(os.environ["PROJECT"])
ENTRIES = [(f"Item {n}", f"/section/{n}/") for n in range(8)]
COLUMNS = [
    "id",
    "number",
    "status_id",
    "title",
    "owner_id",
    "priority",
    "position",
    "due_on",
    "updated_at",
]


class Task(models.Model):
    id = models.UUIDField(primary_key=True)
    project_id = models.UUIDField()
    number = models.IntegerField()
    status_id = models.UUIDField()
    title = models.CharField(max_length=200)
    owner_id = models.UUIDField(null=True)
    priority = models.SmallIntegerField()
    position = models.FloatField()
    due_on = models.DateField(null=True)
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "floor"
        db_table = "tasks_task"
        managed = False

    def __str__(self) -> str:
        return self.title


def rows(request: HttpRequest) -> HttpResponse:
    alive = Task.objects.filter(project_id=PROJECT, archived_at=None, deleted_at=None)
    tasks = alive.order_by("-updated_at", "-id").only(*COLUMNS)[:50]
    return render(request, "table", {"tasks": tasks, "menu": ENTRIES, "title": "Tasks"})


def board(request: HttpRequest) -> HttpResponse:
    top = f"(select {', '.join(COLUMNS)} from tasks_task where status_id = %s order by position, id limit 20)"
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join([top] * len(STATUSES)), STATUSES)
        tasks = [dict(zip(COLUMNS, row, strict=True)) for row in cursor.fetchall()]
    return render(request, "table", {"tasks": tasks, "menu": ENTRIES, "title": "Board"})


urlpatterns = [path("rows", rows), path("board", board)]
with connection.cursor() as statuses:
    statuses.execute(
        "select id from tasks_status where project_id = %s and category <> 'triage'", [PROJECT]
    )
    STATUSES = [row[0] for row in statuses.fetchall()]
connection.close()  # the worker opens its own
application = get_wsgi_application()
