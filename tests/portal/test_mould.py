"""What is filled into a mould looks as if the template had been rendered for it."""

import pytest
from django.template import Context, RequestContext, Template
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString

from portal import mould
from tasks.models import Project

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


def test_a_piece_is_made_once_and_again_when_there_are_too_many():
    made = []

    def make() -> str:
        made.append(1)
        return "x"

    shelf = mould.Shelf(most=2)
    for n in (1, 1, 2):
        assert shelf.piece(("piece", n), make) == "x"
    assert len(made) == 2
    shelf.piece(("piece", 3), make)
    assert list(shelf.pieces) == [("piece", 3)]


def test_pieces_take_no_more_than_their_memory():
    shelf = mould.Shelf(most_bytes=10_000)
    for number in range(50):
        shelf.piece(number, lambda: "x" * 3_000)
        assert sum(map(len, shelf.pieces.values())) <= 10_000
    assert len(shelf.pieces) > 1


@pytest.mark.parametrize("nested", [False, True])
def test_a_row_is_not_what_a_piece_is_known_by(nested):
    row = Project(name="Before")
    with pytest.raises(TypeError, match="not the row"):
        mould.Shelf().piece(("line", (row,)) if nested else row, lambda: row.name)


def test_a_shared_block_is_rendered_once_for_its_values():
    block = Template("{% shared name %}{{ name }} {{ other }}{% endshared %}")
    values = [("A", 1), ("A", 2), ("B", 3)]
    shown = [block.render(Context({"name": name, "other": other})) for name, other in values]
    assert shown == ["A 1", "A 1", "B 3"]


@pytest.mark.parametrize(
    "block",
    ["{{ user }}", "{{ user.email }}", "{% if user %}x{% endif %}", "{% csrf_token %}"]
    + ["{{ request.path }}", "{% for one in messages %}x{% endfor %}", "{{ perms.tasks }}"],
)
def test_a_shared_block_does_not_show_its_reader(block, amara, rf):
    request = rf.get("/")
    request.user = amara
    with pytest.raises(RuntimeError, match="another one for each reader"):
        template = Template(f"{{% shared name %}}{block}{{% endshared %}}")
        template.render(RequestContext(request, {"name": "A"}))


def test_what_is_live_in_a_shared_block_is_rendered_each_time(amara, vera, rf):
    block = Template(
        "{% shared name %}{{ name }}: {% live %}{{ user }} {{ n }}{% endlive %}!{% endshared %}"
    )
    shown = []
    for n, user in enumerate((amara, vera)):
        request = rf.get("/")
        request.user = user
        shown.append(block.render(RequestContext(request, {"name": "A", "n": n})))
    assert shown == ["A: Amara Okafor 0!", "A: Vera Holt 1!"]


def test_a_text_that_looks_like_what_is_live_stays_a_text():
    block = Template("{% shared name %}{{ name }}{% live %}{{ n }}{% endlive %}{% endshared %}")
    text = str(mould.slot("0"))
    assert block.render(Context({"name": text, "n": 7})) == f"{text}7"


def test_what_is_live_stands_as_it_is_outside_of_shared_blocks():
    assert Template("{% live %}{{ n }}{% endlive %}").render(Context({"n": 7})) == "7"


def test_what_is_live_belongs_to_its_own_block_alone():
    inner = "{% shared %}{% live %}{{ n }}{% endlive %}{% endshared %}"
    block = Template(f"{{% shared name %}}{{{{ name }}}}{inner}{{% endshared %}}")
    for n in (1, 2):
        with pytest.raises(RuntimeError, match="inside of another"):
            block.render(Context({"name": "A", "n": n}))
