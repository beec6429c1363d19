"""`Pool`: the threads that steps run on, made when they are needed."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable

IDLE_S = 30.0
"""A thread that had nothing to do for so long ends."""


class Pool:
    """Runs every piece of work at once, on an idle thread or a new one. How many at a time is the caller's choice.

    Not `concurrent.futures`: that waits at exit for threads that hang, and a step that hangs must not keep the
    program alive. These are daemon threads.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._idle = 0
        """Threads that wait and are not promised to a piece of work in the queue."""
        self._closed = False
        self._numbers = itertools.count(1)

    def submit(self, work: Callable[[], None]) -> None:
        """Run the work, which must not raise, on a thread of its own."""
        with self._lock:
            is_new = self._idle == 0
            if not is_new:
                self._idle -= 1
        self._work.put(work)
        if is_new:
            threading.Thread(target=self._loop, name=f"{self._name}-{next(self._numbers)}", daemon=True).start()

    def close(self) -> None:
        """Let the threads end, the busy ones after their work."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, 0
        for _ in range(idle):
            self._work.put(None)

    def _loop(self) -> None:
        while True:
            try:
                work = self._work.get(timeout=IDLE_S)
            except queue.Empty:
                with self._lock:
                    if self._idle:
                        self._idle -= 1
                        return
                continue  # a piece of work was promised to this thread just now
            if work is None:
                return
            work()
            del work  # what it holds must not live until the next piece comes
            with self._lock:
                if self._closed:
                    return
                self._idle += 1
