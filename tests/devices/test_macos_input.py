"""The keyboard of macOS against doubles of Quartz and PyAutoGUI: what is called, not what macOS makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from agent.core.errors import ActionError, WrongWindow
from agent.core.geometry import Region
from agent.core.target import WindowInfo
from agent.devices.macos.input import MacInput
from tests.devices.user32 import Gui, User32

FORM = WindowInfo(7, "Form", Region(0, 0, 100, 100), active=True)


@dataclass
class _Event:
    key: int
    down: bool
    text: str = ""
    flags: int = 0x20000
    """Shift, which the person holds just now: an event takes over what is held, unless it is told otherwise."""


@dataclass
class _Quartz:
    kCGHIDEventTap = 0  # noqa: N815 - Apple's name, here and below
    posted: list[_Event] = field(default_factory=list)

    def CGEventCreateKeyboardEvent(self, source: None, key: int, down: bool) -> _Event:  # noqa: N802
        return _Event(key, down)

    def CGEventKeyboardSetUnicodeString(self, event: _Event, units: int, text: str) -> None:  # noqa: N802
        assert units == len(text.encode("utf-16-le")) // 2
        event.text = text

    def CGEventSetFlags(self, event: _Event, flags: int) -> None:  # noqa: N802
        event.flags = flags

    def CGEventPost(self, tap: int, event: _Event) -> None:  # noqa: N802
        self.posted.append(event)


@dataclass(frozen=True)
class _Windows:
    windows: tuple[WindowInfo, ...] = (FORM,)

    def list(self) -> tuple[WindowInfo, ...]:
        return self.windows


@pytest.fixture
def quartz() -> _Quartz:
    return _Quartz()


@pytest.fixture
def gui() -> Gui:
    return Gui(User32())


@pytest.fixture
def keyboard(quartz: _Quartz, gui: Gui) -> MacInput:
    windows: Any = _Windows()
    return MacInput(quartz, gui, windows)


def test_each_character_goes_down_and_up_whatever_the_person_holds(keyboard: MacInput, quartz: _Quartz) -> None:
    assert keyboard.type_text("Ü😀\n\t", into=FORM.id) == 4
    assert [event.text or event.key for event in quartz.posted if event.down] == ["Ü", "😀", 36, 48]
    assert [event.down for event in quartz.posted] == [True, False] * 4
    assert {event.flags for event in quartz.posted} == {0}


def test_another_window_gets_neither_text_nor_combination(keyboard: MacInput, quartz: _Quartz, gui: Gui) -> None:
    with pytest.raises(WrongWindow):
        keyboard.type_text("abc", into=99)
    with pytest.raises(WrongWindow):
        keyboard.hotkey(["cmd", "v"], into=99)
    assert (quartz.posted, gui.calls) == ([], [])


def test_keys_have_the_names_of_the_mac(keyboard: MacInput, gui: Gui) -> None:
    keyboard.hotkey(["cmd", "option", "s"], into=FORM.id)
    assert gui.calls[:3] == [("keyDown", "command"), ("keyDown", "option"), ("keyDown", "s")]


def test_a_key_that_pyautogui_would_leave_out_is_an_error(keyboard: MacInput, gui: Gui) -> None:
    with pytest.raises(ActionError, match="The keyboard has no key ü"):
        keyboard.hotkey(["cmd", "ü"])
    assert gui.calls == []
