"""`WindowsInput`: text by ``SendInput`` with Unicode, which no keyboard layout can spoil."""

from __future__ import annotations

import ctypes
from typing import Any

from agent.core.devices import Check
from agent.core.errors import ActionError
from agent.core.secret import Secret
from agent.devices.keyboard import characters, wrong_window
from agent.devices.pause import pause
from agent.devices.pyautogui_pointer import PyAutoGuiPointer
from agent.devices.windows.user32 import INPUT_KEYBOARD, KEY_UP, UNICODE, VK_RETURN, VK_TAB, Input
from agent.devices.windows.windows import WindowsWindows

_KEYS = {"\n": VK_RETURN, "\t": VK_TAB}


class WindowsInput(PyAutoGuiPointer):
    """Types by SendInput; points and clicks by PyAutoGUI.

    The window is looked at before each character. Between the look and the key lie some microseconds in which
    Windows lets nobody hold it still (on X11 there are none).
    """

    def __init__(self, user32: Any, gui: Any, windows: WindowsWindows) -> None:
        super().__init__(gui)
        self._user32 = user32
        self._windows = windows

    def type_text(
        self, text: str | Secret, *, into: int | None = None, delay_s: float = 0.0, check: Check = lambda: None
    ) -> int:
        """Type every character."""
        plain = characters(text)
        for typed, character in enumerate(plain):
            check()
            strokes = _strokes(character)
            if into is not None and self._windows.foreground() != into:
                front = self._windows.name(self._windows.foreground())
                raise wrong_window(self._windows.name(into), front, typed)
            self._send(strokes)
            pause(delay_s, check)
        return len(plain)

    def _send(self, strokes: list[Input]) -> None:
        """One call for a whole character: SendInput lets no other input come between."""
        events = (Input * len(strokes))(*strokes)
        if self._user32.SendInput(len(strokes), events, ctypes.sizeof(Input)) != len(strokes):
            raise ActionError(
                "Windows refused the keystroke.",
                "The window in front may run as administrator; start this program as administrator too.",
            )


def _strokes(character: str) -> list[Input]:
    """Press and release: a virtual key for tab and line end, else each UTF-16 unit."""
    if character in _KEYS:
        return [_key(_KEYS[character], 0, flags) for flags in (0, KEY_UP)]
    encoded = character.encode("utf-16-le")
    units = [int.from_bytes(encoded[place : place + 2], "little") for place in range(0, len(encoded), 2)]
    return [_key(0, unit, UNICODE | up) for unit in units for up in (0, KEY_UP)]


def _key(key: int, scan: int, flags: int) -> Input:
    event = Input(type=INPUT_KEYBOARD)
    event.union.keyboard.key, event.union.keyboard.scan, event.union.keyboard.flags = key, scan, flags
    return event
