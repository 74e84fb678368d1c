"""When the stand-in starts, and when it must not."""

import subprocess
import sys

import httpx
import pytest

from tests.contract.processes import ROOT, environment, free_port, stand_in


def run(*flags, **env):
    command = [sys.executable, "-m", "accounts.emulator", *flags]
    return subprocess.run(
        command, cwd=ROOT, env=environment(**env), capture_output=True, text=True, timeout=30
    )


@pytest.mark.parametrize("debug", ["false", "1", "yes"])
def test_it_is_refused_when_debug_is_off(debug, tmp_path):
    done = run("--database", str(tmp_path / "auth.sqlite3"), DEBUG=debug)
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "The Auth stand-in is for development only: it starts when DEBUG=true."
    )
    assert list(tmp_path.iterdir()) == []


def test_it_is_refused_beyond_loopback():
    done = run("--host", "0.0.0.0")
    assert done.returncode == 1
    assert "loopback only, not on 0.0.0.0" in done.stderr


def test_it_names_the_keys_that_are_missing():
    done = run("--jwt-alg", "HS256", SUPABASE_SECRET_KEY="")
    assert done.returncode == 1
    assert "Set SUPABASE_SECRET_KEY, SUPABASE_JWT_SECRET in" in done.stderr


def test_it_names_a_busy_port(tmp_path):
    with stand_in(tmp_path) as url:
        port = str(httpx.URL(url).port)
        done = run("--port", port, "--database", str(tmp_path / "second.sqlite3"))
    assert done.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used: Address already in use." in done.stderr


def test_it_explains_itself():
    done = run("--help", DEBUG="false")
    assert done.returncode == 0
    for word in ("--port", "--database", "--smtp-port", "--site-url", "DEBUG=true", "example:"):
        assert word in done.stdout


def test_it_does_not_load_django():
    code = "import accounts.emulator.server, sys; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=30).returncode == 0


def test_it_keeps_its_file_to_its_owner(tmp_path):
    with stand_in(tmp_path):
        assert (tmp_path / "auth.sqlite3").stat().st_mode & 0o077 == 0


def test_it_hides_tokens_from_its_log(tmp_path):
    port = free_port()
    with stand_in(tmp_path) as url:
        httpx.get(f"{url}/verify?token=very-secret&type=recovery&redirect_to=http://x:{port}/")
    log = (tmp_path / "auth.log").read_text()
    assert "GET /auth/v1/verify 303" in log
    assert "very-secret" not in log
