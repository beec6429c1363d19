"""`Pointer`: the mouse of an X11 display, by XTEST. A button is pressed only where it is certain to go."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from agent.core.devices import Button, Check
from agent.core.errors import NotInTime
from agent.core.geometry import Point
from agent.devices.motion import drag_way, way
from agent.devices.pause import halted_after, pause
from agent.devices.x11.aim import Aim
from agent.devices.x11.display import Display
from agent.devices.x11.keyboard import Keyboard

_BUTTONS = {"left": 1, "middle": 2, "right": 3}
_WHEEL_UP, _WHEEL_DOWN, _WHEEL_LEFT, _WHEEL_RIGHT = 4, 5, 6, 7
_GRAB_SERVER, _UNGRAB_SERVER = 36, 37

_LET_THROUGH_S = 2.0
"""How long a window manager may look at a click; one that works takes some milliseconds."""
_BETWEEN_CLICKS_S = 0.01
_REST_S = 0.1
"""Before a drag moves, and before it lets go: a program that drags asks the one under the pointer by messages."""


class Pointer:
    """Moves, presses and turns the wheel. Hold the connection's lock for all but `position` and `move`."""

    def __init__(self, keyboard: Keyboard, display: Display) -> None:
        """The `keyboard` sends the events, and knows what is held down."""
        self._test = keyboard
        self._x = display.connection
        self._aim = Aim(display)

    def position(self) -> Point:
        """Where it is."""
        return self._aim.under_pointer().place

    def move(self, point: Point, *, duration_s: float, check: Check) -> None:
        """Move it, at once or along a line."""
        for place in way(self.position(), point, duration_s, check):
            self._to(place)

    def click(self, point: Point, button: Button, *, count: int, hold_s: float, into: int | None, check: Check) -> None:
        """Press and let go so many times, and wait until the program under the pointer has got it all."""
        for number in range(count):
            if number:
                # Two clicks in one and the same millisecond are no double click for Qt.
                self._test.sync()
                time.sleep(_BETWEEN_CLICKS_S)
            check()
            # Only the first: a double click may open a window at its first one, and the second is for it then.
            with self._pressed(_BUTTONS[button], point, into if number == 0 else None):
                pause(hold_s, check)

    def drag(self, places: Sequence[Point], button: Button, duration_s: float, into: int | None, check: Check) -> None:
        """Press at the first place, move along the others, let go at the last."""
        self._to(places[0])
        with self._pressed(_BUTTONS[button], places[0], into), halted_after(1):
            pause(_REST_S, check)
            for place in drag_way(places, duration_s, check):
                self._to(place)
            pause(_REST_S, check)

    def scroll(self, dx: int, dy: int, at: Point | None, into: int | None, check: Check) -> None:
        """Turn the wheel; each notch is a press of one of its buttons."""
        vertical, horizontal = _WHEEL_DOWN if dy > 0 else _WHEEL_UP, _WHEEL_RIGHT if dx > 0 else _WHEEL_LEFT
        for button in (*[vertical] * abs(dy), *[horizontal] * abs(dx)):
            check()
            with self._pressed(button, at, into):
                pass

    def _to(self, place: Point) -> None:
        with self._x.lock:
            self._test.point(place.x, place.y)
            self._test.sync()

    @contextmanager
    def _pressed(self, button: int, point: Point | None, into: int | None) -> Iterator[None]:
        """The button down, at the point (None: where the pointer is); let go at the end, and let through.

        A window manager first looks at every click itself (that is how a click brings a window to the front) and
        the server holds it back meanwhile, but not the keys: what is typed next would reach the program before the
        click, and so a password the field above. Measured with openbox: half of all clicks, up to 3 ms. Until the
        server has let the click go, it says that the button is down.
        """
        own = 1 << 7 + button
        by_others = self._press(button, point, into) & own
        try:
            yield
        finally:
            self._test.button(button, down=False)
            self._test.sync()
        until = time.monotonic() + _LET_THROUGH_S
        while self._aim.under_pointer().buttons & own and not by_others:
            if time.monotonic() > until:
                raise NotInTime(
                    "The window manager holds a click back, so nothing more was done.",
                    "It may hang, or a menu or another program may hold the mouse. Try again when it reacts.",
                )
            time.sleep(0.0002)

    def _press(self, button: int, point: Point | None, into: int | None) -> int:
        """Go there, look and press, with the server held still: nobody can step in between. The buttons before it."""
        self._x.post(_GRAB_SERVER)
        try:
            if point is not None:
                self._test.point(point.x, point.y)
            under = self._aim.under_pointer()
            if point is not None:
                self._aim.check_place(point, under)
            if into is not None:
                self._aim.check_window(into, under.place, under.child)
            self._test.button(button, down=True)
        finally:
            self._x.post(_UNGRAB_SERVER)
            self._x.flush()
        return under.buttons
