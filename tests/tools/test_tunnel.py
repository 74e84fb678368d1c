import os

import pytest

from scripts import tunnel


@pytest.fixture
def log(tmp_path):
    return tmp_path / "ngrok.log"


@pytest.mark.parametrize(
    "line",
    [
        't=2026-11-22 lvl=info msg="started tunnel" name=x url=https://a1.ngrok-free.app\n',
        '{"lvl":"info","msg":"started tunnel","url":"https://a1.ngrok-free.app"}\n',
        "started tunnel https://a1.ngrok-free.app\n",
    ],
)
def test_it_reads_the_address_from_the_log(log, line):
    log.write_text(f"lvl=info msg=starting\n{line}")
    assert tunnel.address(log, 1) == "https://a1.ngrok-free.app"


def test_it_knows_no_address_before_there_is_one(log):
    log.write_text("lvl=eror err='authentication failed: see https://dashboard.ngrok.com'\n")
    assert tunnel.address(log, 1) == ""


def test_it_needs_ngrok(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("NGROK_AUTHTOKEN", raising=False)
    assert tunnel.command(8000) is None


def test_it_prefers_the_program(monkeypatch, tmp_path):
    program = tmp_path / "ngrok"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert tunnel.command(8000) == [str(program), "http", "127.0.0.1:8000", "--log", "stdout"]
