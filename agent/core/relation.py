"""`nearness`: whether a place lies right of, left of, above, below or near another one, and how near."""

from __future__ import annotations

import math
from typing import Literal

from agent.core.geometry import Region

Relation = Literal["right_of", "left_of", "above", "below", "near"]

Nearness = tuple[bool, float]
"""(aside, pixels): what lies straight ahead (False) sorts before what lies aside, then the nearer first."""


def nearness(anchor: Region, place: Region, relation: Relation) -> Nearness | None:
    """How near the place is to the anchor in that direction; None when it does not lie there.

    `right_of` (the others are the same, turned): the place begins behind the anchor's middle, and its own middle lies
    behind the anchor's right edge. It lies *straight ahead* when both share at least half of the lower one's height;
    *aside* when the way up or down to it is not longer than the way to the right (a cone of 45° on either side).
    The distance is that between the edges. `near` is every direction; what lies on the anchor itself is not near it.
    """
    if relation == "near":
        same = anchor.contains(place.center) and place.contains(anchor.center)
        return None if same else (False, math.hypot(*_gaps(anchor, place)))
    anchor, place = _turned(anchor, relation), _turned(place, relation)
    if place.x < anchor.center.x or place.center.x < anchor.right:
        return None
    ahead, aside = _gaps(anchor, place)
    shared = min(anchor.bottom, place.bottom) - max(anchor.y, place.y)
    if 2 * shared >= min(anchor.height, place.height):
        return False, float(ahead)
    return (True, math.hypot(ahead, aside)) if aside <= ahead else None


def _turned(place: Region, relation: Relation) -> Region:
    """The place as it would lie if the direction were to the right."""
    if relation == "left_of":
        return Region(-place.right, place.y, place.width, place.height)
    if relation == "below":
        return Region(place.y, place.x, place.height, place.width)
    if relation == "above":
        return Region(-place.bottom, place.x, place.height, place.width)
    return place


def _gaps(one: Region, other: Region) -> tuple[int, int]:
    """The pixels between both, across and down; 0 where they overlap."""
    across = max(one.x, other.x) - min(one.right, other.right)
    down = max(one.y, other.y) - min(one.bottom, other.bottom)
    return max(0, across), max(0, down)
