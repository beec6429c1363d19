"""`Timers`: what is to happen later, the earliest first. Pure: the caller says what time it is."""

from __future__ import annotations

import heapq
import itertools
from typing import Generic, TypeVar

T = TypeVar("T")


class Timer(Generic[T]):
    """One thing to happen; `Timers.cancel` takes it back."""

    __slots__ = ("item",)

    def __init__(self, item: T) -> None:
        self.item: T | None = item


class Timers(Generic[T]):
    """A heap of items by time. Not thread-safe: it belongs to the engine thread.

    A cancelled item is let go at once, but its place in the heap only when half of the heap is such places: a
    step cancels its deadline within a millisecond, while the deadline lies half a minute ahead.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer[T]]] = []
        self._order = itertools.count()
        self._live = 0

    def __len__(self) -> int:
        return self._live

    def add(self, at: float, item: T) -> Timer[T]:
        """Hand out the item once `at` (monotonic seconds) has come."""
        timer = Timer(item)
        heapq.heappush(self._heap, (at, next(self._order), timer))
        self._live += 1
        if len(self._heap) > 2 * self._live + 64:
            self._heap = [entry for entry in self._heap if entry[2].item is not None]
            heapq.heapify(self._heap)
        return timer

    def cancel(self, timer: Timer[T] | None) -> None:
        """Take it back; nothing happens when it was handed out already, or for None."""
        if timer is not None and timer.item is not None:
            timer.item = None
            self._live -= 1

    def due(self, now: float) -> list[T]:
        """Hand out everything whose time has come, the earliest first."""
        items: list[T] = []
        while self._heap and (self._heap[0][0] <= now or self._heap[0][2].item is None):
            timer = heapq.heappop(self._heap)[2]
            if timer.item is not None:
                items.append(timer.item)
                self.cancel(timer)
        return items

    def next_in(self, now: float) -> float | None:
        """Seconds until something is due (0 when it is), None when nothing is waiting.

        A cancelled timer may still cause one early look.
        """
        return max(0.0, self._heap[0][0] - now) if self._heap else None
