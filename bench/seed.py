"""Fill an empty database with tasks: run by `bench.tasks` as a process, `DATABASE_URL` set.

People, projects and what belongs to them are written by Django, the many rows by PostgreSQL
itself, as `bench.rows` says, without indexes and foreign keys; those are made again at the end.
"""

import os
import sys
import time
import uuid
from collections.abc import Iterable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
django.setup()

from django.contrib.auth.models import Group  # noqa: E402 - Django is set up above
from django.core.management import call_command  # noqa: E402 - same
from django.db import connection  # noqa: E402 - same
from django.db.models import Field  # noqa: E402 - same

from accounts.models import Identity, User  # noqa: E402 - same
from bench import rows  # noqa: E402 - same
from tasks.models import Label, Membership, Project, Status  # noqa: E402 - same
from tasks.models.project import ProjectKey  # noqa: E402 - same

SLICE = 25_000  # tasks between two steps of the progress bar
KEPT = "select indexname, indexdef from pg_indexes where tablename = %s and indexname not in (select conname from pg_constraint)"
FOREIGN = "select conname, pg_get_constraintdef(oid) from pg_constraint where contype = 'f' and conrelid = %s::regclass"


class Progress:
    """A bar on the terminal, and a line for each tenth elsewhere."""

    def __init__(self, whole: int) -> None:
        self.whole, self.done, self.told, self.began = whole, 0, -1, time.monotonic()

    def step(self, what: str, many: int) -> None:
        self.done += many
        share, seconds = min(1.0, self.done / self.whole), time.monotonic() - self.began
        line = f"[{'#' * round(30 * share):30}] {share:4.0%}  {seconds:4.0f} s  {what}"
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{line:70.70}")
        elif int(share * 10) > self.told:
            sys.stderr.write(line + "\n")
        self.told = max(self.told, int(share * 10))
        sys.stderr.flush()


def seed(tasks: int) -> None:
    """Make the tables and fill them with so many tasks."""
    weight = tasks // 10  # of a step whose length nobody knows beforehand
    progress = Progress(tasks * len(rows.TABLES) + 4 * weight)
    progress.step("making the tables", 0)
    call_command("migrate", verbosity=0)
    make_members(make_projects(), make_people())
    fill(tasks, progress, weight)
    run("vacuum analyze")
    progress.step("done", progress.whole)
    if sys.stderr.isatty():
        sys.stderr.write("\n")


def fill(tasks: int, progress: Progress, weight: int) -> None:
    progress.step("planning", weight)
    run(rows.plan(tasks))
    run("create index on bench_plan (i); create index on bench_plan (p, number)")
    run("analyze")
    again = [statement for table in rows.TABLES for statement in drop_around(table)]
    progress.step("planned", weight)
    last = tasks + 100 * max(rows.FEW) + max(rows.FEW.values())
    for table in rows.TABLES:
        for start in range(1, last, SLICE):
            run(insertion(table, start, start + SLICE - 1))
            progress.step(table.model._meta.verbose_name_plural, max(0, min(SLICE, tasks - start)))
    for statement in again:
        run(statement)
    progress.step("indexes", weight)
    for statement in rows.COUNTED:
        run(statement)
    progress.step("counters", weight)


def insertion(table: rows.Rows, first: int, last: int) -> str:
    """Return INSERT … SELECT for the planned tasks from ``first`` to ``last``."""
    meta = table.model._meta
    columns = {f.column: default(f) for f in meta.concrete_fields if not f.generated}
    columns |= table.columns
    names = ", ".join(f'"{name}"' for name in columns)
    return (
        f"insert into {meta.db_table} ({names}) select {', '.join(columns.values())} "
        f"from bench_plan t {table.source} where t.i between {first} and {last}"
    )


def default(field: Field) -> str:
    """Return what a column that nobody named holds, as SQL."""
    value = None if callable(field.default) else field.get_default()
    if value is None or value == "" and field.null:
        return "null"
    if isinstance(value, bool | int | float):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def drop_around(table: rows.Rows) -> list[str]:
    """Drop a table's indexes and foreign keys; return the statements that make them again."""
    name = table.model._meta.db_table
    indexes, keys = run(KEPT, [name]), run(FOREIGN, [name])
    for index, _definition in indexes:
        run(f'drop index "{index}"')
    for key, _definition in keys:
        run(f'alter table {name} drop constraint "{key}"')
    again = [definition for _index, definition in indexes]
    return again + [f'alter table {name} add constraint "{k}" {text}' for k, text in keys]


