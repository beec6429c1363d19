"""What lies right of, left of, above, below or near something, and which of two is nearer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.geometry import Region
from agent.core.relation import Relation, nearness

ANCHOR = Region(100, 100, 80, 20)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Region(200, 100, 50, 20), (False, 20)),  # in the same row
        (Region(200, 110, 50, 20), (False, 20)),  # half a row lower is straight ahead still
        (Region(200, 111, 50, 20), (True, 20)),  # a little more is aside
        (Region(200, 90, 50, 100), (False, 20)),  # a tall picture beside it
        (Region(190, 130, 50, 20), (True, pytest.approx(14.14, abs=0.01))),  # on the edge of the cone
        (Region(190, 131, 50, 20), None),  # rather below
        (Region(170, 100, 50, 20), (False, 0)),  # begins within it
        (Region(130, 100, 40, 20), None),  # lies on it
        (Region(130, 100, 400, 20), None),  # around it
        (Region(20, 100, 50, 20), None),
        (ANCHOR, None),
    ],
)
def test_what_lies_right_of_the_anchor(place: Region, expected: object) -> None:
    assert nearness(ANCHOR, place, "right_of") == expected


@pytest.mark.parametrize(
    ("relation", "place"),
    [
        ("left_of", Region(30, 102, 50, 20)),
        ("above", Region(110, 60, 50, 20)),
        ("below", Region(110, 140, 50, 20)),
        ("near", Region(200, 100, 50, 20)),
    ],
)
def test_each_direction_has_its_own_places(relation: Relation, place: Region) -> None:
    assert nearness(ANCHOR, place, relation) == (False, 20)
    directions: tuple[Relation, ...] = ("left_of", "right_of", "above", "below")
    assert [each for each in directions if nearness(ANCHOR, place, each)] == [
        "right_of" if relation == "near" else relation
    ]


def test_near_is_every_side_but_not_the_anchor_itself() -> None:
    assert nearness(ANCHOR, ANCHOR.grown(2), "near") is None
    assert nearness(ANCHOR, Region(183, 124, 10, 10), "near") == (False, 5)


regions = st.tuples(st.integers(-200, 200), st.integers(-200, 200), st.integers(1, 100), st.integers(1, 100)).map(
    lambda numbers: Region(*numbers)
)


@given(regions, regions)
def test_what_is_right_of_one_is_never_left_of_it(anchor: Region, place: Region) -> None:
    assert nearness(anchor, place, "right_of") is None or nearness(anchor, place, "left_of") is None
    assert nearness(anchor, place, "above") is None or nearness(anchor, place, "below") is None
