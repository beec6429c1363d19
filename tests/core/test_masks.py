"""What no picture may show: for as long as the window is there and the form in it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.masks import Masks
from agent.core.target import WindowInfo

WINDOW = WindowInfo(7, "Form", Region(100, 100, 400, 300))
FIELD = Region(200, 200, 50, 20)


def picture(region: Region) -> Frame:
    """Pixels that tell where they are: x, y."""
    rows = (
        bytes((x % 256, y % 256, 0, 0)) for y in range(region.y, region.bottom) for x in range(region.x, region.right)
    )
    return Frame(b"".join(rows), region, datetime.now(UTC))


def test_a_mask_moves_with_its_window_and_goes_with_it() -> None:
    masks = Masks()
    masks.add(Region(110, 120, 50, 20), WINDOW)
    masks.add(Region(0, 0, 5, 5))
    moved = WindowInfo(7, "Form", Region(-50, 0, 400, 300))
    assert masks.regions((moved,)) == (Region(-40, 20, 50, 20), Region(0, 0, 5, 5))
    assert masks.regions(()) == (Region(0, 0, 5, 5),)


@pytest.mark.parametrize("there", [True, False])
def test_a_mask_is_left_out_while_the_form_around_it_is_not_recognised(there: bool) -> None:
    masks = Masks()
    masks.add(FIELD, WINDOW, picture(WINDOW.region))
    shown: list[tuple[Frame, Frame, Region]] = []

    def recognises(before: Frame, after: Frame, *, apart_from: Region) -> bool:
        shown.append((before, after, apart_from))
        return there

    assert masks.regions((WINDOW,), picture(Region(0, 0, 600, 500)), recognises) == ((FIELD,) if there else ())
    ((before, after, apart_from),) = shown
    assert before.region == after.region == FIELD.grown(60)
    assert bytes(before.pixels) == bytes(after.pixels)
    assert apart_from == FIELD
    assert masks.regions((WINDOW,)) == (FIELD,)  # when nobody looks, it is there


def test_the_form_is_looked_for_where_its_window_is_now() -> None:
    masks = Masks()
    masks.add(FIELD, WINDOW, picture(WINDOW.region))
    moved = WindowInfo(7, "Form", WINDOW.region.moved(30, 40))
    places: list[Region] = []
    masks.regions(
        (moved,), picture(Region(0, 0, 600, 500)), lambda one, two, apart_from: bool(places.append(two.region))
    )
    assert places == [FIELD.moved(30, 40).grown(60)]


def test_a_mask_stays_in_a_picture_that_does_not_show_all_around_it() -> None:
    masks = Masks()
    masks.add(FIELD, WINDOW, picture(WINDOW.region))
    assert masks.regions((WINDOW,), picture(FIELD), lambda one, two, apart_from: False) == (FIELD,)
