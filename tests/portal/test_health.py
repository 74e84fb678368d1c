"""Health: alive while the process serves, ready while the database answers."""

from django.db import connections


def test_it_is_alive_without_asking_the_database(client):
    answer = client.get("/healthz/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]


def test_it_is_ready_when_the_database_answers(client, db):
    assert client.get("/healthz/ready").json()["status"] == "ok"


def test_it_is_not_ready_without_the_database(client, db, monkeypatch):
    monkeypatch.setitem(connections.settings["default"], "OPTIONS", {})
    unreachable = connections.create_connection("default")
    unreachable.settings_dict = unreachable.settings_dict | {"NAME": "/nowhere/at/all"}
    usual = connections["default"]
    connections["default"] = unreachable
    try:
        answer = client.get("/healthz/ready")
    finally:
        connections["default"] = usual
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_it_only_answers_reads(client):
    assert client.post("/healthz/live").status_code == 405
