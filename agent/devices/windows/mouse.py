"""`WindowsMouse`: the mouse by ``SendInput``, in pixels of the virtual desktop, however many monitors it has.

https://learn.microsoft.com/en-us/windows/win32/api/winuser/ns-winuser-mouseinput
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from agent.core.devices import Button, Check
from agent.core.errors import ActionError, WrongWindow
from agent.core.geometry import Point
from agent.devices.motion import drag_way, way
from agent.devices.pause import halted_after, pause
from agent.devices.pyautogui_pointer import PyAutoGuiPointer
from agent.devices.windows.user32 import INPUT_MOUSE, Input, PointStruct
from agent.devices.windows.windows import WindowsWindows

_MOVE, _ABSOLUTE, _VIRTUAL_DESK = 0x1, 0x8000, 0x4000
_DOWN = {"left": 0x2, "right": 0x8, "middle": 0x20}
"""MOUSEEVENTF_LEFTDOWN and so on; the flag for up is twice as much."""
_WHEEL, _SIDE_WHEEL, _NOTCH = 0x800, 0x1000, 120
_LEFT, _TOP, _WIDTH, _HEIGHT = 76, 77, 78, 79
"""SM_XVIRTUALSCREEN and so on: the rectangle around all monitors. Its corner is negative left of the primary one."""
_SWAPPED = 23
"""SM_SWAPBUTTON: a left-handed person has exchanged the buttons, and so must we."""

_BETWEEN_CLICKS_S = 0.01
_REST_S = 0.1
"""Before a drag moves, and before it lets go."""


class WindowsMouse(PyAutoGuiPointer):
    """The part of `Input` that points.

    What lies at the place is looked at right before a button goes down. Between the look and the press lie some
    microseconds in which Windows lets nobody hold it still (on X11 there are none).
    """

    def __init__(self, user32: Any, gui: Any, windows: WindowsWindows) -> None:
        super().__init__(gui)
        self._user32 = user32
        self._windows = windows

    def position(self) -> Point:
        """Where the pointer is."""
        place = PointStruct()
        self._user32.GetCursorPos(ctypes.byref(place))
        return Point(place.x, place.y)

    def move(self, point: Point, *, duration_s: float = 0.0, check: Check = lambda: None) -> None:
        """Move the pointer, at once or along a line."""
        for place in way(self.position(), point, duration_s, check):
            self._to(place)

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
            for number in range(count):
                if number:
                    time.sleep(_BETWEEN_CLICKS_S)
                check()
                self._aim(point, into if number == 0 else None)
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
            self._aim(places[0], into)
            with self._pressed(button), halted_after(1):
                pause(_REST_S, check)
                for place in drag_way(places, duration_s, check):
                    self._to(place)
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
            self._aim(at or self.position(), into)
            for notches, flag in ((-dy, _WHEEL), (dx, _SIDE_WHEEL)):
                if notches:
                    self._mouse(_event(flag, data=notches * _NOTCH))

    def release_buttons(self) -> None:
        """Let go of every button that we hold. Never raises."""
        for button in tuple(self._buttons):
            self._user32.SendInput(1, ctypes.byref(_event(2 * self._flag(button))), ctypes.sizeof(Input))
        self._buttons.clear()

    @contextmanager
    def _pressed(self, button: Button) -> Iterator[None]:
        self._buttons[button] = None
        try:
            self._mouse(_event(self._flag(button)))
            yield
        finally:
            self.release_buttons()

    def _flag(self, button: Button) -> int:
        if button != "middle" and self._user32.GetSystemMetrics(_SWAPPED):
            return _DOWN["left" if button == "right" else "right"]
        return _DOWN[button]

    def _aim(self, point: Point, into: int | None) -> None:
        """Go there, and raise unless a button pressed now would arrive: see `Mouse`."""
        self._to(point)
        place = self.position()
        if place != point:
            raise ActionError(
                "The point {point} cannot be reached with the mouse, so nothing was pressed.",
                "It lies outside of the screen, or something holds the pointer at {place}.",
                point=point,
                place=place,
            )
        window = self._windows.at(point)
        if into is not None and (window is None or window.id != into):
            raise WrongWindow(
                "At {point} lies {there} instead of {window}, so nothing was pressed.",
                "Close or move what covers it; for a menu or dialog of its own, name that window.",
                point=point,
                there=window or "no window",
                window=self._windows.name(into),
            )
        if window is not None:
            self._windows.check_reachable(window)

    def _to(self, point: Point) -> None:
        left, top, width, height = (self._user32.GetSystemMetrics(number) for number in (_LEFT, _TOP, _WIDTH, _HEIGHT))
        # Windows takes 0 to 65535 for the whole width. The middle of a pixel's share is that pixel, however it rounds.
        across, down = (
            (2 * at + 1) * 65536 // (2 * size) for at, size in ((point.x - left, width), (point.y - top, height))
        )
        self._mouse(_event(_MOVE | _ABSOLUTE | _VIRTUAL_DESK, across, down))

    def _mouse(self, event: Input) -> None:
        if self._user32.SendInput(1, ctypes.byref(event), ctypes.sizeof(Input)) != 1:
            raise ActionError(
                "Windows refused the mouse event.",
                "The window in front may run as administrator; start this program as administrator too.",
            )


def _event(flags: int, across: int = 0, down: int = 0, *, data: int = 0) -> Input:
    event = Input(type=INPUT_MOUSE)
    mouse = event.union.mouse
    mouse.flags, mouse.dx, mouse.dy, mouse.data = flags, across, down, data & 0xFFFFFFFF
    return event
