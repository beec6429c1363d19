"""`Clock`: when an attempt must end. Its `check`, `sleep` and `remaining` are what an action's context shows."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from agent.core.errors import StepTimeout, Stop


class Clock:
    """Joins the run's stop flag with the attempt's deadline. Without `start` there is no deadline."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self.deadline = math.inf
        """In monotonic seconds."""
        self._stood_s = 0.0
        self._stands_from: float | None = None

    def start(self, timeout_s: float) -> None:
        """The time runs from now; 0 means without limit."""
        self.deadline = time.monotonic() + timeout_s if timeout_s > 0 else math.inf

    def halt(self) -> None:
        """The time no longer runs: a container waits for its children."""
        self.deadline = math.inf

    @contextmanager
    def standing(self) -> Iterator[None]:
        """The time stands still inside: it is somebody else's."""
        left = self.remaining()
        self._stands_from = time.monotonic()
        self.deadline = math.inf
        try:
            yield
        finally:
            self._stood_s += time.monotonic() - self._stands_from
            self._stands_from = None
            self.deadline = time.monotonic() + left

    def now(self) -> float:
        """Monotonic seconds, without those in which it stood still."""
        return (self._stands_from or time.monotonic()) - self._stood_s

    def check(self) -> None:
        """Raise Stop or StepTimeout when it is time."""
        if self._stop.is_set():
            raise Stop
        if time.monotonic() >= self.deadline:
            raise StepTimeout

    def remaining(self) -> float:
        """Seconds until the deadline, never negative; infinite when there is none."""
        return max(0.0, self.deadline - time.monotonic())

    def sleep(self, seconds: float) -> None:
        """Wait so many seconds. A stop or the deadline ends it at once, by raising."""
        end = time.monotonic() + seconds
        self.check()
        while (left := end - time.monotonic()) > 0:
            self._stop.wait(min(left, self.remaining(), threading.TIMEOUT_MAX))
            self.check()
