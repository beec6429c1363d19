"""`Presence`: whether the desktop is there, as the engine knows it: a thread looks while somebody needs to know."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from agent.core.devices import DesktopState, Session
from agent.core.errors import ErrorRecord

log = logging.getLogger(__name__)

POLL_S = 0.2
"""Between two looks. Who waits goes on so soon after the screen was unlocked."""
_FRESH_S = 2 * POLL_S
"""A look as old as this still counts, so that a step after another one need not wait for a new one."""


class Presence:
    """Asks the session, in a thread of its own, because that may take a while and the engine's must not wait.

    `is_there` and `need` belong to the engine thread; `away_since` is for any.
    """

    def __init__(self, session: Session, *, immediate: bool, tell: Callable[[], None]) -> None:
        """`tell` is called, from the thread, when something else is known. With `immediate` there is no thread."""
        self._session = session
        self._immediate = immediate
        self._tell = tell
        self._known = DesktopState()
        self._looked_at = float("-inf")
        self._last_away: tuple[float, ErrorRecord] | None = None
        """When it was last seen to be away, and why."""
        self._lock = threading.Lock()
        self._needed = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def away(self) -> ErrorRecord | None:
        """Why it is not there, as far as is known."""
        return self._known.reason

    def need(self, needed: bool) -> None:
        """Whether anybody uses the desktop or waits for it: only then is it looked at."""
        if not needed or self._immediate:
            self._needed.clear()
            return
        self._needed.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, name="tla-desktop", daemon=True)
            self._thread.start()

    def is_there(self) -> bool:
        """Whether it is known to be there. When nobody has looked for a while, `tell` follows soon after a no."""
        if self._immediate:
            self._look()
        return time.monotonic() < self._looked_at + _FRESH_S and self._known.reason is None

    def away_since(self, since: float) -> ErrorRecord | None:
        """Why it is not there now, or was not at any moment that was looked at since then (monotonic seconds)."""
        self._look()
        last = self._last_away
        return last[1] if last is not None and last[0] >= since else None

    def close(self) -> None:
        """End the thread."""
        self._closed.set()
        self._needed.set()

    def _watch(self) -> None:
        while self._needed.wait() and not self._closed.is_set():
            news = time.monotonic() >= self._looked_at + _FRESH_S
            before = self._known
            try:
                self._look()
            except Exception:  # a background loop: whatever the session's system says must not end it
                log.exception("The desktop could not be looked at.")
            if news or self._known != before:
                self._tell()
            self._closed.wait(POLL_S)

    def _look(self) -> None:
        with self._lock:
            state, now = self._session.state(), time.monotonic()
            self._known, self._looked_at = state, now
            if state.reason is not None:
                self._last_away = (now, state.reason)
