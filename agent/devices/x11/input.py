"""`X11Input`: mouse and keyboard on X11, by the XTEST extension."""

from __future__ import annotations

import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from agent.core.devices import Button, Check
from agent.core.errors import ActionError, NoDisplay, NotInTime
from agent.core.geometry import Point
from agent.core.keys import key_name
from agent.core.secret import Secret
from agent.devices.keyboard import characters
from agent.devices.motion import way
from agent.devices.pause import pause
from agent.devices.x11.connection import Connection
from agent.devices.x11.display import QUERY_POINTER, Display
from agent.devices.x11.keyboard import Keyboard
from agent.devices.x11.keymap import Keymap, Stroke
from agent.devices.x11.keysym import KEYS, keysym
from agent.devices.x11.ping import Ping
from agent.devices.x11.typing import Typing

_BUTTONS = {"left": 1, "middle": 2, "right": 3}
_WHEEL_UP, _WHEEL_DOWN, _WHEEL_LEFT, _WHEEL_RIGHT = 4, 5, 6, 7
_LET_THROUGH_S = 2.0
"""How long a window manager may look at a click; one that works takes some milliseconds."""

_BETWEEN_CLICKS_S = 0.01


class X11Input:
    """Acts on one display. Thread-safe: one text, combination or click after the other."""

    def __init__(self, connection: Connection, listener: Connection) -> None:
        """Type and click through `connection`; `listener` is a second one, for the answers of the programs."""
        self._x = connection
        self._display = Display(connection)
        self._keyboard = Keyboard(connection)
        self._ping = Ping(listener)

    def type_text(
        self, text: str | Secret, *, into: int | None = None, delay_s: float = 0.0, check: Check = lambda: None
    ) -> int:
        """Type by the keys of the live layout, and by spare keys what is not on it."""
        plain = characters(text)
        with self._x.lock:
            return Typing(self._keyboard, self._display, self._ping, check, into).run(plain, delay_s)

    def hotkey(self, keys: Sequence[str], *, hold_s: float = 0.0, check: Check = lambda: None) -> None:
        """Press the keys in order and release them in reverse."""
        names = [key_name(key) for key in keys]
        with self._x.lock:
            typing = Typing(self._keyboard, self._display, self._ping, check)
            with typing.steady(keep_locks=True) as keymap:
                borrowed, strokes = self._strokes(names, keymap)
                with typing.borrowed(borrowed), self._held(strokes, keymap):
                    pause(hold_s, check)

    def position(self) -> Point:
        """Where the pointer is."""
        return self._pointer()[0]

    def _pointer(self) -> tuple[Point, int]:
        """(where it is, which buttons are down: bit 8 is the first)."""
        reply = self._x.request(QUERY_POINTER, 0, struct.pack("=I", self._display.root))
        x, y, buttons = struct.unpack_from("=hh4xH", reply, 16)
        return Point(x, y), buttons

    def move(self, point: Point, *, duration_s: float = 0.0, check: Check = lambda: None) -> None:
        """Move the pointer, at once or along a line."""
        for place in way(self.position(), point, duration_s, check):
            with self._x.lock:
                self._keyboard.point(place.x, place.y)
                self._keyboard.sync()

    def click(self, point: Point, *, button: Button = "left", count: int = 1, modifiers: Sequence[str] = ()) -> None:
        """Move there and click."""
        names = [key_name(key) for key in modifiers]
        with self._x.lock:
            keymap = self._keyboard.keymap()
            with self._held(self._strokes(names, keymap)[1], keymap):
                self._keyboard.point(point.x, point.y)
                for number in range(count):
                    if number:
                        # Two clicks in one and the same millisecond are no double click for Qt.
                        self._keyboard.sync()
                        time.sleep(_BETWEEN_CLICKS_S)
                    self._press(_BUTTONS[button])

    def scroll(self, dx: int, dy: int) -> None:
        """Turn the wheel; each notch is a press of one of its buttons."""
        with self._x.lock:
            for _ in range(abs(dy)):
                self._press(_WHEEL_DOWN if dy > 0 else _WHEEL_UP)
            for _ in range(abs(dx)):
                self._press(_WHEEL_RIGHT if dx > 0 else _WHEEL_LEFT)
            self._keyboard.sync()

    def release_all(self) -> None:
        """Let go of every key and button that is still held."""
        try:
            with self._x.lock:
                self._keyboard.release_ours()
        except NoDisplay:
            pass  # what is gone holds nothing

    def _press(self, button: int) -> None:
        """Press and release a button, and wait until the program under the pointer has got both.

        A window manager first looks at every click itself (that is how a click brings a window to the front) and
        the server holds it back meanwhile, but not the keys: what is typed next would reach the program before the
        click, and so a password the field above. Measured with openbox: half of all clicks, up to 3 ms. Until the
        server has let the click go, it says that the button is down.
        """
        own = 1 << 7 + button
        by_others = self._pointer()[1] & own
        self._keyboard.button(button, down=True)
        self._keyboard.button(button, down=False)
        until = time.monotonic() + _LET_THROUGH_S
        while self._pointer()[1] & own and not by_others:
            if time.monotonic() > until:
                raise NotInTime(
                    "The window manager holds a click back, so nothing more was done.",
                    "It may hang, or a menu or another program may hold the mouse. Try again when it reacts.",
                )
            time.sleep(0.0002)

    @contextmanager
    def _held(self, strokes: Sequence[Stroke], keymap: Keymap) -> Iterator[None]:
        """The keys held, in order, with the modifiers that they need themselves; released in reverse."""
        try:
            for stroke in strokes:
                for bit in range(8):
                    if stroke.modifiers >> bit & 1:
                        self._keyboard.press(keymap.modifier_key(bit))
                self._keyboard.press(stroke.keycode)
            self._x.flush()
            yield
        finally:
            self._keyboard.release_ours()

    def _strokes(self, names: Sequence[str], keymap: Keymap) -> tuple[dict[int, int], list[Stroke]]:
        """(what to put on spare keys, the key of each name)."""
        group = self._keyboard.state().group
        spare = iter(keymap.spare)
        borrowed: dict[int, int] = {}
        strokes = []
        for name in names:
            number = KEYS.get(name) or keysym(name)
            stroke = keymap.characters(group).get(name) or keymap.key(number, group)
            if stroke is None:
                keycode = next(spare, None)
                if keycode is None:
                    raise ActionError("The keyboard has no key {key}.", "Use another combination.", key=name)
                borrowed[keycode] = number
                stroke = Stroke(keycode)
            strokes.append(stroke)
        return borrowed, strokes
