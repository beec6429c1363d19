"""The Windows backend against a double of ``user32``: the same contracts, and the bytes that SendInput gets.

It shows that we call Windows as documented, not that Windows does what is documented.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import pytest

from agent.core.errors import ActionError, Stop, WrongWindow
from agent.core.geometry import Point, Region
from agent.core.secret import Secret
from agent.devices.windows.input import WindowsInput
from agent.devices.windows.user32 import Input
from agent.devices.windows.windows import WindowsWindows
from tests.devices.device_contracts import LEFT, RIGHT, InputContract, WindowsContract
from tests.devices.user32 import Dwmapi, Gui, User32, Window


@dataclass(frozen=True)
class _Form:
    window: Window
    gui: Gui

    @property
    def id(self) -> int:
        return self.window.handle

    @property
    def middle(self) -> Point:
        left, top, right, bottom = self.window.place
        return Point((left + right) // 2, (top + bottom) // 2)

    def text(self) -> str:
        return self.window.text

    def clicks(self) -> int:
        return sum(call[:3] == ("click", self.middle.x, self.middle.y) for call in self.gui.calls)


class _Stage:
    def __init__(self) -> None:
        self.user32 = User32()
        self.gui = Gui(self.user32)
        self.windows = WindowsWindows(self.user32, Dwmapi(self.user32))
        self.input = WindowsInput(self.user32, self.gui, self.windows)

    def open(self, title: str, region: Region) -> _Form:
        place = (region.x, region.y, region.right, region.bottom)
        window = Window(0x1_0000_0001 + len(self.user32.stack), title, place)
        self.user32.stack.insert(0, window)
        self.user32.foreground = window
        return _Form(window, self.gui)


@pytest.fixture
def stage() -> _Stage:
    return _Stage()


class TestWindowsInput(InputContract):
    pass


class TestWindowsWindows(WindowsContract):
    pass


def test_the_structure_has_the_size_that_windows_checks(stage: _Stage) -> None:
    stage.input.type_text("a", into=stage.open("Form", LEFT).id)
    assert stage.user32.sizes == {ctypes.sizeof(Input)} == {40 if ctypes.sizeof(ctypes.c_void_p) == 8 else 28}


def test_a_thief_gets_nothing_and_the_count_is_right(stage: _Stage) -> None:
    form, thief = stage.open("Form", LEFT), stage.open("Thief", RIGHT)
    stage.user32.foreground = form.window
    looks = iter([form.window] * 3 + [thief.window] * 9)

    def check() -> None:
        stage.user32.foreground = next(looks)

    with pytest.raises(WrongWindow) as caught:
        stage.input.type_text(Secret("geheim"), into=form.id, check=check)
    assert caught.value.values["typed"] == 3
    assert (form.text(), thief.text()) == ("geh", "")


def test_a_refused_keystroke_is_an_error_with_the_remedy(stage: _Stage) -> None:
    form = stage.open("Form", LEFT)
    stage.user32.refuses = True
    with pytest.raises(ActionError, match="Windows refused") as caught:
        stage.input.type_text("abc", into=form.id)
    assert "administrator" in caught.value.hint


def test_hidden_cloaked_and_tool_windows_are_not_listed(stage: _Stage) -> None:
    form = stage.open("Form", LEFT)
    for name, value in (("visible", False), ("cloaked", True), ("style", 0x80), ("title", "")):
        setattr(stage.open("Other", RIGHT).window, name, value)
    assert [window.id for window in stage.windows.list()] == [form.id]


def test_a_minimised_window_is_restored(stage: _Stage) -> None:
    form = stage.open("Form", LEFT)
    form.window.iconic = True
    assert stage.windows.list()[0].minimized
    stage.windows.focus(form.id)
    assert not stage.windows.list()[0].minimized


def test_a_locked_desktop_takes_no_text(stage: _Stage) -> None:
    form = stage.open("Form", LEFT)
    stage.user32.foreground = None
    with pytest.raises(WrongWindow, match="no window had the keyboard"):
        stage.input.type_text("abc", into=form.id)


def test_keys_go_down_in_order_and_up_in_reverse(stage: _Stage) -> None:
    stage.input.hotkey(["Control", "Win", "s"])
    assert [call[1] for call in stage.gui.calls] == ["ctrl", "win", "s", "s", "win", "ctrl"]
    assert [call[0] for call in stage.gui.calls] == ["keyDown"] * 3 + ["keyUp"] * 3


def test_down_and_right_are_positive(stage: _Stage) -> None:
    stage.input.scroll(2, 1)
    assert stage.gui.calls == [("scroll", -120), ("hscroll", 240)]


def test_the_corner_stops_the_run(stage: _Stage) -> None:
    stage.gui.in_corner = True
    with pytest.raises(Stop):
        stage.input.click(Point(5, 5))
    stage.input.release_all()
