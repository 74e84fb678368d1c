"""What the million tasks hold: each table's columns as SQL, all in this one place.

`t` is the plan of one task, and everything else follows from it. A column that is not named
here gets its field's default, so that a new one breaks nothing. What looks random is a hash of
the task's place: the same rows come out each time, and the first 10,000 are those of a million.
"""

from dataclasses import dataclass

from tasks import models

PROJECTS, PEOPLE, MEMBERS, LABELS = 500, 1_000, 10, 8
SEEN = 12  # projects that the measured person works in: the first of all
OWN = 40  # their open tasks, however many others there are
RARE, COMMON = "zeppelin", "report"
# Projects and people behind the others: so many rows stand in their list, board and My work.
FEW = {PROJECTS: 1, PROJECTS + 1: 10, PROJECTS + 2: 50}
FEW_PERSON = {p: PEOPLE + n for n, p in enumerate(FEW)}

VERBS = [
    "Check",
    "Repair",
    "Replace",
    "Clean",
    "Order",
    "Measure",
    "Paint",
    "Move",
    "Label",
    "Insure",
    "Inspect",
    "Renew",
]
THINGS = [
    "boiler",
    "roof",
    "fence",
    "lift",
    "gutter",
    "door",
    "lamp",
    "bench",
    "gate",
    "window",
    "heater",
    "drain",
]
THINGS += [COMMON, "meter", "stair", "wall"]
PLACES = [
    "Alder House",
    "Birch House",
    "the cellar",
    "the yard",
    "flat 12",
    "the laundry",
    "the office",
]
STATUSES = ["done"] * 57 + ["cancelled"] * 3 + ["todo"] * 18 + ["doing"] * 10 + ["review"] * 10
STATUSES += ["triage"] * 2


def some(seed: int, many: int) -> str:
    """Return an expression for a number below ``many`` that another seed draws otherwise."""
    return f"((hashint8extended(t.i, {seed}) & 1048575) % {many})::int"


def one_of(words: list[str], seed: int) -> str:
    quoted = ", ".join(f"'{word}'" for word in words)
    return f"(array[{quoted}])[1 + {some(seed, len(words))}]"


def owner(project: str, place: str) -> str:
    """Return the number of the member of ``project`` at ``place``; never the measured person's."""
    return f"1 + ({project} * 7 + ({place}) * 97) % {PEOPLE - 1}"


def plan(tasks: int) -> str:
    """Return the statement that plans so many tasks: place, project, status, what hangs on it.

    6 % are in the first project, 2.5 % in each of the next nine; `FEW` come behind all others.
    """
    placed = f"""select i, case when {some(1, 16)} = 0 then 0 when {some(1, 16)} < 5
          then 1 + {some(2, 9)} else {some(3, PROJECTS)} end as p, {one_of(STATUSES, 4)} as category
        from generate_series(1::bigint, {tasks}) t(i)"""
    few = [
        f"select {tasks + 100 * p} + n, {p}, (array['todo', 'doing'])[1 + n % 2] "
        f"from generate_series(1, {many}) n"
        for p, many in FEW.items()
    ]
    own = f"p < {SEEN} and category in ('todo', 'doing')"
    return f"""create unlogged table bench_plan as
        select t.*, md5('task' || i)::uuid as id,
          row_number() over (partition by p order by i) as number,
          now() - greatest({tasks} - i, 1) * interval '1 minute' as moment,
          case when {some(28, 10)} = 1 then 2 else 0 end as comments,
          case when {some(32, 20)} = 2 then 4 else 0 end as steps, {some(24, 5)} as steps_done,
          case when {own} then row_number() over (partition by {own} order by i)
            else {OWN} + 1 end as mine
        from ({" union all ".join([placed, *few])}) t"""


@dataclass(frozen=True)
class Rows:
    """One table: for which planned tasks there are rows, and what each column holds."""

    model: type
    source: str  # what stands after "from bench_plan t"
    columns: dict[str, str]


ENDED = "t.category in ('done', 'cancelled')"
MINE = f"t.mine <= {OWN}"
OWNER = f"""case when {MINE} or (t.category = 'done' and {some(36, 1000)} = 1) then 0
  when t.p >= {PROJECTS} then t.p + {PEOPLE - PROJECTS}
  when {some(40, 20)} < 3 then null else {owner("t.p", some(44, MEMBERS))} end"""
BODY = "Look at it with the caretaker first. " * 8
TITLE = f"""case when t.mine <= 5 then 'Paint the {RARE} ' || t.number
  else {one_of(VERBS, 61)} || ' the ' || {one_of(THINGS, 62)} || ' in '
  || {one_of(PLACES, 63)} || ' <' || t.i || '>' end"""
MARK = "left(replace(project.id::text, '-', ''), 16)"
SAID = "The part has come, **we can begin** on Monday. Part "

