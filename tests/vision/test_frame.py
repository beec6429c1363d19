"""Frames: compared, cut."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.run import now
from agent.vision.frame import changed, crop, grey, pixels


def noise(region: Region, seed: int = 0) -> Frame:
    """Random pixels."""
    shape = (region.height, region.width, 4)
    return Frame(np.random.default_rng(seed).integers(0, 256, shape, np.uint8).tobytes(), region, now())


@st.composite
def regions(draw: st.DrawFn) -> Region:
    place, size = st.integers(-300, 300), st.integers(1, 130)
    return Region(draw(place), draw(place), draw(size), draw(size))


def test_pixels_are_a_view_without_a_copy() -> None:
    memory = bytearray(noise(Region(0, 0, 3, 2)).pixels)
    view = pixels(Frame(memory, Region(0, 0, 3, 2), now()))
    memory[4 * (1 * 3 + 2)] = 77
    assert view.shape == (2, 3, 4)
    assert view[1, 2, 0] == 77


def test_grey_weighs_the_colours_and_forgets_the_fourth_byte() -> None:
    frame = Frame(bytes([0, 0, 255, 0, 255, 255, 255, 9, 0, 0, 0, 255]), Region(0, 0, 3, 1), now())
    assert grey(frame).tolist() == [[76, 255, 0]]


def test_grey_of_nothing_is_empty() -> None:
    assert grey(Frame(b"", Region(5, 5, 0, 0), now())).shape == (0, 0)


@settings(deadline=None)  # the first example loads OpenCV
@given(regions(), regions())
def test_a_crop_shows_the_same_pixels_at_the_same_place(whole: Region, wanted: Region) -> None:
    frame = noise(whole)
    part = crop(frame, wanted)
    assert part.region == whole.intersection(wanted)
    for x, y in ((part.region.x, part.region.y), (part.region.right - 1, part.region.bottom - 1)):
        if not part.region.is_empty:
            there = pixels(part)[y - part.region.y, x - part.region.x]
            assert (there == pixels(frame)[y - whole.y, x - whole.x]).all()


@settings(deadline=None)  # the first example loads OpenCV
@given(regions(), st.data())
def test_the_change_is_the_smallest_region_around_all_that_differs(region: Region, data: st.DataObject) -> None:
    frame = noise(region)
    memory = bytearray(frame.pixels)
    places = st.tuples(st.integers(0, region.width - 1), st.integers(0, region.height - 1))
    touched = data.draw(st.sets(places, max_size=5))
    for x, y in touched:
        memory[4 * (y * region.width + x) + data.draw(st.integers(0, 2))] ^= data.draw(st.integers(1, 255))
    expected = None
    for x, y in touched:
        pixel = Region(region.x + x, region.y + y, 1, 1)
        expected = pixel if expected is None else expected.union(pixel)
    assert changed(frame, Frame(memory, region, now())) == expected


def test_the_fourth_byte_is_no_change() -> None:
    frame = noise(Region(0, 0, 50, 90))
    memory = bytearray(frame.pixels)
    memory[3::4] = bytes(len(memory[3::4]))
    assert changed(frame, replace(frame, pixels=memory)) is None


def test_frames_of_different_regions_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="different regions"):
        changed(noise(Region(0, 0, 5, 5)), noise(Region(1, 0, 5, 5)))


def test_two_empty_frames_are_equal() -> None:
    nothing = Frame(b"", Region(0, 0, 0, 0), now())
    assert changed(nothing, nothing) is None
