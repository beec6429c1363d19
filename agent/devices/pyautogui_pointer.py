"""`PyAutoGuiPointer`: mouse and key combinations through PyAutoGUI, on Windows and macOS.

It is not used for text: it types only what it finds on a US keyboard, and says nothing about the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from agent.core.devices import Button, Check
from agent.core.errors import Stop
from agent.core.geometry import Point
from agent.core.keys import key_name
from agent.devices.motion import way
from agent.devices.pause import pause

_NAMES = {"meta": "win", "altgr": "altright", "menu": "apps"}
_MAC_NAMES = {"meta": "command", "altgr": "optionright", "alt": "option"}
_NOTCH = 120
"""WHEEL_DELTA: what Windows counts for one notch of the wheel."""


def load() -> Any:
    """The library, without its pause of 0.1 s after each call."""
    import pyautogui

    pyautogui.PAUSE = 0
    return pyautogui


class PyAutoGuiPointer:
    """The part of `Input` that PyAutoGUI does well. Moving the pointer into a corner of the screen stops the run."""

    def __init__(self, gui: Any, *, mac: bool = False) -> None:
        self._gui = gui
        self._names = _MAC_NAMES if mac else _NAMES
        self._notch = 1 if mac else _NOTCH
        self._down: dict[str, None] = {}

    def hotkey(self, keys: Sequence[str], *, hold_s: float = 0.0, check: Check = lambda: None) -> None:
        """Press the keys in order and release them in reverse."""
        names = [key_name(key) for key in keys]
        with self._watched(), self._held(names):
            pause(hold_s, check)

    def position(self) -> Point:
        """Where the pointer is."""
        x, y = self._gui.position()
        return Point(int(x), int(y))

    def move(self, point: Point, *, duration_s: float = 0.0, check: Check = lambda: None) -> None:
        """Move the pointer, at once or along a line."""
        with self._watched():
            for place in way(self.position(), point, duration_s, check):
                self._gui.moveTo(place.x, place.y)

    def click(self, point: Point, *, button: Button = "left", count: int = 1, modifiers: Sequence[str] = ()) -> None:
        """Move there and click."""
        with self._watched(), self._held([key_name(key) for key in modifiers]):
            self._gui.click(point.x, point.y, clicks=count, button=button)

    def scroll(self, dx: int, dy: int) -> None:
        """Turn the wheel by notches; positive is right and down."""
        with self._watched():
            if dy:
                self._gui.scroll(-dy * self._notch)
            if dx:
                self._gui.hscroll(dx * self._notch)

    def release_all(self) -> None:
        """Let go of every key that we hold, and of the mouse buttons."""
        try:
            for name in reversed(list(self._down)):
                self._gui.keyUp(name)
            for button in ("left", "right", "middle"):
                self._gui.mouseUp(button=button)
        except self._gui.FailSafeException:
            pass  # a person who stops us must not be answered with an error
        self._down.clear()

    @contextmanager
    def _held(self, names: Sequence[str]) -> Iterator[None]:
        keys = [self._names.get(name, name) for name in names]
        try:
            for key in keys:
                self._down[key] = None
                self._gui.keyDown(key)
            yield
        finally:
            for key in reversed(keys):
                self._gui.keyUp(key)
                self._down.pop(key, None)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """PyAutoGUI's fail-safe (the pointer in a corner) is the person's wish to stop."""
        try:
            yield
        except self._gui.FailSafeException as error:
            raise Stop from error