TASK = Rows(
    models.Task,
    f"""join bench_project project on project.p = t.p
    join bench_status status on status.p = t.p and status.category = t.category
    left join bench_person owner on owner.n = {OWNER}
    left join bench_person asker on asker.n = case when {MINE} and t.mine % 4 = 0 then 5 end""",
    {
        "id": "t.id",
        "project_id": "project.id",
        "number": "t.number",
        "title": TITLE,
        "body": f"'{BODY}'",
        "status_id": "status.id",
        "position": "t.number * 65536.0",
        "priority": f"1 + {some(48, 4)}",
        "owner_id": "owner.id",
        "requester_id": "asker.id",
        "due_on": f"case when {some(52, 3)} = 0 then current_date - 40 + {some(54, 120)} end",
        "checklist_count": "t.steps",
        "checklist_done": "case when t.steps > 0 then t.steps_done else 0 end",
        "comment_count": "t.comments",
        "completed_at": "case when t.category = 'done' then t.moment end",
        "closed_at": f"case when {ENDED} then t.moment end",
        "created_at": f"t.moment - interval '1 hour' * (1 + {some(50, 999)})",
        "updated_at": "t.moment",
    },
)
HANGING = [
    Rows(
        models.TaskLabel,
        f"""cross join generate_series(1, case when {some(30, 10)} < 4 then 1
          when {some(30, 10)} = 4 or t.p >= {PROJECTS} then 2 else 0 end) nth
        join bench_label label on label.p = t.p and label.n = ({some(33, LABELS)} + nth) % {LABELS}""",
        {
            "id": "md5('label' || t.i || '-' || nth)::uuid",
            "task_id": "t.id",
            "label_id": "label.id",
        },
    ),
    Rows(
        models.Comment,
        f"""cross join generate_series(1, t.comments) nth
        join bench_person author on author.n = {owner("t.p", "nth")}""",
        {
            "id": "md5('comment' || t.i || '-' || nth)::uuid",
            "task_id": "t.id",
            "author_id": "author.id",
            "author_name": "author.name",
            "body": f"'{SAID}' || t.i",
            "created_at": "t.moment - interval '1 minute' * nth",
        },
    ),
    Rows(
        models.SearchEntry,
        "join bench_project project on project.p = t.p",
        {
            "id": "md5('words' || t.i)::uuid",
            "task_id": "t.id",
            "project_id": "project.id",
            "for_everyone": "true",
            "for_team": "true",
            # What `tasks.search.index` would write, but for the place of some words.
            "words": f"""setweight(to_tsvector('simple', {TITLE} || ' ' || t.number), 'A')
              || setweight(to_tsvector('simple', '{BODY}'), 'C')
              || case when t.comments > 0
                then setweight(to_tsvector('simple', '{SAID}' || t.i), 'D') else '' end
              || array_to_tsvector(array['#e' || {MARK}, '#t' || {MARK}])""",
            "changed_at": "t.moment",
        },
    ),
    Rows(
        models.ChecklistItem,
        "cross join generate_series(1, t.steps) nth",
        {
            "id": "md5('step' || t.i || '-' || nth)::uuid",
            "task_id": "t.id",
            "text": "'Step ' || nth",
            "is_done": "nth <= t.steps_done",
            "position": "nth * 1024.0",
            "created_at": "t.moment - interval '1 hour'",
        },
    ),
    Rows(
        models.Relation,
        f"join bench_plan o on o.p = t.p and o.number = t.number + 1 and {some(18, 100)} = 3",
        {
            "id": "md5('relation' || t.i)::uuid",
            "source_id": "t.id",
            "target_id": "o.id",
            "kind": "'blocks'",
            "created_at": "t.moment",
        },
    ),
    Rows(
        models.Collaborator,
        f"""join bench_person person on person.n = case when {MINE} and t.mine < 6 then 6
        when {some(19, 20)} = 3 then {owner("t.p", "3")} end""",
        {
            "id": "md5('help' || t.i)::uuid",
            "task_id": "t.id",
            "user_id": "person.id",
            "created_at": "t.moment",
        },
    ),
    Rows(
        models.Watch,
        f"""join bench_person person on person.n = case when {MINE} and t.mine > 35 then 0
        when {some(17, 10)} = 3 then {owner("t.p", "4")} end""",
        {
            "id": "md5('watch' || t.i)::uuid",
            "task_id": "t.id",
            "user_id": "person.id",
            "created_at": "t.moment",
        },
    ),
    Rows(
        models.Activity,
        f"""cross join generate_series(1, case when {ENDED} then 2 else 1 end) nth
        join bench_person person on person.n = {owner("t.p", "5")}""",
        {
            "id": "md5('activity' || t.i || '-' || nth)::uuid",
            "change_id": "md5('change' || t.i || '-' || nth)::uuid",
            "task_id": "t.id",
            "actor_id": "person.id",
            "actor_name": "person.name",
            "kind": "case when nth = 1 then 'created' else 'changed' end",
            "field": "case when nth = 1 then '' else 'status' end",
            "old_value": "case when nth = 1 then '' else 'To do' end",
            "new_value": "case when nth = 1 then '' else 'Done' end",
            "version": "nth",
            "created_at": "t.moment - interval '1 hour' * (2 - nth)",
        },
    ),
]
TABLES = [TASK, *HANGING]

# Kept counters, as the portal's own saves would have left them.
COUNTED = [
    """update tasks_status s set task_count = c.many from
       (select status_id, count(*) many from tasks_task group by 1) c where c.status_id = s.id""",
    """update tasks_project s set next_number = c.last + 1 from
       (select project_id, max(number) as last from tasks_task group by 1) c
       where c.project_id = s.id""",
    """update tasks_task t set blocker_count = 1 from tasks_relation r
       join tasks_task s on s.id = r.source_id and s.closed_at is null where r.target_id = t.id""",
]
