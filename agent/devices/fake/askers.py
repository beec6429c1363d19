"""`FakeAskers`: tells of windows what it was told."""

from __future__ import annotations

from agent.core.binding import Asker
from agent.core.target import WindowInfo


class FakeAskers:
    """Knows the programs' files and the pages that it was told of; the rest is as the window says."""

    def __init__(self) -> None:
        self.paths: dict[int, str] = {}
        """By process id."""
        self.origins: dict[int, str] = {}
        """By window id."""

    def asker(self, window: WindowInfo) -> Asker:
        """The window with its program's file and its page."""
        return Asker(window, self.paths.get(window.pid, ""), self.origins.get(window.id))
