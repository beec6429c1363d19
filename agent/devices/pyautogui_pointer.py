"""`PyAutoGuiPointer`: mouse and key combinations through PyAutoGUI, on macOS; Windows takes its watch over the corner.

It is not used for text: it types only what it finds on a US keyboard, and says nothing about the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from agent.core.devices import Button, Check
from agent.core.errors import ActionError, Stop
from agent.core.geometry import Point
from agent.core.keys import key_name
from agent.devices.motion import drag_way, way
from agent.devices.pause import halted_after, pause

_NAMES = {"meta": "command", "metaright": "command", "altgr": "optionright", "alt": "option"}
_REST_S = 0.1
"""Before a drag moves, and before it lets go."""


def load() -> Any:
    """The library, without its pause of 0.1 s after each call."""
    import pyautogui

    pyautogui.PAUSE = 0
    return pyautogui


class PyAutoGuiPointer:
    """The part of `Input` that PyAutoGUI does well. Moving the pointer into a corner of the screen stops the run."""

    def __init__(self, gui: Any) -> None:
        self._gui = gui
        self._down: dict[str, None] = {}
        self._buttons: dict[Button, None] = {}

    def hotkey(
        self, keys: Sequence[str], *, into: int | None = None, hold_s: float = 0.0, check: Check = lambda: None
    ) -> None:
        """Press the keys in order and release them in reverse."""
        names = [key_name(key) for key in keys]
        self._check_front(into)
        with self._watched(), self._held(names), halted_after(1):
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
        """Move there and click."""
        with self._with_keys(modifiers):
            check()
            self._check_window(point, into)
            if not hold_s:
                self._gui.click(point.x, point.y, clicks=count, button=button)
                return
            self._gui.moveTo(point.x, point.y)
            for _ in range(count):
                with self._pressed(button):
                    pause(hold_s, check)

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
        """Press at the first place, move along the others and let go at the last one."""
        with self._with_keys(modifiers):
            self._check_window(places[0], into)
            self._gui.moveTo(places[0].x, places[0].y)
            with self._pressed(button), halted_after(1):
                pause(_REST_S, check)
                for place in drag_way(places, duration_s, check):
                    # On macOS a move with a button down is an event of its own, which only this one sends.
                    self._gui.dragTo(place.x, place.y, button=button, mouseDownUp=False)
                pause(_REST_S, check)

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
        """Turn the wheel by notches; positive is right and down."""
        with self._with_keys(modifiers):
            check()
            self._check_window(at or self.position(), into)
            if at is not None:
                self._gui.moveTo(at.x, at.y)
            if dy:
                self._gui.scroll(-dy)
            if dx:
                self._gui.hscroll(dx)

    def release_all(self) -> None:
        """Let go of every key and button that we hold."""
        try:
            for name in reversed(list(self._down)):
                self._gui.keyUp(name)
            self.release_buttons()
        except self._gui.FailSafeException:
            pass  # a person who stops us must not be answered with an error
        self._down.clear()

    def release_buttons(self) -> None:
        """Let go of every button that we hold."""
        for button in tuple(self._buttons):
            self._gui.mouseUp(button=button)
        self._buttons.clear()

    def _check_front(self, into: int | None) -> None:
        """Raise WrongWindow when another window has the keyboard; for who knows windows."""

    def _check_window(self, point: Point, into: int | None) -> None:
        """Raise WrongWindow when another window lies there; for who knows windows."""

    @contextmanager
    def _pressed(self, button: Button) -> Iterator[None]:
        self._buttons[button] = None
        try:
            self._gui.mouseDown(button=button)
            yield
        finally:
            self.release_buttons()

    @contextmanager
    def _with_keys(self, modifiers: Sequence[str]) -> Iterator[None]:
        """The modifier keys held meanwhile, and the corner watched."""
        with self._watched(), self._held([key_name(key) for key in modifiers]):
            self._gui.failSafeCheck()
            yield

    @contextmanager
    def _held(self, names: Sequence[str]) -> Iterator[None]:
        keys = [_NAMES.get(name, name) for name in names]
        for name, key in zip(names, keys, strict=True):
            if not self._gui.isValidKey(key):  # PyAutoGUI would press nothing, and say nothing
                raise ActionError("The keyboard has no key {key}.", "Use another combination.", key=name)
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
