"""The pointer's way from one place to another."""

from __future__ import annotations

import time
from collections.abc import Iterator

from agent.core.devices import Check
from agent.core.geometry import Point

_STEP_S = 1 / 60


def way(start: Point, end: Point, duration_s: float, check: Check) -> Iterator[Point]:
    """The places on the line, each at its time; the last one is `end`. Without a duration it is the only one."""
    begun = time.monotonic()
    while (share := (time.monotonic() - begun) / duration_s if duration_s > 0 else 1.0) < 1:
        check()
        yield Point(round(start.x + share * (end.x - start.x)), round(start.y + share * (end.y - start.y)))
        time.sleep(_STEP_S)
    check()
    yield end
