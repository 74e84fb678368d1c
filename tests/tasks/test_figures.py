"""From counts to the geometry of pictures."""

from datetime import date, timedelta

import pytest

from tasks.projects import figures

START = date(2026, 9, 7)


def weeks(*counts):
    return [(START + timedelta(weeks=n), *both) for n, both in enumerate(counts)]


@pytest.mark.parametrize(
    ("highest", "step"), [(0, 1), (4, 1), (5, 2), (8, 2), (20, 5), (67, 20), (29_000, 10_000)]
)
def test_five_lines_are_enough_for_any_height(highest, step):
    assert figures.step(highest) == step
    assert len(figures.Scale.for_counts([highest], 20, 170).lines) <= figures.LINES


def test_the_axis_starts_at_zero_and_reaches_the_highest():
    lines = figures.bars(weeks((1, 6), (3, 0))).lines
    assert [(line.value, line.y) for line in lines] == [
        (0, "170"), (2, "120"), (4, "70"), (6, "20"),
    ]  # fmt: skip


def test_a_bar_is_as_high_as_its_count():
    (pair,) = figures.bars(weeks((1, 4))).pairs
    assert (pair.first.height, pair.second.height) == ("37.5", "150")
    assert pair.second.y == "20"


def test_without_counts_there_is_a_chart_all_the_same():
    picture = figures.bars(weeks((0, 0), (0, 0)))
    assert {pair.first.height for pair in picture.pairs} == {"0"}


def test_the_ring_is_drawn_with_the_longest_arc_below():
    ring = figures.donut(46, 67, [("violet", 3), ("blue", 7), ("grey", 0)])
    assert [(arc.hue, arc.dash) for arc in ring.arcs] == [
        ("blue", "83.6 100"),
        ("violet", "73.1 100"),
        ("", "68.7 100"),
    ]
    assert ring.percent == 68


def test_all_but_one_is_not_all():
    assert figures.donut(999, 1000, []).percent == 99
    assert figures.donut(0, 0, []).percent == 0


def test_the_lines_end_where_the_counts_are():
    picture = figures.burn_up(weeks((40, 0), (80, 40)))
    assert picture.scope == "M34 98L435.5 20"
    assert picture.done == "M34 176L435.5 98"
    assert picture.end == ("435.5", "98")


def test_the_words_at_the_lines_do_not_meet():
    near = figures.burn_up(weeks((10, 10), (10, 10)))
    assert float(near.done_label_y) - float(near.scope_label_y) >= 16


def test_thousands_are_short():
    lines = figures.Scale.for_counts([1999], 20, 170).lines
    assert [line.words for line in lines] == ["0", "500", "1k", "1.5k", "2k"]


def test_each_month_is_named_once():
    picture = figures.burn_up(weeks(*[(n, 0) for n in range(12)]))
    assert [month.start.month for month in picture.months] == [9, 10, 11]
