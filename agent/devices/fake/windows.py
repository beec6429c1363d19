"""`FakeWindows`: a stack of windows that keep what they get."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from agent.core.devices import Button
from agent.core.errors import WindowNotFound
from agent.core.geometry import Point, Region
from agent.core.target import WindowInfo, WindowState

FORM = Region(100, 100, 800, 600)


@dataclass(slots=True, eq=False)
class FakeWindow:
    """A window and what it got. The callbacks make it an application."""

    id: int
    title: str
    region: Region
    pid: int = 0
    process: str = ""
    class_name: str = ""
    minimized: bool = False
    maximized: bool = False
    fullscreen: bool = False
    elsewhere: bool = False
    elevated: bool = False
    smallest: tuple[int, int] = (1, 1)
    """The width and height below which it does not go."""
    typed: str = ""
    """Every character that arrived, with tab and newline for these keys."""
    clicks: list[tuple[Point, Button, int]] = field(default_factory=list)
    hotkeys: list[tuple[str, ...]] = field(default_factory=list)
    on_click: Callable[[Point], None] | None = None
    on_type: Callable[[str], None] | None = None
    """Called with each character, after it is in `typed`."""
    on_hotkey: Callable[[tuple[str, ...]], None] | None = None
    on_close: Callable[[], None] | None = None
    """Called instead of closing: an application that asks first."""

    @property
    def is_shown(self) -> bool:
        """Whether any of it can be on the screen."""
        return not (self.minimized or self.elsewhere)


class FakeWindows:
    """A stack of windows. The active one is the topmost that is not minimised, unless `activate` says another."""

    def __init__(self) -> None:
        self._stack: list[FakeWindow] = []
        self._active: FakeWindow | None = None
        self._ids = itertools.count(1)

    def open(self, title: str, region: Region = FORM, *, pid: int = 0, process: str = "") -> FakeWindow:
        """A new window on top of the others, active."""
        window = FakeWindow(next(self._ids), title, region, pid=pid, process=process)
        self._stack.insert(0, window)
        self._active = window
        return window

    def vanish(self, window: FakeWindow) -> None:
        """The window is gone, as when its program ends; the next one becomes active."""
        self._stack.remove(window)
        if self._active is window:
            self._active = next((other for other in self._stack if not other.minimized), None)

    def activate(self, window: FakeWindow | None) -> None:
        """Another window (or none) takes the focus without coming to the top: what a thief does."""
        self._active = window

    @property
    def front(self) -> FakeWindow | None:
        """The active one, with what it got."""
        return self._active

    def under(self, point: Point) -> FakeWindow | None:
        """The topmost one at the pixel, with what it got."""
        return next((each for each in self._stack if each.is_shown and each.region.contains(point)), None)

    def list(self) -> tuple[WindowInfo, ...]:
        """All, the topmost first."""
        return tuple(self._info(window) for window in self._stack)

    def active(self) -> WindowInfo | None:
        """The one that gets the keystrokes."""
        return self._info(self._active) if self._active else None

    def at(self, point: Point) -> WindowInfo | None:
        """The topmost one at this pixel."""
        window = self.under(point)
        return self._info(window) if window else None

    def focus(self, window_id: int) -> None:
        """Raise and activate it."""
        window = self._get(window_id)
        window.minimized = window.elsewhere = False
        self._stack.remove(window)
        self._stack.insert(0, window)
        self._active = window

    def set_state(self, window_id: int, state: WindowState) -> None:
        """Show it so; a minimised window is not active any more, and a restored one is."""
        window = self._get(window_id)
        was_minimized = window.minimized
        window.minimized = state == "minimised"
        if state != "minimised":
            window.maximized, window.fullscreen = state == "maximised", state == "fullscreen"
            if was_minimized:
                self.focus(window_id)
        elif self._active is window:
            self._active = next((other for other in self._stack if not other.minimized), None)

    def move(self, window_id: int, region: Region) -> Region:
        """Put it there, not smaller than it can be."""
        window = self._get(window_id)
        self.set_state(window_id, "normal")
        width, height = (max(pair) for pair in zip((region.width, region.height), window.smallest, strict=True))
        window.region = Region(region.x, region.y, width, height)
        return window.region

    def close(self, window_id: int) -> None:
        """Close it, or let its `on_close` decide."""
        window = self._get(window_id)
        if window.on_close is not None:
            window.on_close()
        else:
            self.vanish(window)

    def _get(self, window_id: int) -> FakeWindow:
        for window in self._stack:
            if window.id == window_id:
                return window
        raise WindowNotFound("There is no window 0x{id}.", "It may have been closed meanwhile.", id=f"{window_id:x}")

    def _info(self, window: FakeWindow) -> WindowInfo:
        return WindowInfo(
            id=window.id,
            title=window.title,
            region=window.region,
            pid=window.pid,
            process=window.process,
            class_name=window.class_name,
            active=window is self._active,
            minimized=window.minimized,
            maximized=window.maximized,
            fullscreen=window.fullscreen,
            elsewhere=window.elsewhere,
            elevated=window.elevated,
        )
