"""`FakeInput`: keys and clicks for the fake windows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agent.core.devices import Button, Check, Still
from agent.core.errors import WrongWindow
from agent.core.geometry import Point
from agent.core.keys import key_name
from agent.core.secret import Secret
from agent.devices.fake.windows import FakeWindow, FakeWindows
from agent.devices.keyboard import characters, other_window, wrong_window
from agent.devices.pause import halted_after


class FakeInput:
    """Delivers keys to the active fake window and clicks to the one under the pointer, and keeps a record."""

    def __init__(self, windows: FakeWindows) -> None:
        self._windows = windows
        self._position = Point(0, 0)
        self.typed = ""
        """Every character, wherever it went. Secrets too: it is a fake."""
        self.hotkeys: list[tuple[str, ...]] = []
        self.clicks: list[tuple[Point, Button, int, tuple[str, ...]]] = []
        """(point, button, count, modifiers)."""
        self.drags: list[tuple[tuple[Point, ...], Button, tuple[str, ...]]] = []
        """(places, button, modifiers)."""
        self.scrolled: list[tuple[int, int]] = []
        self.releases = 0
        """How often `release_all` was called."""
        self.before_key: Callable[[], None] | None = None
        """Called before each character: the moment for a thief to take the focus."""

    def type_text(
        self,
        text: str | Secret,
        *,
        into: int | None = None,
        delay_s: float = 0.0,
        check: Check = lambda: None,
        still: Still | None = None,
    ) -> int:
        """Deliver the characters one by one, with the window guard. `delay_s` takes no time here."""
        plain = characters(text)
        for typed, character in enumerate(plain):
            with halted_after(typed):
                check()
            if self.before_key is not None:
                self.before_key()
            window = self._windows.front
            if into is not None and (window is None or window.id != into):
                raise wrong_window(self._name(into), self._name(window.id if window else 0), typed)
            active = self._windows.active()
            if still is not None and active is not None and not still(active):
                raise other_window(f"0x{active.id:x}", str(active), typed)
            self._deliver(character, window)
        return len(plain)

    def hotkey(
        self, keys: Sequence[str], *, into: int | None = None, hold_s: float = 0.0, check: Check = lambda: None
    ) -> None:
        """Deliver the key combination, by the keys' proper names."""
        with halted_after(0):
            check()
        combination = tuple(key_name(key) for key in keys)
        window = self._windows.front
        if into is not None and (window is None or window.id != into):
            raise wrong_window(self._name(into), self._name(window.id if window else 0), 0)
        self.hotkeys.append(combination)
        if window is not None:
            window.hotkeys.append(combination)
            if window.on_hotkey is not None:
                window.on_hotkey(combination)

    def position(self) -> Point:
        """Where the pointer is."""
        return self._position

    def move(self, point: Point, *, duration_s: float = 0.0, check: Check = lambda: None) -> None:
        """Put the pointer there; `duration_s` takes no time here."""
        check()
        self._position = point

    def click(
        self,
        point: Point,
        *,
        button: Button = "left",
        count: int = 1,
        modifiers: Sequence[str] = (),
        hold_s: float = 0.0,
        into: int | None = None,
        check: Check = lambda: None,
    ) -> None:
        """Click the window there; it becomes active and comes to the top, as a window manager does it."""
        check()
        self._position = point
        window = self._aim(point, into)
        self.clicks.append((point, button, count, tuple(key_name(key) for key in modifiers)))
        if window is not None:
            self._windows.focus(window.id)
            window.clicks.append((point, button, count))
            if window.on_click is not None:
                window.on_click(point)

    def drag(
        self,
        places: Sequence[Point],
        *,
        button: Button = "left",
        modifiers: Sequence[str] = (),
        duration_s: float = 0.5,
        into: int | None = None,
        check: Check = lambda: None,
    ) -> None:
        """Keep the places in `drags`."""
        check()
        self._aim(places[0], into)
        self.drags.append((tuple(places), button, tuple(key_name(key) for key in modifiers)))
        self._position = places[-1]

    def scroll(
        self,
        dx: int,
        dy: int,
        *,
        at: Point | None = None,
        modifiers: Sequence[str] = (),
        into: int | None = None,
        check: Check = lambda: None,
    ) -> None:
        """Keep it in `scrolled`."""
        check()
        self._position = at or self._position
        self._aim(self._position, into)
        self.scrolled.append((dx, dy))

    def release_all(self) -> None:
        """Count it."""
        self.releases += 1

    def _aim(self, point: Point, into: int | None) -> FakeWindow | None:
        window = self._windows.under(point)
        if into is not None and (window is None or window.id != into):
            raise WrongWindow(
                "At {point} lies {there} instead of {window}, so nothing was pressed.",
                "Close or move what covers it; for a menu or dialog of its own, name that window.",
                point=point,
                there=f'"{window.title}"' if window else "no window",
                window=self._name(into),
            )
        return window

    def _deliver(self, character: str, window: FakeWindow | None) -> None:
        self.typed += character
        if window is not None:
            window.typed += character
            if window.on_type is not None:
                window.on_type(character)

    def _name(self, window_id: int) -> str:
        return next((str(each) for each in self._windows.list() if each.id == window_id), f"0x{window_id:x}")