def run(statement: str, values: Any = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def keep(table: str, columns: str, values: Iterable[tuple]) -> None:
    """Write down which row is which, for the statements that refer to them."""
    run(f"create unlogged table {table} ({columns})")
    values = list(values)
    marks = ", ".join(["%s"] * len(values[0]))
    with connection.cursor() as cursor:
        cursor.executemany(f"insert into {table} values ({marks})", values)


def make_people() -> list[User]:
    """Make everybody; each has an account as if they had come through Supabase."""
    first = ["Amara", "Tomasz", "Mei", "Vera", "Otto", "Ines", "Karim", "Lena", "Noor", "Pavel"]
    last = [
        "Okafor",
        "Zielinski",
        "Chan",
        "Holt",
        "Brandt",
        "Costa",
        "Haddad",
        "Novak",
        "Rahman",
        "Silva",
        "Weber",
    ]
    people = [
        User(
            id=named("person", n),
            username=f"person-{n}",
            email=f"person{n}@lindencourt.example",
            display_name=f"{first[n % len(first)]} {last[n % len(last)]} {n}",
        )
        for n in range(rows.PEOPLE + len(rows.FEW))
    ]
    User.objects.bulk_create(people)
    Identity.objects.bulk_create(
        Identity(user=person, issuer="bench", subject=person.pk, email_seen=person.email)
        for person in people
    )
    keep(
        "bench_person",
        "n int primary key, id uuid, name text",
        ((n, person.pk, person.display_name) for n, person in enumerate(people)),
    )
    return people


def make_projects() -> list[Project]:
    """Make the projects with their statuses and labels; one in a hundred is open to all."""
    projects = [
        Project(
            id=named("project", p),
            key=f"B{p:03}",
            name=f"Project {p:03}",
            hue=("blue", "amber", "violet", "green")[p % 4],
            visibility="signed_in" if p % 100 == 99 else "members",
        )
        for p in range(rows.PROJECTS + len(rows.FEW))
    ]
    Project.objects.bulk_create(projects)
    ProjectKey.objects.bulk_create(ProjectKey(project=row, key=row.key) for row in projects)
    statuses, labels = [], []
    for p, project in enumerate(projects):
        for order, (name, category, hue) in enumerate(Status.objects.DEFAULTS):
            row = Status(project=project, name=name, category=category, hue=hue, order=order)
            statuses.append((p, row))
        names = ["urgent", "garden", "heating", "legal", "noise", "safety", "tenants", "water"]
        labels += [
            (p, n, Label(project=project, name=name, hue=("red", "teal")[n % 2]))
            for n, name in enumerate(names)
        ]
    Status.objects.bulk_create(row for _p, row in statuses)
    Label.objects.bulk_create(row for _p, _n, row in labels)
    keep("bench_project", "p int primary key, id uuid", ((p, r.pk) for p, r in enumerate(projects)))
    columns = "p int, category text, id uuid, primary key (p, category)"
    keep("bench_status", columns, ((p, row.category, row.pk) for p, row in statuses))
    columns = "p int, n int, id uuid, primary key (p, n)"
    keep("bench_label", columns, ((p, n, row.pk) for p, n, row in labels))
    return projects


def make_members(projects: list[Project], people: list[User]) -> None:
    """Give each project its members; the person who is measured belongs to the first ones."""
    memberships = [
        Membership(project=projects[p], user=people[n], role="manager" if m == 0 else "contributor")
        for p in range(rows.PROJECTS)
        for m, n in enumerate(dict.fromkeys(member(p, m) for m in range(rows.MEMBERS)))
    ]
    memberships += [
        Membership(project=project, user=people[0], role="contributor")
        for project in projects[: rows.SEEN]
    ]
    group = Group.objects.create(name="Caretakers")
    group.user_set.add(people[0])
    memberships += [
        Membership(project=project, group=group, role="member")
        for project in projects[rows.SEEN : rows.SEEN + 3]
    ]
    memberships += [
        Membership(project=projects[p], user=people[n], role="contributor")
        for p, n in rows.FEW_PERSON.items()
    ]
    Membership.objects.bulk_create(memberships)


def member(p: int, place: int) -> int:
    """Return the number of a project's member; `rows.owner` says the same in SQL."""
    return 1 + (p * 7 + place * 97) % (rows.PEOPLE - 1)


def named(kind: str, number: int) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} {number}")


if __name__ == "__main__":
    seed(int(sys.argv[1]))
