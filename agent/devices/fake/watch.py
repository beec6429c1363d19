"""`FakeWatch`: sees when the fake world is not the same any more."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from agent.core.devices import Check

EVERY_S = 0.1


class FakeWatch:
    """The `Watch` of the fake eye: ten times a second it asks `world`, and tells when that gives something else."""

    def __init__(self, world: Callable[[], object], pause: Callable[[float], None]) -> None:
        """`pause` lets the time pass; in tests that may be a clock of their own."""
        self._world = world
        self._pause = pause
        self._seen: object = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def wait(self, seconds: float, *, check: Check = lambda: None) -> bool:
        """See `agent.core.context.Watch`."""
        left = seconds
        while True:
            check()
            now = self._world()
            if now != self._seen:
                self._seen = now
                return True
            if left <= 0:
                return False
            self._pause(min(EVERY_S, left))
            left -= EVERY_S
