"""The pointer's way from one place to another."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise

from agent.core.devices import Check
from agent.core.geometry import Point

_STEP_S = 1 / 60
_NOTICED = 24
"""Pixels. So far a drag goes in small steps: programs take less for an unsteady hand (Qt 10, GTK 8)."""
_SMALL = 4


def way(start: Point, end: Point, duration_s: float, check: Check) -> Iterator[Point]:
    """The places on the line, each at its time; the last one is `end`. Without a duration it is the only one."""
    begun = time.monotonic()
    while (share := (time.monotonic() - begun) / duration_s if duration_s > 0 else 1.0) < 1:
        check()
        yield _between(start, end, share)
        time.sleep(_STEP_S)
    check()
    yield end


def drag_way(places: Sequence[Point], duration_s: float, check: Check) -> Iterator[Point]:
    """The way through all places: first in small steps until a drag is noticed, then at an even speed."""
    total = sum(math.dist((a.x, a.y), (b.x, b.y)) for a, b in pairwise(places)) or 1.0
    begin = places[0]
    for begin in _small_steps(places[0], places[1], check):
        yield begin
    for start, end in pairwise((begin, *places[1:])):
        yield from way(start, end, duration_s * math.dist((start.x, start.y), (end.x, end.y)) / total, check)


def _small_steps(start: Point, end: Point, check: Check) -> Iterator[Point]:
    distance = math.dist((start.x, start.y), (end.x, end.y))
    for done in range(_SMALL, min(_NOTICED, int(distance)), _SMALL):
        check()
        yield _between(start, end, done / distance)
        time.sleep(0.005)


def _between(start: Point, end: Point, share: float) -> Point:
    return Point(round(start.x + share * (end.x - start.x)), round(start.y + share * (end.y - start.y)))
