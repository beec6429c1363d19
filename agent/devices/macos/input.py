"""`MacInput`: text by Quartz events that carry the character itself."""

from __future__ import annotations

from typing import Any

from agent.core.devices import Check
from agent.core.secret import Secret
from agent.devices.keyboard import characters, wrong_window
from agent.devices.macos.windows import MacWindows
from agent.devices.pause import pause
from agent.devices.pyautogui_pointer import PyAutoGuiPointer

_RETURN, _TAB = 36, 48
"""kVK_Return and kVK_Tab (Carbon, HIToolbox/Events.h)."""

_KEYS = {"\n": _RETURN, "\t": _TAB}


class MacInput(PyAutoGuiPointer):
    """Types by Quartz; points and clicks by PyAutoGUI. The window is looked at before each character."""

    def __init__(self, quartz: Any, gui: Any, windows: MacWindows) -> None:
        super().__init__(gui, mac=True)
        self._quartz = quartz
        self._windows = windows

    def type_text(
        self, text: str | Secret, *, into: int | None = None, delay_s: float = 0.0, check: Check = lambda: None
    ) -> int:
        """Type every character."""
        plain = characters(text)
        for typed, character in enumerate(plain):
            check()
            if into is not None:
                self._guard(into, typed)
            for down in (True, False):
                self._post(character, down=down)
            pause(delay_s, check)
        return len(plain)

    def _guard(self, into: int, typed: int) -> None:
        windows = self._windows.list()
        active = next((window for window in windows if window.active), None)
        if active is None or active.id != into:
            wanted = next((str(window) for window in windows if window.id == into), f"0x{into:x}")
            raise wrong_window(wanted, str(active) if active else "no window", typed)

    def _post(self, character: str, *, down: bool) -> None:
        event = self._quartz.CGEventCreateKeyboardEvent(None, _KEYS.get(character, 0), down)
        if character not in _KEYS:
            units = len(character.encode("utf-16-le")) // 2
            self._quartz.CGEventKeyboardSetUnicodeString(event, units, character)
        self._quartz.CGEventPost(self._quartz.kCGHIDEventTap, event)
