"""Waiting for a change and for stillness; appear and vanish are in `test_screen_actions`."""

from __future__ import annotations

import pytest

from agent.actions.screen_wait import Wait, WaitStable
from agent.core.errors import NotInTime, TargetNotFound, WindowNotFound
from agent.core.geometry import Region
from tests.actions.desk import Desk

PLACE = Region(100, 100, 20, 10)
CORNER = Region(100, 100, 2, 1)
BLACK = (0, 0, 0)


def test_change_waits_until_the_place_looks_different(desk: Desk) -> None:
    desk.after_sleeps(3, lambda: desk.screen.paint(CORNER, BLACK))
    result = Wait(target={"region": PLACE}, state="change").run(desk.context)
    assert (result.match.rect, result.waited_s) == (PLACE, pytest.approx(0.3))


def test_a_change_within_the_tolerance_or_beside_the_place_is_none(desk: Desk) -> None:
    def paint() -> None:
        desk.screen.paint(CORNER, BLACK)  # one percent
        desk.screen.paint(Region(0, 0, 50, 50), BLACK)

    desk.after_sleeps(3, paint)
    with pytest.raises(NotInTime, match="looked the same until the end"):
        Wait(target={"region": PLACE}, state="change", tolerance=1).run(desk.context)


def test_a_change_of_what_is_not_there_fails_at_once(desk: Desk) -> None:
    with pytest.raises(TargetNotFound):
        Wait(target="Save", state="change").run(desk.context)
    assert desk.slept == 0


def test_it_is_still_when_nothing_has_moved_for_so_long(desk: Desk) -> None:
    colours = iter(range(1, 4))

    def move() -> None:
        if colour := next(colours, 0):
            desk.screen.paint(CORNER, (colour, 0, 0))

    desk.on_sleep = move
    result = WaitStable(region=PLACE, quiet_ms=500).run(desk.context)
    assert result.stable_after_s == pytest.approx(0.3)
    assert desk.slept == pytest.approx(0.8)


def test_a_tolerance_lets_a_cursor_blink(desk: Desk) -> None:
    shades = iter(range(1000))
    desk.on_sleep = lambda: desk.screen.paint(CORNER, (next(shades) % 2, 0, 0))
    assert WaitStable(region=PLACE, quiet_ms=500, tolerance=1).run(desk.context).stable_after_s == 0
    desk.timeout_s += 5
    with pytest.raises(NotInTime, match="100,100 20×10 did not stand still for 500 ms"):
        WaitStable(region=PLACE, quiet_ms=500).run(desk.context)


def test_a_window_is_looked_at_where_it_is(desk: Desk) -> None:
    window = desk.windows.open("Orders", Region(10, 20, 30, 40))

    def move() -> None:
        window.region = Region(50, 60, 30, 40)

    desk.after_sleeps(2, move)
    result = WaitStable(window="Orders", region=Region(1, 1, 5, 5), quiet_ms=500).run(desk.context)
    assert result.stable_after_s == pytest.approx(0.2), "a window that moves is not still"
    assert desk.screen.captures[-1] == Region(51, 61, 5, 5)
    with pytest.raises(WindowNotFound):
        WaitStable(window="Mail").run(desk.context)


def test_a_screen_that_never_stands_still_is_told(desk: Desk) -> None:
    desk.timeout_s = 1.0
    shades = iter(range(1000))
    desk.on_sleep = lambda: desk.screen.paint(CORNER, (next(shades) % 2, 0, 0))
    with pytest.raises(NotInTime, match=r"^The screen did not stand still for 500 ms in time"):
        WaitStable().run(desk.context)
