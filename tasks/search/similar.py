"""Titles that read like what was typed, for who found nothing. Never among what was found.

Needs PostgreSQL with its extension pg_trgm; elsewhere nothing is offered.
"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection

from tasks.models import Project, Task
from tasks.search.candidates import OF_ALL, OF_EACH
from tasks.search.find import reach_of

SHOWN = 5
LATEST = 2000  # entries whose titles are compared
ALIKE = 0.45  # 1: a part of the title is just what was typed

HAS_TRIGRAMS = "SELECT to_regprocedure('word_similarity(text, text)') IS NOT NULL"
SIMILAR = """
SELECT task.id FROM ({latest}) AS entry JOIN tasks_task AS task ON task.id = entry.task_id
WHERE word_similarity(%(typed)s, task.title) >= %(alike)s
ORDER BY word_similarity(%(typed)s, task.title) DESC, entry.changed_at DESC LIMIT %(shown)s"""


def similar(user: AbstractBaseUser, typed: str, project: Project | None = None) -> list[Task]:
    """Return tasks ``user`` sees whose title, among the latest, reads like ``typed``."""
    reach = reach_of(user, project)
    if connection.vendor != "postgresql" or not (reach.everything or reach.projects):
        return []
    values = {
        "typed": typed,
        "alike": ALIKE,
        "shown": SHOWN,
        "projects": reach.projects,
        "team": sorted(reach.team),
        "latest": LATEST if reach.everything else max(1, LATEST // len(reach.projects)),
    }
    with connection.cursor() as cursor:
        cursor.execute(HAS_TRIGRAMS)
        if not cursor.fetchone()[0]:
            return []
        sql = SIMILAR.format(latest=OF_ALL if reach.everything else OF_EACH)
        cursor.execute(sql, values)
        ids = [pk for (pk,) in cursor.fetchall()]
    tasks = Task.objects.visible_to(user).with_row().in_bulk(ids)
    return [tasks[pk] for pk in ids if pk in tasks]
