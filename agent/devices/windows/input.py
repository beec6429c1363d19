"""`WindowsInput`: text by ``SendInput`` with Unicode, which no keyboard layout can spoil."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from agent.core.devices import Check, Still
from agent.core.errors import ActionError
from agent.core.secret import Secret
from agent.devices.keyboard import HANDS_S, characters, hands_in_the_way, other_window, wrong_window
from agent.devices.pause import halted_after, pause
from agent.devices.windows.keys import KEYS, MODIFIERS, key_event, keys_for
from agent.devices.windows.mouse import WindowsMouse
from agent.devices.windows.user32 import INPUT_KEYBOARD, KEY_UP, UNICODE, Input
from agent.devices.windows.windows import WindowsWindows

_KEYS = {"\n": KEYS["enter"], "\t": KEYS["tab"]}
_DOWN = 0x8000
"""The bit of GetAsyncKeyState for a key that is down now."""


class WindowsInput(WindowsMouse):
    """Types, presses keys and clicks by SendInput.

    The window is looked at before each character. Between the look and the key lie some microseconds in which
    Windows lets nobody hold it still (on X11 there are none).
    """

    def __init__(self, user32: Any, gui: Any, windows: WindowsWindows) -> None:
        super().__init__(user32, gui, windows)
        self._pressed_keys: dict[tuple[int, int], None] = {}

    def type_text(
        self,
        text: str | Secret,
        *,
        into: int | None = None,
        delay_s: float = 0.0,
        check: Check = lambda: None,
        still: Still | None = None,
    ) -> int:
        """Type every character."""
        plain = characters(text)
        front = self._windows.active()
        if front is not None and (into is None or front.id == into):
            self._windows.check_reachable(front)
        for typed, character in enumerate(plain):
            with halted_after(typed):
                check()
                self._wait_for_free_hands(check)
            if into is not None and self._windows.foreground() != into:
                other = self._windows.name(self._windows.foreground())
                raise wrong_window(self._windows.name(into), other, typed)
            if still is not None and into is not None and not self._is_still(into, still):
                raise other_window(f"0x{into:x}", self._windows.name(into), typed)
            self._send(self._strokes(character))
            with halted_after(typed + 1):
                pause(delay_s, check)
        return len(plain)

    def _is_still(self, into: int, still: Still) -> bool:
        seen = self._windows.active()
        return seen is not None and seen.id == into and still(seen)

    def release_all(self) -> None:
        """Let go of every key and button that we hold."""
        self._release_keys()
        super().release_all()

    def _check_front(self, into: int | None) -> None:
        if into is not None and self._windows.foreground() != into:
            other = self._windows.name(self._windows.foreground())
            raise wrong_window(self._windows.name(into), other, 0)

    @contextmanager
    def _held(self, names: Sequence[str]) -> Iterator[None]:
        keys = [key for name in names for key in keys_for(name, self._user32)]
        try:
            for key in keys:
                self._pressed_keys[key] = None
                self._send([key_event(key, self._user32)])
            yield
        finally:
            self._release_keys()

    def _release_keys(self) -> None:
        for key in reversed(self._pressed_keys):
            event = key_event(key, self._user32, up=True)
            self._user32.SendInput(1, ctypes.byref(event), ctypes.sizeof(Input))
        self._pressed_keys.clear()

    def _wait_for_free_hands(self, check: Check) -> None:
        """Until nobody holds Shift, Ctrl, Alt or the Windows key: with them a character would be a command."""
        until = time.monotonic() + HANDS_S
        while any(self._user32.GetAsyncKeyState(key) & _DOWN for key in MODIFIERS):
            check()
            if time.monotonic() > until:
                raise hands_in_the_way()
            time.sleep(0.01)

    def _send(self, strokes: list[Input]) -> None:
        """One call for a whole character: SendInput lets no other input come between."""
        events = (Input * len(strokes))(*strokes)
        if self._user32.SendInput(len(strokes), events, ctypes.sizeof(Input)) != len(strokes):
            raise ActionError(
                "Windows refused the keystroke.",
                "The window in front may run as administrator; start this program as administrator too.",
            )

    def _strokes(self, character: str) -> list[Input]:
        """Press and release: a virtual key for tab and line end, else each UTF-16 unit, a pair for an emoji."""
        if character in _KEYS:
            return [key_event(_KEYS[character], self._user32, up=up) for up in (False, True)]
        encoded = character.encode("utf-16-le")
        units = [int.from_bytes(encoded[place : place + 2], "little") for place in range(0, len(encoded), 2)]
        return [_unit(unit, UNICODE | up) for unit in units for up in (0, KEY_UP)]


def _unit(unit: int, flags: int) -> Input:
    event = Input(type=INPUT_KEYBOARD)
    event.union.keyboard.scan, event.union.keyboard.flags = unit, flags
    return event
