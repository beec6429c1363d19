"""`X11Input`: mouse and keyboard on X11, by the XTEST extension."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from agent.core.devices import Button, Check, Still
from agent.core.errors import ActionError, NoDisplay
from agent.core.geometry import Point
from agent.core.keys import MODIFIERS, key_name
from agent.core.secret import Secret
from agent.devices.keyboard import characters
from agent.devices.pause import halted_after, pause
from agent.devices.x11.connection import Connection
from agent.devices.x11.display import Display
from agent.devices.x11.keyboard import Keyboard, Sends
from agent.devices.x11.keymap import Keymap, Stroke
from agent.devices.x11.keysym import INSTEAD, KEYS, keysym
from agent.devices.x11.ping import Ping
from agent.devices.x11.pointer import Pointer
from agent.devices.x11.typing import Typing


class X11Input:
    """Acts on one display. Thread-safe: one text, combination or click after the other."""

    def __init__(
        self, connection: Connection, listener: Connection, sends: Sends = lambda kind, code, x, y: None
    ) -> None:
        """Type and click through `connection`; `listener` is a second one, for the answers of the programs.

        `sends` is told of each event before it is sent (see `Keyboard`).
        """
        self._x = connection
        self._display = Display(connection)
        self._keyboard = Keyboard(connection, sends)
        self._pointer = Pointer(self._keyboard, self._display)
        self._ping = Ping(listener)

    def type_text(
        self,
        text: str | Secret,
        *,
        into: int | None = None,
        delay_s: float = 0.0,
        check: Check = lambda: None,
        still: Still | None = None,
    ) -> int:
        """Type by the keys of the live layout, and by spare keys what is not on it."""
        plain = characters(text)
        with self._x.lock:
            typing = Typing(self._keyboard, self._display, self._ping, check, into=into, still=still)
            return typing.run(plain, delay_s)

    def hotkey(
        self, keys: Sequence[str], *, into: int | None = None, hold_s: float = 0.0, check: Check = lambda: None
    ) -> None:
        """Press the keys in order and release them in reverse."""
        names = [key_name(key) for key in keys]
        with self._x.lock, halted_after(0):
            typing = Typing(self._keyboard, self._display, self._ping, check, into=into)
            with typing.steady(keep_locks=True) as keymap:
                borrowed, strokes = self._strokes(names, keymap)
                held = typing.held(_keys(strokes, keymap))
                with typing.borrowed(borrowed), self._digits(strokes, keymap), held, halted_after(1):
                    pause(hold_s, check)

    def position(self) -> Point:
        """Where the pointer is."""
        return self._pointer.position()

    def move(self, point: Point, *, duration_s: float = 0.0, check: Check = lambda: None) -> None:
        """Move the pointer, at once or along a line."""
        self._pointer.move(point, duration_s=duration_s, check=check)

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
        with self._x.lock, self._with_keys(modifiers):
            self._pointer.click(point, button, count=count, hold_s=hold_s, into=into, check=check)

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
        with self._x.lock, self._with_keys(modifiers):
            self._pointer.drag(places, button, duration_s, into, check)

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
        """Turn the wheel; each notch is a press of one of its buttons."""
        with self._x.lock, self._with_keys(modifiers):
            self._pointer.scroll(dx, dy, at, into, check)

    def release_all(self) -> None:
        """Let go of every key and button that is still held."""
        try:
            with self._x.lock:
                self._keyboard.release_ours()
        except NoDisplay:
            pass  # what is gone holds nothing

    @contextmanager
    def _with_keys(self, modifiers: Sequence[str]) -> Iterator[None]:
        """The modifier keys held meanwhile; afterwards nothing of ours is down, whatever happened."""
        names = [key_name(key) for key in modifiers]
        if not names:
            yield
            return
        keymap = self._keyboard.keymap()
        try:
            self._keyboard.hold(*_keys(self._strokes(names, keymap)[1], keymap))
            yield
        finally:
            self._keyboard.release_ours()

    @contextmanager
    def _digits(self, strokes: Sequence[Stroke], keymap: Keymap) -> Iterator[None]:
        """Num Lock on meanwhile, where a key needs it: pressing the key Num Lock would only turn it over."""
        needed = keymap.num_lock if any(stroke.modifiers & keymap.num_lock for stroke in strokes) else 0
        state = self._keyboard.state()
        if needed & ~state.locked == 0:
            yield
            return
        self._keyboard.lock(needed, needed, state.locked_group)
        try:
            yield
        finally:
            self._keyboard.lock(0, needed, state.locked_group)

    def _strokes(self, names: Sequence[str], keymap: Keymap) -> tuple[dict[int, tuple[int, ...]], list[Stroke]]:
        """(what to put on spare keys, the key of each name)."""
        group = self._keyboard.state().group
        spare = iter(keymap.spare)
        borrowed: dict[int, tuple[int, ...]] = {}
        strokes = []
        for name in names:
            number = KEYS.get(name) or keysym(name)
            stroke = keymap.characters(group).get(name) or keymap.key(number, group)
            if stroke is None and name in INSTEAD:
                stroke = keymap.key(INSTEAD[name], group)
            if stroke is None:
                # A modifier is more than its keysym: a spare key does not become one.
                keycode = None if name in MODIFIERS else next(spare, None)
                if keycode is None:
                    raise ActionError("The keyboard has no key {key}.", "Use another combination.", key=name)
                borrowed[keycode] = (number,)
                stroke = Stroke(keycode)
            strokes.append(stroke)
        return borrowed, strokes


def _keys(strokes: Sequence[Stroke], keymap: Keymap) -> list[int]:
    """The keycodes to hold, in order: each key after the modifiers that it needs itself, but for Num Lock."""
    keys = []
    for stroke in strokes:
        modifiers = stroke.modifiers & ~keymap.num_lock
        keys += [keymap.modifier_key(bit) for bit in range(8) if modifiers >> bit & 1]
        keys.append(stroke.keycode)
    return keys
