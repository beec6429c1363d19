"""How time is taken: in turns (A B A B …), after a warm-up, without the garbage collector; the median counts.

The machine is shared and noisy, so only figures of one run, taken in turns, may be compared.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

Turn = Callable[[], Sequence[float]]
"""Does the work once or some times over; the seconds that each took."""


def nothing() -> None:
    """What is done before or after a timed call when there is nothing to do."""


def timed(
    work: Callable[[], object],
    *,
    calls: int = 1,
    before: Callable[[], object] = nothing,
    after: Callable[[], object] = nothing,
) -> Turn:
    """A turn of `calls` times the work; `before` and `after` belong to each call but are not timed."""

    def turn() -> Sequence[float]:
        return [_seconds(work, before, after) for _ in range(calls)]

    return turn


def medians(turns: Sequence[Turn], *, rounds: int, warm_up: int = 1) -> list[float]:
    """The median seconds of each, taken in turns. The first `warm_up` rounds do not count."""
    taken: list[list[float]] = [[] for _ in turns]
    for number in range(warm_up + rounds):
        for seconds, turn in zip(taken, turns, strict=True):
            took = turn()
            if number >= warm_up:
                seconds.extend(took)
    return [statistics.median(seconds) for seconds in taken]


def _seconds(work: Callable[[], object], before: Callable[[], object], after: Callable[[], object]) -> float:
    before()
    with _no_collector():
        start = time.perf_counter_ns()
        result = work()
        seconds = (time.perf_counter_ns() - start) / 1e9
    after()
    del result  # what the call gave is let go outside the measurement, for both sides alike
    return seconds


@contextmanager
def _no_collector() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
