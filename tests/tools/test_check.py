import psycopg2
import pytest

from scripts import check, postgres


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("5 passed in 15.73s", {"passed": 5}),
        ("2 failed, 907 passed, 1 skipped in 275.89s", {"failed": 2, "passed": 907, "skipped": 1}),
        ("\x1b[31m1 error\x1b[0m, 3 passed in 1s", {"errors": 1, "passed": 3}),
        ("All checks passed!", {}),
    ],
)
def test_it_reads_pytests_closing_line(line, counts):
    assert check.count(line) == counts


def outcome(name, good, **counts):
    return check.Outcome(name, good, 1.0, counts)


def test_it_ends_with_the_sum_of_all_runs(capsys):
    assert check.summarise([outcome("a", True, passed=2), outcome("b", True, passed=3)], 1.0) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "5 passed, 0 failed"


def test_it_counts_a_failed_check_that_is_no_test(capsys):
    bad = [outcome("ruff", False), outcome("tests", False, passed=1, failed=2)]
    assert check.summarise(bad, 1.0) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 3 failed"


def test_it_passes_everything_else_to_pytest():
    flags, rest = check.parse(["--sqlite", "tests/tasks", "-k", "accept", "-x"])
    assert flags.sqlite and rest == ["tests/tasks", "-k", "accept", "-x"]


def test_the_scratch_server_is_our_own_and_leaves_nothing():
    with postgres.server() as url:
        connection = psycopg2.connect(url)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('data_directory'), lower('É')")
            folder, lowered = cursor.fetchone()
        connection.close()
        assert "portal-postgres-" in folder and lowered == "é"
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(url, connect_timeout=2)


def job(words, code):
    return lambda out: check.run(
        words, ["-c", f"print('{words}'); raise SystemExit({code})"], None, out
    )


def test_it_runs_suites_side_by_side_and_shows_each_in_one_piece(capsys):
    outcomes = check.side_by_side([job("one", 0), job("two", 1)])
    assert [outcome.good for outcome in outcomes] == [True, False]
    said = capsys.readouterr().out
    assert said.split() == ["---", "one", "one", "---", "two", "two"]


def test_it_does_both_at_the_same_time(tmp_path):
    """Each waits for the other's sign: one after the other they would never end."""
    wait = "import pathlib, time; pathlib.Path({!r}).touch()\nwhile not pathlib.Path({!r}).exists(): time.sleep(.01)"
    signs = [str(tmp_path / name) for name in ("a", "b")]
    codes = [wait.format(*signs), wait.format(*reversed(signs))]
    jobs = [lambda out, code=code: check.run("wait", ["-c", code], None, out) for code in codes]
    assert all(outcome.good for outcome in check.side_by_side(jobs))
