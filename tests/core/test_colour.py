"""Colours: how people write them, and how far they are apart."""

from __future__ import annotations

import pytest

from agent.core.colour import Colour


@pytest.mark.parametrize("text", ["#1a2b3c", "1A2B3C", " #1A2b3C "])
def test_a_colour_is_read_as_people_write_it(text: str) -> None:
    assert Colour.parse(text) == Colour(0x1A, 0x2B, 0x3C)
    assert str(Colour.parse(text)) == "#1a2b3c"


def test_short_forms_and_names_are_colours_too() -> None:
    assert Colour.parse("#f80") == Colour(255, 136, 0)
    assert Colour.parse("Red") == Colour.parse("rot") == Colour(255, 0, 0)
    assert Colour.parse("Grün") == Colour.parse("green")


@pytest.mark.parametrize("text", ["", "#12345", "#1234567", "reddish", "#ggg", "rgb(1,2,3)"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        Colour.parse(text)


def test_the_distance_is_that_of_the_channel_that_is_off_most() -> None:
    assert Colour(10, 20, 30).distance(Colour(12, 15, 30)) == 5
    assert Colour.parse("black").distance(Colour.parse("white")) == 255


def test_a_channel_beyond_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="0 to 255"):
        Colour(256, 0, 0)
