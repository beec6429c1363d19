"""Pixel colour: what is there, whether it is the one that was named, and waiting for it."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from agent.actions.screen_pixel import Pixel
from agent.core.errors import ActionError, WindowNotFound
from agent.core.geometry import Region
from tests.actions.desk import Desk


def test_it_tells_the_colour_of_a_point(desk: Desk) -> None:
    desk.screen.paint(Region(5, 6, 1, 1), (0x1A, 0x2B, 0x3C))
    assert Pixel(point={"x": 5, "y": 6}).run(desk.context).model_dump() == {"colour": "#1a2b3c", "equal": None}
    assert desk.screen.captures == [Region(5, 6, 1, 1)]


@pytest.mark.parametrize(
    ("colour", "tolerance", "equal"), [("#fa0505", 5, True), ("#fa0505", 4, False), ("red", 0, True)]
)
def test_it_says_whether_it_is_the_colour_that_was_named(desk: Desk, colour: str, tolerance: int, equal: bool) -> None:
    desk.screen.paint(Region(5, 6, 1, 1), (255, 0, 0))
    assert Pixel(point={"x": 5, "y": 6}, colour=colour, tolerance=tolerance).run(desk.context).equal is equal


def test_the_point_is_counted_from_the_window(desk: Desk) -> None:
    desk.windows.open("Orders", Region(100, 200, 50, 50))
    desk.screen.paint(Region(105, 206, 1, 1), (0, 0, 255))
    assert Pixel(point={"x": 5, "y": 6}, window="Orders").run(desk.context).colour == "#0000ff"
    with pytest.raises(WindowNotFound):
        Pixel(point={"x": 5, "y": 6}, window="Mail").run(desk.context)


def test_it_waits_for_the_colour_and_goes_on_without_it_when_the_time_is_over(desk: Desk) -> None:
    desk.after_sleeps(3, lambda: desk.screen.paint(Region(0, 0, 10, 10), (0, 128, 0)))
    green = Pixel(point={"x": 5, "y": 6}, colour="green", wait_s=2)
    assert green.run(desk.context).equal
    assert desk.slept == pytest.approx(0.3)
    red = Pixel(point={"x": 5, "y": 6}, colour="red", wait_s=2)
    assert red.run(desk.context).model_dump() == {"colour": "#008000", "equal": False}
    assert 2.2 <= desk.slept <= 2.4


def test_a_point_beside_the_screen_is_an_error(desk: Desk) -> None:
    with pytest.raises(ActionError, match="5000,6 does not lie on the screen"):
        Pixel(point={"x": 5000, "y": 6}).run(desk.context)


def test_what_is_no_colour_is_refused() -> None:
    with pytest.raises(ValidationError, match="#rrggbb"):
        Pixel(point={"x": 1, "y": 1}, colour="reddish")
