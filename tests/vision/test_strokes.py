"""Strokes after a change: always what the whole picture anew would give, though only a part of it is looked at."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from agent.vision.box import Box
from agent.vision.frame import grey
from agent.vision.strokes import Strokes, strokes_after, strokes_of
from tests.vision.rendered import Style, message_window, orders_window

Picture = NDArray[np.uint8]


@cache
def window() -> Picture:
    return grey(orders_window(Style(seed=3, size=(900, 500))).frame)


@cache
def message() -> Picture:
    return grey(message_window(["Möchten Sie 12 Änderungen übernehmen?", "Ja, gern."], Style(points=11)).frame)


def same(one: Strokes, two: Strokes) -> bool:
    return (
        bool((one.edges == two.edges).all())
        and bool((one.ruled_across == two.ruled_across).all())
        and bool((one.ruled_down == two.ruled_down).all())
        and sorted(one.groups.tolist()) == sorted(two.groups.tolist())
        and one.blobs == two.blobs
    )


def altered(picture: Picture, chance: np.random.Generator) -> tuple[Picture, Box]:
    """The picture with a change of some kind somewhere, and where that is."""
    height, width = picture.shape
    h, w = int(chance.integers(1, 160)), int(chance.integers(1, 300))
    y, x = int(chance.integers(0, height - h)), int(chance.integers(0, width - w))
    after = picture.copy()
    part = after[y : y + h, x : x + w]
    kind = chance.integers(0, 6)
    if kind == 0:  # a plain surface
        part[:] = chance.integers(0, 256)
    elif kind == 1:  # other text
        from_y, from_x = int(chance.integers(0, height - h)), int(chance.integers(0, width - w))
        part[:] = picture[from_y : from_y + h, from_x : from_x + w]
    elif kind == 2:  # a frame, whose sides are ruled lines
        part[0] = part[-1] = 20
        part[:, 0] = part[:, -1] = 20
    elif kind == 3:  # a film
        part[:] = chance.integers(0, 256, part.shape)
    elif kind == 4:  # selected
        part[:] = 255 - part
    else:  # a line down or across, of one pixel
        part[:, :1] = 30
        part[:1] = 30
    return after, Box(x, y, x + w, y + h)


@pytest.mark.parametrize("seed", range(12))
def test_a_series_of_random_changes_gives_what_a_fresh_look_gives(seed: int) -> None:
    chance = np.random.default_rng(seed)
    picture = window()
    strokes = strokes_of(picture)
    for _ in range(8):
        changed = []
        for _ in range(int(chance.integers(1, 4))):
            picture, box = altered(picture, chance)
            changed.append(box)
        strokes, _other = strokes_after(strokes, picture, changed)
        assert same(strokes, strokes_of(picture))


def test_a_message_over_the_window_is_noticed_only_where_it_is() -> None:
    before, after, box = window(), window().copy(), message()
    place = Box(300, 200, 300 + box.shape[1], 200 + box.shape[0])
    after[place.y : place.bottom, place.x : place.right] = box
    strokes, other = strokes_after(strokes_of(before), after, [place])
    assert same(strokes, strokes_of(after))
    assert other
    assert all(each.x >= place.x - 90 and each.right <= place.right + 90 for each in other)


def test_a_change_of_a_plain_colour_is_no_change_of_strokes() -> None:
    before = np.full((200, 300), 240, np.uint8)
    before[50:60, 50:60] = 10
    after = before.copy()
    after[120:180, 100:200] = 250  # ten grey values are no edge
    _strokes, other = strokes_after(strokes_of(before), after, [Box(100, 120, 200, 180)])
    assert other == []


@pytest.mark.parametrize("size", [(0, 0), (1, 300), (4, 2), (300, 1)])
def test_a_picture_that_is_too_small_for_text_has_no_strokes(size: tuple[int, int]) -> None:
    picture = np.zeros(size, np.uint8)
    strokes = strokes_of(picture)
    assert strokes.blobs == ()
    assert strokes_after(strokes, picture, [Box(0, 0, 1, 1)]) == (strokes, [])
