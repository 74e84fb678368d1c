import stat

import pytest
from dotenv import dotenv_values

from scripts import env_file
from tests.source import ROOT

EXAMPLE = ROOT / ".env.example"
LOCAL = {
    "PUBLIC_URL": "http://127.0.0.1:8000",
    "SUPABASE_URL": "http://127.0.0.1:8001",
    "EMAIL_HOST": "127.0.0.1",
    "EMAIL_PORT": "8002",
}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / ".env"
    env_file.create(path, EXAMPLE)
    return path


def test_it_fills_in_the_keys_in_supabases_forms(path):
    values = dotenv_values(path)
    assert len(values["SECRET_KEY"]) >= 50
    assert values["SUPABASE_PUBLISHABLE_KEY"].startswith("sb_publishable_")
    assert values["SUPABASE_SECRET_KEY"].startswith("sb_secret_")
    assert values["SUPABASE_WEBHOOK_SECRETS"].startswith("v1,whsec_")


def test_it_makes_other_keys_each_time():
    assert not set(env_file.fresh_keys().values()) & set(env_file.fresh_keys().values())


def test_it_keeps_keys_that_are_there(path):
    before = path.read_text()
    env_file.create(path, EXAMPLE)
    assert path.read_text() == before


def test_it_is_for_its_owner_only(path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_keeps_comments_and_lines_of_a_persons_own(path):
    path.write_text("# mine\nOTHER=1\nPUBLIC_URL=old\n")
    env_file.write(path, {"PUBLIC_URL": r"http://x/\1", "NEW": "2"})
    assert path.read_text() == "# mine\nOTHER=1\nPUBLIC_URL=http://x/\\1\nNEW=2\n"


def test_the_environment_wins(path, monkeypatch):
    monkeypatch.setenv("TIME_ZONE", "Europe/Oslo")
    assert env_file.read(path)["TIME_ZONE"] == "Europe/Oslo"


def test_local_addresses_follow_the_port():
    assert env_file.addresses(LOCAL, 9000) == {
        "PUBLIC_URL": "http://127.0.0.1:9000",
        "SUPABASE_URL": "http://127.0.0.1:9001",
        "EMAIL_PORT": "9002",
    }


def test_nothing_moves_when_the_port_stays():
    assert env_file.addresses(LOCAL, 8000) == {}


def test_an_old_tunnel_is_replaced():
    values = LOCAL | {"PUBLIC_URL": "https://a1b2.ngrok-free.app"}
    assert env_file.addresses(values, 8000) == {"PUBLIC_URL": "http://127.0.0.1:8000"}


@pytest.mark.parametrize(
    "own",
    [
        {"PUBLIC_URL": "https://dev.example.org"},
        {"SUPABASE_URL": "https://abcd.supabase.co"},
        {"SUPABASE_URL": "http://127.0.0.1:54321"},
        {"EMAIL_PORT": "1025"},
    ],
)
def test_what_a_person_set_stays(own):
    moved = env_file.addresses(LOCAL | own, 9000)
    assert not own.keys() & moved.keys()


@pytest.mark.parametrize("url", ["https://abcd.supabase.co", "http://127.0.0.1:54321"])
def test_a_project_is_no_stand_in(url):
    assert not env_file.uses_stand_in(LOCAL | {"SUPABASE_URL": url})


def test_the_stand_in_is_known_behind_a_tunnel_and_on_another_port():
    values = LOCAL | {"PUBLIC_URL": "https://a1b2.ngrok.app", "EMAIL_PORT": "9002"}
    assert env_file.uses_stand_in(values | {"SUPABASE_URL": "http://127.0.0.1:9001"})
