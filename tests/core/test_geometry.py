"""Points and regions of the virtual desktop."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from agent.core.geometry import Point, Region

offsets, sizes = st.integers(-3000, 3000), st.integers(0, 4000)
regions = st.builds(Region, x=offsets, y=offsets, width=sizes, height=sizes)


def test_right_and_bottom_are_outside() -> None:
    region = Region(-10, 5, 20, 10)
    assert (region.right, region.bottom, region.center) == (10, 15, Point(0, 10))
    assert region.contains(Point(-10, 5)) and region.contains(Point(9, 14))
    assert not region.contains(Point(10, 5)) and not region.contains(Point(0, 15))


def test_they_read_as_people_write_them() -> None:
    assert str(Region(0, -5, 800, 600)) == "0,-5 800×600"
    assert str(Point(-3, 4)) == "-3,4"


def test_a_region_may_be_a_list_of_four() -> None:
    assert Region.model_validate([1, 2, 3, 4]) == Region(1, 2, 3, 4) == Region(x=1, y=2, width=3, height=4)


@pytest.mark.parametrize(
    ("kind", "value", "wrong"),
    [
        (Region, {"x": 1}, {"y", "width", "height"}),
        (Region, {"x": 1, "y": 2, "width": 3, "height": 4, "self": 5}, {"self"}),
        (Region, {"x": 1, "y": 2, "width": 3, "height": -4}, {"height"}),
        (Region, {"x": "a", "y": 2, "width": 3, "height": 4}, {"x"}),
        (Point, {"x": 1}, {"y"}),
        (Point, {"x": 1, "y": 2, "z": 3}, {"z"}),
    ],
)
def test_what_is_missing_or_too_much_in_a_file_is_a_validation_error(kind: Any, value: Any, wrong: set[str]) -> None:
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(value)
    assert {error["loc"][0] for error in caught.value.errors()} == wrong


def test_too_many_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="argument"):
        Point(1, 2, 3)  # type: ignore[call-arg]  # the mistake that is tested


@given(regions, regions)
def test_the_intersection_lies_in_both_and_the_union_around_both(one: Region, other: Region) -> None:
    both, around = one.intersection(other), one.union(other)
    assert both == other.intersection(one) and around == other.union(one)
    if not both.is_empty:
        assert one.intersection(both) == other.intersection(both) == both
    for region in (one, other):
        if not region.is_empty:
            assert around.intersection(region) == region


def test_regions_that_only_touch_share_nothing() -> None:
    assert Region(0, 0, 10, 10).intersection(Region(10, 0, 10, 10)).is_empty


@given(regions, st.integers(-50, 50), st.integers(-50, 50))
def test_moving_there_and_back_changes_nothing(region: Region, dx: int, dy: int) -> None:
    assert region.moved(dx, dy).moved(-dx, -dy) == region
    assert region.moved(dx, dy).center == region.center.moved(dx, dy)


def test_growing_adds_a_border() -> None:
    assert Region(10, 10, 4, 4).grown(3) == Region(7, 7, 10, 10)
