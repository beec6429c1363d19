"""The Windows backend against a double of ``user32``: the same contracts, and the bytes that SendInput gets.

It shows that we call Windows as documented, not that Windows does what is documented.
"""

from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass

import pytest

from agent.core.errors import ActionError, Elevated, Stop, WrongWindow
from agent.core.geometry import Point, Region
from agent.core.keys import NAMED
from agent.core.secret import Secret
from agent.devices.windows.input import WindowsInput
from agent.devices.windows.integrity import Integrity
from agent.devices.windows.keys import KEYS
from agent.devices.windows.session import WindowsSession
from agent.devices.windows.user32 import Input
from agent.devices.windows.windows import WindowsWindows
from tests.devices.device_contracts import LEFT, RIGHT, InputContract, WindowsContract
from tests.devices.user32 import Dwmapi, Gui, User32, Window
from tests.devices.windows_rights import HIGH, MEDIUM, Rights, SessionDouble


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
        return self.window.clicks.count("left down")


class _Stage:
    def __init__(self) -> None:
        self.user32 = User32()
        self.gui = Gui(self.user32)
        self.rights = Rights()
        self.windows = WindowsWindows(self.user32, Dwmapi(self.user32), Integrity(self.rights, self.rights))
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
    down, up = (0xA2, 0x5B, 0x53), (0x53, 0x5B, 0xA2)
    assert [key[:2] for key in stage.user32.keys] == [(key, "down") for key in down] + [(key, "up") for key in up]
    assert [key[2] for key in stage.user32.keys] == [False, True, False] * 2  # the Windows key came with the enhanced


def test_a_character_brings_the_modifiers_that_it_needs_on_this_layout(stage: _Stage) -> None:
    stage.open("Form", LEFT)
    stage.input.hotkey(["Alt", "€"])  # AltGr+E on a German keyboard: Ctrl and Alt for Windows
    assert [key[0] for key in stage.user32.keys if key[1] == "down"] == [0xA4, 0xA2, 0xA4, 0x45]
    stage.user32.keys.clear()
    stage.input.hotkey(["ctrl", "z"])  # not on the double's layout, as on a Russian one
    assert [key[0] for key in stage.user32.keys if key[1] == "down"] == [0xA2, 0x5A]
    with pytest.raises(ActionError, match="The keyboard has no key 日"):
        stage.input.hotkey(["日"])


def test_every_named_key_has_a_code_of_its_own(stage: _Stage) -> None:
    assert set(KEYS) == NAMED
    assert len(set(KEYS.values())) == len(KEYS)


def test_held_keys_are_let_go_by_a_stop(stage: _Stage) -> None:
    def stop() -> None:
        raise Stop

    with pytest.raises(Stop):
        stage.input.hotkey(["ctrl", "delete"], hold_s=60, check=stop)
    assert [key[:2] for key in stage.user32.keys[2:]] == [(0x2E, "up"), (0xA2, "up")]


def test_a_combination_for_another_window_is_not_pressed(stage: _Stage) -> None:
    behind, _ = stage.open("Behind", LEFT), stage.open("Front", RIGHT)
    with pytest.raises(WrongWindow):
        stage.input.hotkey(["x"], into=behind.id)
    assert stage.user32.keys == []


def test_an_emoji_is_a_pair_of_units_and_nothing_is_lost(stage: _Stage) -> None:
    form = stage.open("Form", LEFT)
    stage.input.type_text("a😀👩\u200d👧\tb\n", into=form.id)
    assert form.text() == "a😀👩\u200d👧\tb\n"


