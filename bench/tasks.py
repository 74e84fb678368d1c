"""Are the task pages fast, and do they stay fast? `python -m bench tasks`

Seeds a database with 1,000,000 tasks in 500 projects and one with 10,000, and keeps both for
the next run. Then serves the portal on each, and the floor of `bench.floors`, with one worker
each, and asks for their pages in short turns, so that a busy machine slows them alike.

  G5, G6  list and board against the least that Django can do for 50 rows and 100 cards
  G14     each page at 1,000,000 tasks against the same at 10,000
  G16     as many queries for 1, 10 and 50 rows

All ratios but the queries are of processor time, the database's included: the least of any
turn. Ends with 1 when a page misses what it must reach. Linux only.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from bench import cluster, deliveries
from bench.load import ROOT, Answer, Server, Turn
from bench.webhooks import postmaster
from scripts import postgres
from scripts.foreground import obey_signals

PORTS = {"floor": 8120, "large": 8121, "small": 8122}
TASKS, FEW_TASKS = 1_000_000, 10_000
TURNS, SECONDS = 5, 2
MOST_QUERIES, MOST_KB = 6, 100
GROWTH, GROWTH_REACH = 1.15, 1.05


@dataclass
class Line:
    """One goal for one page, as it is printed."""

    goal: str
    page: str
    must: str = ""
    reach: str = ""
    ratio: float | None = None
    cost: float | None = None  # ms of processor
    answer: Answer | None = None
    faults: list[str] = field(default_factory=list)

    def printed(self) -> str:
        cells = [
            self.goal,
            self.page,
            "" if self.ratio is None else f"{self.ratio:.2f}",
            self.must,
            self.reach,
            str(self.answer.queries) if self.answer else "",
            f"{len(self.answer.body) / 1000:.0f}" if self.answer else "",
            "" if self.cost is None else f"{self.cost:.1f}",
            f"FAIL: {', '.join(self.faults)}" if self.faults else "ok",
        ]
        return "| " + " | ".join(cells) + " |"


HEAD = (
    "| goal | page | ratio | must | reach | q | KB | ms | |\n|---|---|---|---|---|---|---|---|---|"
)


class Target:
    """One page of one server, and what its turns came to."""

    def __init__(self, server: Server, path: str, cookie: str) -> None:
        self.server, self.path, self.cookie = server, path, cookie
        self.turns: list[Turn] = []
        self.answer: Answer | None = None

    def warm(self) -> str:
        """Ask a few times; return what is wrong with the answer, "" when nothing is."""
        if not self.path:
            return "not there yet"
        for _ in range(5):
            self.answer = self.server.get(self.path, self.cookie)
        return "" if self.answer.status == 200 else f"answers {self.answer.status}"

    def run(self, seconds: float, database: int) -> None:
        self.turns.append(self.server.turn(self.path, self.cookie, seconds, database))

    @property
    def cost(self) -> float:
        return min(turn.cost for turn in self.turns)


@dataclass
class Goal:
    """A page that is held against another: its floor, or itself among fewer tasks."""

    line: Line
    page: Target
    base: Target

    def judge(self) -> Line:
        line, page, base = self.line, self.page, self.base
        line.answer, line.cost = page.answer, page.cost
        grows = line.goal == "G14"
        line.ratio = page.cost / base.cost if grows else base.cost / page.cost
        if line.ratio > float(line.must[2:]) if grows else line.ratio < float(line.must[2:]):
            line.faults.append("grows" if grows else "slow")
        if not grows and page.answer.queries > MOST_QUERIES:
            line.faults.append(f"more than {MOST_QUERIES} queries")
        if line.goal == "G6" and len(page.answer.body) > 1000 * MOST_KB:
            line.faults.append(f"more than {MOST_KB} KB")
        return line


def goals(servers: dict[str, Server], large: dict, small: dict) -> list[Goal]:
    """Return what is measured; ``large`` and ``small`` are what `bench.pages` says of each."""

    def target(name: str, path: str) -> Target:
        cookie = {"large": large, "small": small}.get(name, {}).get("cookie", "")
        return Target(servers[name], path, cookie)

    lists = [("G5", "list", "/rows", "≥ 0.6", "1.3"), ("G6", "board", "/board", "≥ 0.6", "1.0")]
    found = [
        Goal(
            Line(goal, page, must, reach),
            target("large", large["pages"][page]),
            target("floor", floor),
        )
        for goal, page, floor, must, reach in lists
    ]
    for page, path in large["pages"].items():
        line = Line("G14", page, f"≤ {GROWTH}", str(GROWTH_REACH))
        found.append(Goal(line, target("large", path), target("small", small["pages"][page])))
    return found


def measure(given: list[Goal], turns: int, seconds: float, database: int) -> list[Line]:
    """Let all pages take turns, in another order each time, and judge them."""
    there = []
    for goal in given:
        if fault := goal.page.warm() or goal.base.warm():
            goal.line.faults.append(fault)
        else:
            there.append(goal)
    for turn in range(turns):
        for goal in there[:: -1 if turn % 2 else 1]:
            for target in (goal.page, goal.base)[:: -1 if turn % 2 else 1]:
                target.run(seconds, database)
        sys.stderr.write(f"turn {turn + 1} of {turns}\n")
    return [goal.judge() if goal in there else goal.line for goal in given]


def count_queries(server: Server, found: dict) -> list[Line]:
    """Return whether pages of 1, 10 and 50 rows cost the same number of queries."""
    lines = []
    for page in found["few"][0][1]:
        line = Line("G16", page, "equal", "equal")
        counts = []
        for cookie, paths in found["few"]:
            target = Target(server, paths[page], cookie)
            if fault := target.warm():
                line.faults = [fault]
                break
            counts.append(target.answer.queries)
            line.answer = target.answer
        if len(set(counts)) > 1:
            line.faults.append(f"{counts} queries for 1, 10, 50 rows")
        lines.append(line)
    return lines


def run(
    module: str, *arguments: str, env: dict[str, str], **options
) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, check=True, **options)


def contents(tasks: int) -> str:
    """Return what a database of so many tasks holds, so that an older filling is seen."""
    sources = [ROOT / "bench/rows.py", ROOT / "bench/seed.py"]
    sources += sorted(ROOT.glob("*/migrations/*.py"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    return f"{tasks} {digest[:12]}"


def filled(server: str, tasks: int, anew: bool) -> dict[str, str]:
    """Return the environment of a portal on a database of so many tasks; fill it if need be."""
    name, wanted = f"portal_bench_{tasks}", contents(tasks)
    env = {**deliveries.ENVIRONMENT, "DATABASE_URL": cluster.address(server, name)}
    if anew or not cluster.is_filled(server, name, wanted):
        sys.stderr.write(f"{tasks:,} tasks\n")
        cluster.make_empty(server, name)
        run("bench.seed", str(tasks), env=env)
        cluster.mark(server, name, wanted)
    return env


def compare(large: dict[str, str], small: dict[str, str], turns: int, seconds: int) -> list[Line]:
    """Serve both databases and the floor, and return a line for each goal."""
    with tempfile.TemporaryDirectory() as statics:
        settings = {"DJANGO_SETTINGS_MODULE": "bench.settings", "STATIC_DIR": statics}
        envs = {"large": {**large, **settings}, "small": {**small, **settings}}
        collect = ("collectstatic", "--no-input", "--verbosity", "0")
        run("django", *collect, env=envs["large"])
        found = {
            name: json.loads(run("bench.pages", env=env, stdout=subprocess.PIPE).stdout)
            for name, env in envs.items()
        }
        envs["floor"] = {**large, "PROJECT": found["large"]["project"]}
        servers = {}
        try:
            for name, env in envs.items():
                served = "bench.floors:application" if name == "floor" else "portal.wsgi"
                servers[name] = Server(served, PORTS[name], env)
            given = goals(servers, found["large"], found["small"])
            database = postmaster(large["DATABASE_URL"])
            lines = measure(given, turns, seconds, database)
            return lines + count_queries(servers["large"], found["large"])
        finally:
            for server in servers.values():
                server.stop()


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench tasks", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--cluster",
        type=Path,
        default=ROOT / "var/bench",
        metavar="FOLDER",
        help="where a PostgreSQL server of its own keeps the data (%(default)s)",
    )
    where.add_argument(
        "--server",
        metavar="URL",
        help="a running PostgreSQL instead: any database in which new ones may be made",
    )
    parser.add_argument("--tasks", type=int, default=TASKS, help="(%(default)s)")
    parser.add_argument("--reseed", action="store_true", help="fill the databases anew")
    parser.add_argument("--seed-only", action="store_true", help="measure nothing")
    parser.add_argument("--turns", type=int, default=TURNS, help="(%(default)s)")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="a turn (%(default)s)")
    return parser


def carry_out(server: str, given: argparse.Namespace) -> int:
    large, small = (filled(server, many, given.reseed) for many in (given.tasks, FEW_TASKS))
    if given.seed_only:
        return 0
    lines = compare(large, small, given.turns, given.seconds)
    print(HEAD, *(line.printed() for line in lines), sep="\n")
    return int(any(line.faults for line in lines))


def main(arguments: list[str]) -> int:
    given = parser().parse_args(arguments)
    obey_signals()
    try:
        if given.server:
            return carry_out(given.server, given)
        with cluster.kept_server(given.cluster) as url:
            return carry_out(url, given)
    except (cluster.NotOurs, postgres.NoPostgres) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
