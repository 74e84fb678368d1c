"""What is filled into a mould looks as if the template had been rendered for it."""

import pytest
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString

from portal import mould

LINE = "components/task_table_row.html"
VALUES = {"pk": "7", "key": "REP-7", "url": "/tasks/REP-7/", "title": "A & <b>", "ended": False}
HTML = {"meta": SafeString("<i>2</i>"), "cells": SafeString("<td>x</td>")}


@pytest.mark.parametrize("ended", [True, False])
def test_it_is_what_the_template_renders(ended):
    row = {**VALUES, **HTML, "ended": ended}
    slots = {name: mould.slot(name) for name in row if name != "ended"}
    made = mould.Mould(LINE, {"row": {**slots, "ended": ended}, "may_bulk": True})
    values = {name: escape(value) for name, value in VALUES.items() if name != "ended"} | HTML
    assert made.filled(**values) == render_to_string(LINE, {"row": row, "may_bulk": True})


def test_a_value_that_looks_like_a_slot_is_a_value():
    made = mould.Mould(LINE, {"row": {"title": mould.slot("title"), "key": mould.slot("key")}})
    filled = made.filled(title=str(mould.slot("key")), key="REP-1")
    assert filled.count("REP-1") == 1


def test_a_piece_is_made_once_and_again_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr(mould, "_pieces", {})
    made = []

    def make() -> str:
        made.append(1)
        return "x"

    for n in (1, 1, 2):
        assert mould.kept(("piece", n), make) == "x"
    assert len(made) == 2
    monkeypatch.setattr(mould, "MOST", 2)
    mould.kept(("piece", 3), make)
    assert list(mould._pieces) == [("piece", 3)]
