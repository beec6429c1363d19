"""`MacInput`: text by Quartz events that carry the character itself."""

from __future__ import annotations

from typing import Any

from agent.core.devices import Check, Still
from agent.core.errors import WrongWindow
from agent.core.geometry import Point
from agent.core.secret import Secret
from agent.devices.keyboard import characters, other_window, wrong_window
from agent.devices.macos.windows import MacWindows
from agent.devices.pause import halted_after, pause
from agent.devices.pyautogui_pointer import PyAutoGuiPointer

_RETURN, _TAB = 36, 48
"""kVK_Return and kVK_Tab (Carbon, HIToolbox/Events.h)."""

_KEYS = {"\n": _RETURN, "\t": _TAB}


class MacInput(PyAutoGuiPointer):
    """Types by Quartz; points and clicks by PyAutoGUI. The window is looked at before each character."""

    def __init__(self, quartz: Any, gui: Any, windows: MacWindows) -> None:
        super().__init__(gui)
        self._quartz = quartz
        self._windows = windows

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
        for typed, character in enumerate(plain):
            with halted_after(typed):
                check()
            self._check_front(into, typed, still)
            for down in (True, False):
                self._post(character, down=down)
            with halted_after(typed + 1):
                pause(delay_s, check)
        return len(plain)

    def _check_window(self, point: Point, into: int | None) -> None:
        there = self._windows.at(point) if into is not None else None
        if into is not None and (there is None or there.id != into):
            raise WrongWindow(
                "At {point} lies {there} instead of {window}, so nothing was pressed.",
                "Close or move what covers it; for a menu or dialog of its own, name that window.",
                point=point,
                there=there or "no window",
                window=next((str(each) for each in self._windows.list() if each.id == into), f"0x{into:x}"),
            )

    def _check_front(self, into: int | None, typed: int = 0, still: Still | None = None) -> None:
        if into is None:
            return
        windows = self._windows.list()
        active = next((window for window in windows if window.active), None)
        if active is None or active.id != into:
            wanted = next((str(window) for window in windows if window.id == into), f"0x{into:x}")
            raise wrong_window(wanted, str(active) if active else "no window", typed)
        if still is not None and not still(active):
            raise other_window(f"0x{into:x}", str(active), typed)

    def _post(self, character: str, *, down: bool) -> None:
        event = self._quartz.CGEventCreateKeyboardEvent(None, _KEYS.get(character, 0), down)
        if character not in _KEYS:
            units = len(character.encode("utf-16-le")) // 2
            self._quartz.CGEventKeyboardSetUnicodeString(event, units, character)
        # Else the event would carry Shift or Command from the keys that the person holds just now.
        self._quartz.CGEventSetFlags(event, 0)
        self._quartz.CGEventPost(self._quartz.kCGHIDEventTap, event)
