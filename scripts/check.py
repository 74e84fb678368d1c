"""The part of run-tests.sh after the set-up: every check, and a summary that says what ran."""

import argparse
import io
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from dotenv import dotenv_values

from scripts import browser
from scripts.foreground import foreground, interrupt, obey_signals

ROOT = Path(__file__).resolve().parent.parent
NOTHING_SELECTED = 5  # pytest's exit code
BAD_WORDS = ("failed", "errors")
COUNTS = re.compile(r"(\d+) (passed|failed|errors?|skipped)")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
RUNNING: set[subprocess.Popen] = set()  # what an interruption has to end


@dataclass
class Outcome:
    """How one check ended, with pytest's counts when it was pytest."""

    name: str
    good: bool
    seconds: float
    counts: dict[str, int] = field(default_factory=dict)
    note: str = ""


def parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Return (our flags, the arguments for pytest)."""
    parser = argparse.ArgumentParser(
        prog="run-tests.sh",
        allow_abbrev=False,
        description="Check everything: style, settings, migrations, then the tests on SQLite "
        "and on PostgreSQL, then the browser tests on both.",
        epilog="All other arguments go to pytest in every run, for example: "
        "./run-tests.sh tests/tasks -k accept",
    )
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--sqlite", action="store_true", help="leave PostgreSQL out")
    only.add_argument("--postgres", action="store_true", help="leave SQLite out")
    parser.add_argument("--no-browser", action="store_true", help="leave the browser tests out")
    return parser.parse_known_args(arguments)


def production(database_url: str) -> dict[str, str]:
    """Return an environment such as a server has: nothing in it from .env or the developer."""
    unset = dict.fromkeys(dotenv_values(ROOT / ".env.example"), "")
    return {
        **os.environ,
        **unset,
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "PUBLIC_URL": "https://portal.example",
        "DATABASE_URL": database_url,
        "SUPABASE_URL": "https://project.supabase.co",
        "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_check",
        "SUPABASE_SECRET_KEY": "sb_secret_check",
        "SUPABASE_WEBHOOK_SECRETS": "v1,whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    }


def run(
    name: str,
    command: list[str],
    env: Mapping[str, str] | None = None,
    out: TextIO | None = None,
) -> Outcome:
    """Run ``command``, showing what it prints on ``out``, and return how it ended."""
    out = out or sys.stdout
    print_heading(name, out)
    started = time.monotonic()
    last_line = ""
    with foreground(
        [sys.executable, *command],
        cwd=ROOT,
        env=None if env is None else dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        RUNNING.add(process)
        for line in process.stdout or ():
            out.write(line)
            out.flush()
            last_line = line if line.strip() else last_line
        code = process.wait()
        RUNNING.discard(process)
    counts = {"exit": code} | count(last_line)
    return Outcome(name, code == 0, time.monotonic() - started, counts)


def count(line: str) -> dict[str, int]:
    """Return pytest's numbers in its closing line; one error or several are "errors"."""
    found = COUNTS.findall(COLOURS.sub("", line))
    return {"errors" if word == "error" else word: int(number) for number, word in found}


def print_heading(text: str, out: TextIO) -> None:
    out.write(f"\n--- {text}\n")
    out.flush()


def side_by_side(jobs: list[Callable[[TextIO], Outcome]]) -> list[Outcome]:
    """Do all of ``jobs`` at the same time; show the first as it runs, the others afterwards."""
    outs: list[TextIO] = [sys.stdout, *(io.StringIO() for _ in jobs[1:])]
    with ThreadPoolExecutor(max(len(jobs), 1)) as pool:
        futures = [pool.submit(job, out) for job, out in zip(jobs, outs, strict=True)]
        try:
            outcomes = [future.result() for future in futures]
        except KeyboardInterrupt:
            for process in list(RUNNING):
                interrupt(process)
            raise
    for out in outs[1:]:
        sys.stdout.write(out.getvalue())
    return outcomes


