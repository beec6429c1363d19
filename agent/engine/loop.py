"""`Loop`: the engine thread. It does one thing after the other, each on behalf of a run, and never waits for a step."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable

from agent.engine.live import LiveRun
from agent.engine.pool import Pool
from agent.engine.timers import Timer, Timers

log = logging.getLogger(__name__)

LONGEST_S = 3600.0
"""One wait of the engine thread; a retry may be planned for a time that no system call takes."""

Act = Callable[[], None]
Job = tuple[LiveRun | None, Act]


class Loop:
    """An inbox, timers, and the pool on which steps run.

    With `immediate` there are no threads: `drive` does what the engine thread would, in the caller's thread, and
    work is done at once where it is handed out.
    """

    def __init__(self, *, immediate: bool, after_each: Act, on_fault: Callable[[LiveRun], None]) -> None:
        self.immediate = immediate
        self._after_each = after_each
        self._on_fault = on_fault
        self._inbox: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._timers: Timers[Job] = Timers()
        self._pool = Pool("tla-step")
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def post(self, live: LiveRun | None, act: Act) -> None:
        """Do this in the engine thread, soon. From any thread."""
        if not self.immediate and self._thread is None:
            self._start()
        self._inbox.put((live, act))

    def after(self, seconds: float, live: LiveRun | None, act: Act) -> Timer[Job]:
        """Do this later. From the engine thread only, as is `cancel`."""
        return self._timers.add(time.monotonic() + seconds, (live, act))

    def cancel(self, timer: Timer[Job] | None) -> None:
        """Do not do it; None is no timer."""
        self._timers.cancel(timer)

    def work(self, act: Act) -> None:
        """Do this on a step thread. It must not raise."""
        if self.immediate:
            act()
        else:
            self._pool.submit(act)

    def drive(self, until: threading.Event) -> None:
        """Immediate mode: be the engine thread until the event is set."""
        while not until.is_set():
            self._turn()

    def close(self) -> None:
        """End the engine thread; what is in the inbox is done first."""
        self._inbox.put(None)
        if self._thread is not None:
            self._thread.join(timeout=1.0)
        self._pool.close()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="tla-engine", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while self._turn():
            pass

    def _turn(self) -> bool:
        """Wait for the next thing and do it; False when the loop is to end."""
        try:
            next_in = self._timers.next_in(time.monotonic())
            job = self._inbox.get(timeout=LONGEST_S if next_in is None else min(next_in, LONGEST_S))
            if job is None:
                return False
            self.do(*job)
        except queue.Empty:
            pass
        for job in self._timers.due(time.monotonic()):
            self.do(*job)
        self.do(None, self._after_each)
        return True

    def do(self, live: LiveRun | None, act: Act) -> None:
        """Do this now, in the engine thread. What goes wrong in it ends that run."""
        try:
            act()
        except Exception:  # a fault of the engine must end one run, not all of them
            log.exception("The engine met an unexpected error.")
            if live is not None:
                self._on_fault(live)
