"""Finding text by its edges: each cell once, none of it cut off, no frame taken for a letter."""

from __future__ import annotations

import numpy as np
import pytest

from agent.core.geometry import Point, Region
from agent.vision.frame import grey
from agent.vision.lines import layout
from tests.vision.rendered import Rendered, Style, message_window, orders_window

STYLES = [Style(seed=1), Style(family="DejaVu Sans", points=9, dark=True, seed=2), Style(points=12, grid=False, seed=3)]


def covered(window: Rendered) -> list[Region]:
    return [Region(cell.x, cell.y, cell.width, cell.height) for row in layout(grey(window.frame)).rows for cell in row]


@pytest.mark.parametrize("style", STYLES, ids=str)
def test_every_text_of_a_window_lies_in_a_cell(style: Style) -> None:
    window = orders_window(style)
    cells = covered(window)
    missed = [
        truth.text for truth in window.truths if not any(not truth.rect.intersection(cell).is_empty for cell in cells)
    ]
    assert missed == []


@pytest.mark.parametrize("style", STYLES, ids=str)
def test_the_cells_of_a_table_row_make_one_row(style: Style) -> None:
    window = orders_window(style)
    rows = layout(grey(window.frame)).rows
    for number, *_rest in window.rows:
        place = next(truth.rect for truth in window.truths if truth.text == number and truth.kind == "cell")
        row = next(row for row in rows if place.contains(Point(row[0].x + 5, (row[0].y + row[0].bottom) // 2)))
        last = max(t.rect.x for t in window.truths if t.kind == "cell" and t.rect.y == place.y)
        assert row[-1].right > last


def test_two_lines_that_nearly_touch_stay_two() -> None:
    window = message_window(["Ihre Sitzung ging abgelaufen zu Ende.", "Überprüfen Sie Übergabe und Öffnung."], Style())
    rows = layout(grey(window.frame)).rows
    assert len([row for row in rows if row[0].width > 150]) == 2


def test_an_empty_picture_has_no_text() -> None:
    assert layout(np.full((100, 200), 240, np.uint8)).rows == []
    assert layout(np.zeros((2, 3), np.uint8)).rows == []


def test_frames_and_rules_alone_are_no_text() -> None:
    picture = np.full((200, 300), 240, np.uint8)
    picture[20, 10:290] = picture[180, 10:290] = 0
    picture[20:181, 10] = picture[20:181, 289] = 0
    picture[100, 10:290] = 90
    assert layout(picture).rows == []