def test_a_shift_key_of_the_person_is_waited_for_and_then_named(stage: _Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    form = stage.open("Form", LEFT)
    stage.user32.held_by_person.add(0x10)
    monkeypatch.setattr("agent.devices.windows.input.HANDS_S", 0.05)
    with pytest.raises(ActionError, match="Somebody holds Shift"):
        stage.input.type_text("abc", into=form.id)
    monkeypatch.setattr("agent.devices.windows.input.HANDS_S", 60)
    assert stage.input.type_text("abc", into=form.id, check=stage.user32.held_by_person.clear) == 3
    assert form.text() == "abc"


def test_down_and_right_are_positive(stage: _Stage) -> None:
    form = stage.open("Form", LEFT)
    stage.input.scroll(2, 1, at=form.middle)
    assert form.window.clicks == ["wheel -120", "side wheel 240"]


def test_a_monitor_left_of_the_primary_one_has_negative_places(stage: _Stage) -> None:
    stage.user32.screen = (-1920, -200, 3840, 1280)
    form = stage.open("Form", Region(-1900, -150, 300, 200))
    for point in (form.middle, Point(-1900, -150), Point(-1601, 49)):
        stage.input.click(point, into=form.id)
        assert stage.input.position() == point
    assert form.clicks() == 3


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (5760, 2160), (11520, 4320)])
def test_every_pixel_is_hit_exactly(stage: _Stage, size: tuple[int, int]) -> None:
    stage.user32.screen = (-size[0] // 3, -7, *size)
    left, top, width, height = stage.user32.screen
    for x, y in [(left + n * 37 % width, top + n * 11 % height) for n in range(400)] + [(left + width - 1, top)]:
        stage.input.move(Point(x, y))
        assert stage.input.position() == Point(x, y)


def test_a_place_outside_of_all_monitors_is_not_clicked(stage: _Stage) -> None:
    form = stage.open("Form", Region(1700, 900, 300, 300))
    with pytest.raises(ActionError, match="The point 1950,1000 cannot be reached"):
        stage.input.click(Point(1950, 1000))
    assert form.window.clicks == []


def test_the_left_button_of_a_left_handed_person_is_the_right_one(stage: _Stage) -> None:
    form = stage.open("Form", LEFT)
    stage.user32.swapped = True
    stage.input.click(form.middle)
    assert form.window.clicks == ["right down", "right up"]


def test_every_button_is_let_go_when_a_drag_is_stopped(stage: _Stage) -> None:
    form = stage.open("Form", LEFT)

    def check() -> None:
        if stage.input.position() != form.middle:
            raise Stop

    with pytest.raises(Stop):
        stage.input.drag([form.middle, form.middle.moved(50, 50)], button="right", check=check)
    assert form.window.clicks == ["right down", "right up"]


def test_a_window_with_more_rights_is_named_before_anything_is_sent(stage: _Stage) -> None:
    form = stage.open("Form", LEFT)
    form.window.pid, stage.rights.levels[77] = 77, HIGH
    assert stage.windows.list()[0].elevated
    for act in (
        lambda: stage.input.click(form.middle),
        lambda: stage.input.type_text("abc", into=form.id),
        lambda: stage.input.drag([form.middle, form.middle.moved(9, 9)]),
    ):
        with pytest.raises(Elevated, match="runs with more rights than this program") as caught:
            act()
    assert "administrator" in caught.value.hint
    assert (form.text(), form.window.clicks) == ("", [])


def test_a_process_that_may_not_be_asked_has_more_rights(stage: _Stage) -> None:
    integrity = Integrity(stage.rights, stage.rights)
    stage.rights.levels |= {5: MEDIUM, 6: HIGH}
    stage.rights.secret.add(7)
    assert [integrity.above_ours(pid) for pid in (5, 6, 7, 404, 0)] == [False, True, True, False, False]
    assert stage.rights.open_handles == 0


def test_an_administrator_reaches_administrators(stage: _Stage) -> None:
    stage.rights.levels[os.getpid()] = stage.rights.levels[6] = HIGH
    assert not Integrity(stage.rights, stage.rights).above_ours(6)


@pytest.mark.parametrize(
    ("state", "input_desktop", "kind"),
    [(0, True, "ready"), (0, False, "locked"), (4, False, "gone"), (None, True, "ready")],
)
def test_the_session_is_ready_locked_or_disconnected(state: int | None, input_desktop: bool, kind: str) -> None:
    system = SessionDouble(state, input_desktop)
    assert WindowsSession(system, system).state().kind == kind
    assert system.taken == 0


def test_full_screen_is_refused_in_a_sentence(stage: _Stage) -> None:
    form = stage.open("Form", LEFT)
    with pytest.raises(ActionError, match="cannot make the window of another program full screen") as caught:
        stage.windows.set_state(form.id, "fullscreen")
    assert "f11" in caught.value.hint


def test_the_corner_stops_the_run(stage: _Stage) -> None:
    stage.gui.in_corner = True
    with pytest.raises(Stop):
        stage.input.click(Point(5, 5))
    stage.input.release_all()
