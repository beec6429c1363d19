"""What has changed: every pixel that differs, in few and tight rectangles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.run import now
from agent.vision.change import changes
from agent.vision.frame import pixels

PLACE = Region(-300, 40, 400, 300)


def blank(region: Region = PLACE) -> Frame:
    return Frame(bytearray(region.width * region.height * 4), region, now())


def painted(frame: Frame, *parts: Region, value: int = 7) -> Frame:
    copy = replace(frame, pixels=bytearray(frame.pixels))
    picture = pixels(copy)
    picture.flags.writeable or picture.setflags(write=True)
    for part in parts:
        top, left = part.y - frame.region.y, part.x - frame.region.x
        picture[top : top + part.height, left : left + part.width, 1] = value
    return copy


def test_the_same_pixels_have_no_changes() -> None:
    assert changes(blank(), blank()) == ()
    assert changes(blank(Region(0, 0, 0, 0)), blank(Region(0, 0, 0, 0))) == ()


def test_each_change_has_its_own_tight_rectangle() -> None:
    one, two = Region(-290, 50, 12, 5), Region(50, 250, 30, 20)
    assert set(changes(blank(), painted(blank(), one, two))) == {one, two}


def test_changes_close_together_make_one() -> None:
    one, two = Region(-290, 50, 12, 5), Region(-270, 56, 9, 9)
    assert changes(blank(), painted(blank(), one, two)) == (one.union(two),)


def test_the_fourth_byte_of_a_pixel_means_nothing() -> None:
    memory = bytearray(blank().pixels)
    memory[3::4] = b"\xff" * (len(memory) // 4)
    assert changes(blank(), replace(blank(), pixels=memory)) == ()


@pytest.mark.parametrize("seed", range(30))
def test_the_rectangles_hold_all_that_differs_and_never_overlap(seed: int) -> None:
    chance = np.random.default_rng(seed)
    before = blank()
    after = painted(before)
    picture = pixels(after)
    for _ in range(int(chance.integers(1, 60))):
        y, x = int(chance.integers(0, 300)), int(chance.integers(0, 400))
        height, width = chance.integers(1, 40, 2)
        picture[y : y + height, x : x + width, int(chance.integers(0, 3))] = chance.integers(1, 255)
    found = changes(before, after)
    rest = np.array((pixels(before) != picture)[:, :, :3].any(axis=2))
    assert rest.any()
    for region in found:
        top, left = region.y - PLACE.y, region.x - PLACE.x
        inside = rest[top : top + region.height, left : left + region.width]
        assert inside[0].any() or inside[-1].any()
        inside[:] = False
    assert not rest.any()
    assert all(one.intersection(two).is_empty for n, one in enumerate(found) for two in found[:n])


def test_frames_of_different_regions_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="different regions"):
        changes(blank(), blank(PLACE.moved(1, 0)))