def static_checks() -> list[Outcome]:
    # Neither command needs a server: the first does not connect, the second only looks for
    # migrations applied out of order.
    deployed = production("postgres://portal:portal@127.0.0.1/portal")
    empty = production("sqlite://:memory:")
    deploy = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return [
        run("ruff check", ["-m", "ruff", "check"]),
        run("ruff format --check", ["-m", "ruff", "format", "--check"]),
        run("manage.py check --deploy", deploy, deployed),
        run("manage.py makemigrations --check", ["manage.py", "makemigrations", "--check"], empty),
    ]


def suite(database: str, marker: str, arguments: list[str], out: TextIO) -> Outcome:
    """Run the tests with ``marker`` on one database, "SQLite" or "PostgreSQL"."""
    what = "browser tests" if marker == "browser" else "tests"
    command = ["-m", "pytest", "-q", "-m", marker, *arguments]
    env = {**os.environ, "DATABASE_URL": ""}
    if database == "PostgreSQL":
        given = os.environ.get("DATABASE_URL", "")
        if given.startswith("postgres"):
            env["DATABASE_URL"] = given
        else:
            command = ["-m", "scripts.postgres", sys.executable, *command]
    outcome = run(f"{what} on {database}", command, env, out)
    if outcome.counts["exit"] == NOTHING_SELECTED and arguments:
        outcome.good, outcome.note = True, "nothing selected"
    return outcome


def suites(flags: argparse.Namespace, arguments: list[str]) -> list[Outcome]:
    databases = [] if flags.postgres else ["SQLite"]
    databases += [] if flags.sqlite else ["PostgreSQL"]
    outcomes = on_each(databases, "not browser", arguments)
    if not flags.no_browser:
        outcomes += browser_suites(databases, arguments)
    if not any(outcome.counts.get("passed") for outcome in outcomes):
        outcomes.append(Outcome("at least one test", False, 0, note="none ran"))
    return outcomes


def browser_suites(databases: list[str], arguments: list[str]) -> list[Outcome]:
    try:
        print_heading(f"Chromium: {browser.install()}", sys.stdout)
    except browser.NoBrowser as problem:
        sys.stdout.write(f"{problem}\n")
        return [Outcome("browser tests", False, 0, note="no Chromium")]
    return on_each(databases, "browser", arguments)


def on_each(databases: list[str], marker: str, arguments: list[str]) -> list[Outcome]:
    """Run the tests with ``marker`` on all databases at once: each keeps one core busy."""
    return side_by_side(
        [lambda out, each=each: suite(each, marker, arguments, out) for each in databases]
    )


def summarise(outcomes: list[Outcome], seconds: float) -> int:
    """Print what ran and how it ended; return the exit code. The last line is the sum."""
    print_heading(f"Summary after {seconds:.0f} s", sys.stdout)
    total: dict[str, int] = {}
    for outcome in outcomes:
        numbers = {name: n for name, n in outcome.counts.items() if name != "exit"}
        detail = outcome.note or ", ".join(f"{n} {name}" for name, n in numbers.items())
        word = "ok    " if outcome.good else "FAILED"
        sys.stdout.write(f"{word}  {outcome.name} ({outcome.seconds:.0f} s) {detail}\n")
        for name, number in numbers.items():
            total[name] = total.get(name, 0) + number
    bad = [outcome for outcome in outcomes if not outcome.good]
    # A check that is no test, or that ended before it could count, counts as one.
    failed = sum(sum(o.counts.get(word, 0) for word in BAD_WORDS) or 1 for o in bad)
    sys.stdout.write(f"{total.get('passed', 0)} passed, {failed} failed")
    skipped = total.get("skipped", 0)
    sys.stdout.write(f", {skipped} skipped\n" if skipped else "\n")
    return 1 if bad else 0


def main(arguments: list[str]) -> int:
    flags, rest = parse(arguments)
    obey_signals()
    started = time.monotonic()
    try:
        outcomes = [*static_checks(), *suites(flags, rest)]
    except KeyboardInterrupt:
        sys.stdout.write("\nInterrupted\n")
        return 130
    return summarise(outcomes, time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
