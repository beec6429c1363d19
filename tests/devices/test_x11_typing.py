"""Typing on X11: every character on every layout, and never a key into another window."""

from __future__ import annotations

import random
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest

from agent.core.clipboard import Clip
from agent.core.errors import ActionError, NoDisplay, NotInTime, Stop, WrongWindow
from agent.core.secret import Secret
from agent.devices.virtual_display import VirtualDisplay
from agent.devices.x11 import typing as x11_typing
from agent.devices.x11.clipboard import X11Clipboard
from agent.devices.x11.connection import Connection
from agent.devices.x11.display import QUERY_POINTER, Display
from agent.devices.x11.input import X11Input
from agent.devices.x11.keyboard import Keyboard
from agent.devices.x11.keymap import LOCK
from agent.devices.x11.windows import X11Windows
from tests.devices.conftest import Start
from tests.devices.device_contracts import TEXT, keys_down

pytestmark = pytest.mark.desktop


@dataclass(frozen=True)
class Desk:
    """The display with everything that a test may want to do to it, over connections of their own."""

    display: VirtualDisplay
    input: X11Input
    windows: X11Windows
    keyboard: Keyboard
    """Somebody else's hands."""

    def layout(self, name: str) -> None:
        subprocess.run(["setxkbmap", *name.split()], check=True)

    @contextmanager
    def held(self, keysym: int) -> Iterator[None]:
        keymap = self.keyboard.keymap()
        stroke = keymap.key(keysym, 0)
        assert stroke is not None
        self.keyboard.hold(stroke.keycode)
        self.keyboard.sync()
        try:
            yield
        finally:
            self.keyboard.release_ours()


@pytest.fixture
def desk(display: VirtualDisplay) -> Iterator[Desk]:
    connections = [display.connect() for _ in range(4)]
    desk = Desk(
        display,
        X11Input(connections[0], connections[1]),
        X11Windows(connections[2]),
        Keyboard(connections[3]),
    )
    desk.layout("us -option")
    desk.keyboard.lock(0, 0xFF, 0)
    yield desk
    desk.layout("us -option")
    desk.keyboard.lock(0, 0xFF, 0)
    for connection in connections:
        connection.close()


@pytest.mark.parametrize("layout", ["us", "de", "de nodeadkeys", "fr", "ru", "gr", "us,de", "cz"])
def test_every_character_arrives_on_every_layout(desk: Desk, start: Start, layout: str) -> None:
    form = start("Form")
    desk.layout(layout)
    for _ in range(5):
        form.clear()
        desk.input.type_text(TEXT, into=form.window)
        assert form.settled() == TEXT


def test_the_second_layout_is_used_when_it_is_in_force(desk: Desk, start: Start) -> None:
    form = start("Form")
    desk.layout("us,ru")
    desk.keyboard.lock(0, 0, 1)
    desk.input.type_text("съешь ещё these", into=form.window)
    assert form.settled() == "съешь ещё these"
    assert desk.keyboard.state().group == 1


def test_another_toolkit_reads_the_same(desk: Desk, start: Start) -> None:
    pytest.importorskip("tkinter")
    form = start("Form", "100,100,500,300", "tk_receiver.py")
    for _ in range(3):
        form.clear()
        desk.input.type_text(TEXT, into=form.window)
        assert form.settled() == TEXT


def test_more_strange_characters_than_spare_keys(desk: Desk, start: Start) -> None:
    form, text = start("Form"), "".join(chr(0x4E00 + number) for number in range(60))
    desk.input.type_text(text, into=form.window)
    assert form.settled() == text


def test_a_busy_program_loses_nothing(desk: Desk, start: Start) -> None:
    form = start("Form")
    form.order("busy 400")
    form.wait_for(lambda event: "busy" in event)
    desk.input.type_text("über € 日本", into=form.window)
    assert form.settled() == "über € 日本"


def test_the_keyboard_map_is_given_back_as_it_was(desk: Desk, start: Start) -> None:
    form, before = start("Form"), desk.keyboard.keymap()
    desk.input.type_text("日本 😀", into=form.window)
    assert desk.keyboard.keymap() is before  # equal replies give one and the same map


def test_the_keyboard_map_is_given_back_after_a_stop_too(desk: Desk, start: Start) -> None:
    form, before = start("Form"), desk.keyboard.keymap()
    with pytest.raises(Stop):
        desk.input.type_text("日本 😀" * 50, into=form.window, check=_stop_after(60))
    assert desk.keyboard.keymap() is before  # equal replies give one and the same map
    assert "日本 😀" * 50 != form.settled() != ""
    assert set(form.settled()) <= set("日本 😀")


def test_caps_lock_does_not_spoil_the_text_and_stays_on(desk: Desk, start: Start) -> None:
    form = start("Form")
    desk.keyboard.lock(LOCK, LOCK, 0)
    desk.input.type_text("Straße ä Ä a A €", into=form.window)
    assert form.settled() == "Straße ä Ä a A €"
    assert desk.keyboard.state().locked & LOCK


def test_num_lock_stays_on_and_digits_are_right(desk: Desk, start: Start) -> None:
    form = start("Form")
    num_lock = desk.keyboard.keymap().num_lock
    desk.keyboard.lock(num_lock, num_lock, 0)
    desk.input.type_text("1.234,56 Äß", into=form.window)
    assert form.settled() == "1.234,56 Äß"
    assert desk.keyboard.state().locked == num_lock


def test_a_shift_key_that_a_crashed_program_left_down_is_released(desk: Desk, start: Start) -> None:
    form = start("Form")
    with desk.held(0xFFE1):
        desk.input.type_text("abc", into=form.window)
    assert form.settled() == "abc"


def test_a_layout_changed_in_the_middle_does_not_spoil_the_text(desk: Desk, start: Start) -> None:
    form, text = start("Form"), "Zebra yz äöü -/?= " * 10

    def check() -> None:
        nonlocal calls
        calls += 1
        if calls in (60, 120):
            form.settled()  # what the program has not read yet, it would read by the new layout
            desk.layout("de" if calls == 60 else "fr")

    calls = 0
    desk.input.type_text(text, into=form.window, check=check)
    assert form.settled() == text


def test_the_map_of_our_own_keyboard_counts_when_it_differs(desk: Desk, start: Start) -> None:
    """On a real machine each keyboard has a map, and that of XTEST need not be the one that the person types on."""
    form = start("Form")
    desk.layout(f"-device {desk.keyboard.device} de")
    for _ in range(2):
        form.clear()
        desk.input.type_text(TEXT, into=form.window)
        assert form.settled() == TEXT
    desk.layout(f"-device {desk.keyboard.device} us")


def test_a_hotkey_arrives_with_its_modifiers(desk: Desk, start: Start) -> None:
    form = start("Form")
    desk.input.type_text("delete me", into=form.window)
    desk.input.hotkey(["Ctrl", "A"])
    assert form.wait_for(lambda event: "selected" in event)["selected"] == "delete me"
    desk.input.hotkey(["delete"])
    assert form.settled() == ""


@pytest.mark.parametrize("layout", ["ru", "de", "fr"])
def test_a_hotkey_works_on_other_layouts(desk: Desk, start: Start, layout: str) -> None:
    form = start("Form")
    desk.layout(layout)
    desk.input.type_text("text", into=form.window)
    desk.input.hotkey(["ctrl", "a"])
    assert form.wait_for(lambda event: "selected" in event)["selected"] == "text"


@pytest.mark.parametrize("num_lock", [False, True])
def test_the_number_pad_gives_digits_whatever_num_lock_is(desk: Desk, start: Start, num_lock: bool) -> None:
    form = start("Form")
    mask = desk.keyboard.keymap().num_lock
    desk.keyboard.lock(mask if num_lock else 0, mask, 0)
    for key in ("num4", "num2", "numplus", "Num 7", "numenter"):
        desk.input.hotkey([key])
    assert form.settled() == "42+7\n"
    assert desk.keyboard.state().locked == (mask if num_lock else 0)


def test_altgr_gives_the_third_sign_of_a_key(desk: Desk, start: Start) -> None:
    form = start("Form")
    desk.layout("de")
    desk.input.hotkey(["AltGr", "q"])
    desk.input.hotkey(["altgr", "e"])
    desk.input.hotkey(["Umschalt", "ä"])
    assert form.settled() == "@€Ä"


def test_altgr_is_there_on_a_us_layout_too(desk: Desk, start: Start) -> None:
    form = start("Form")
    desk.input.hotkey(["altgr", "f6"])
    assert (
        form.wait_for(lambda event: event.get("key") == 0x0100_0035)["modifiers"] == 0x4000_0000
    )  # Key_F6, GroupSwitch
    assert keys_down(desk.keyboard) == frozenset()


@pytest.mark.parametrize(("key", "qt"), [("f13", 0x0100_003C), ("volumemute", 0x0100_0071), ("playpause", 0x0100_0080)])
def test_function_and_media_keys_arrive(desk: Desk, start: Start, key: str, qt: int) -> None:
    form = start("Form")
    desk.input.hotkey([key])
    form.wait_for(lambda event: event.get("key") == qt)


def test_a_held_key_repeats_and_is_let_go(desk: Desk, start: Start) -> None:
    form, enough = start("Form"), threading.Event()

    def press() -> None:
        with suppress(Stop):
            desk.input.hotkey(["x"], hold_s=60, check=_until(enough))

    hold = threading.Thread(target=press)
    hold.start()
    form.wait_for(lambda event: event.get("text", "").count("x") > 3)  # the server repeats it while it is down
    enough.set()
    hold.join()
    assert keys_down(desk.keyboard) == frozenset()


def test_a_stop_lets_a_held_combination_go(desk: Desk, start: Start) -> None:
    start("Form")
    with pytest.raises(Stop):
        desk.input.hotkey(["ctrl", "shift", "f5"], hold_s=60, check=_stop_after(5))
    assert keys_down(desk.keyboard) == frozenset()
    assert desk.keyboard.state().held == 0


def test_a_combination_for_another_window_is_not_pressed(desk: Desk, start: Start) -> None:
    behind, front = start("Behind"), start("Front", "800,150,500,300")
    with pytest.raises(WrongWindow):
        desk.input.hotkey(["x"], into=behind.window)
    assert (behind.settled(), front.settled()) == ("", "")
    assert keys_down(desk.keyboard) == frozenset()
    desk.input.hotkey(["x"], into=front.window)
    assert front.settled() == "x"


def test_a_text_is_pasted_and_known_to_be_read(desk: Desk, start: Start) -> None:
    form, connections = start("Form"), [desk.display.connect() for _ in range(2)]
    clipboard = X11Clipboard(*connections)
    clipboard.set(Clip(text="Grüße 日本 " * 5000))
    assert clipboard.await_reader(form.window, wait_s=0.01) is False
    desk.input.hotkey(["ctrl", "v"], into=form.window)
    assert clipboard.await_reader(form.window, wait_s=10) is True
    clipboard.set(Clip(text="something else"))
    assert form.settled() == "Grüße 日本 " * 5000
    for connection in connections:
        connection.close()


def test_two_clicks_are_a_double_click_with_its_modifiers(desk: Desk, start: Start) -> None:
    form = start("Form")
    desk.input.click(form.board.center, count=2, button="right", modifiers=["ctrl"])
    event = form.wait_for(lambda event: event.get("click") == "double")
    assert event["button"] == "RightButton"
    assert event["modifiers"] == 0x04000000  # Qt::ControlModifier
    assert event["at"] == [form.board.center.x, form.board.center.y]
    assert desk.keyboard.state().held == 0


def test_a_click_has_reached_the_program_before_the_next_key_can(desk: Desk, start: Start) -> None:
    """The window manager looks at each click first; as long as it does, the server says the button is down."""
    form = start("Form")
    root = struct.pack("=I", desk.keyboard.connection.setup.root)
    held_back = 0
    for _ in range(100):
        desk.input.click(form.board.center)
        held_back += bool(
            struct.unpack_from("=H", desk.keyboard.connection.request(QUERY_POINTER, 0, root), 24)[0] & 0x1F00
        )
    assert held_back == 0


def test_a_click_that_is_never_let_through_is_an_error(
    desk: Desk, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = start("Form")
    monkeypatch.setattr("agent.devices.x11.pointer._LET_THROUGH_S", 0.2)
    hung = desk.display.connect()
    # GrabButton (28) of the first button with any modifier, wherever; the pointer's mode is synchronous: the server
    # waits for AllowEvents, which never comes.
    hung.order(28, 1, struct.pack("=IHBBIIBxH", hung.setup.root, 4, 0, 1, 0, 0, 1, 0x8000))
    with pytest.raises(NotInTime, match="holds a click back"):
        desk.input.click(form.board.center)
    hung.close()
    desk.input.click(form.board.center)


def test_the_wheel_turns_down_and_right(desk: Desk, start: Start) -> None:
    form = start("Form")
    desk.input.move(form.board.center)
    desk.input.scroll(0, 1)
    assert form.wait_for(lambda event: "wheel" in event)["wheel"] == [0, -120]
    desk.input.scroll(1, 0)
    assert form.wait_for(lambda event: "wheel" in event)["wheel"] == [-120, 0]


def test_a_thief_gets_no_character(desk: Desk, start: Start) -> None:
    """Fifty texts while another window takes the focus at random moments, by every way that X knows."""
    form, thief = start("Form"), start("Thief", "800,150,500,300")
    secret = Secret("Geheim€Grüße-" * 8)
    dice = random.Random(7)  # noqa: S311 - nothing is hidden by it
    caught = 0
    with _thief(desk.display, thief.window, dice) as (steal, stolen):
        for _ in range(50):
            form.clear()
            desk.windows.focus(form.window)
            stolen.clear()
            steal.set()
            try:
                typed = desk.input.type_text(secret, into=form.window)
            except WrongWindow as error:
                caught += 1
                typed = int(error.values["typed"])
            assert form.settled() == secret.reveal()[:typed]
            assert thief.settled() == ""
            assert stolen.wait(10)  # else it would strike while the next round brings the form to the front
    assert caught > 10, "the thief was too slow to prove anything"


def test_a_dialog_of_the_same_program_is_another_window(desk: Desk, start: Start) -> None:
    form = start("Form")
    form.tell("dialog")
    with pytest.raises(WrongWindow):
        while True:  # until the window manager has shown it
            desk.input.type_text("a", into=form.window)


def test_the_programs_own_list_of_completions_is_no_thief(desk: Desk, start: Start) -> None:
    form = start("Form")
    form.tell("menu")
    desk.input.type_text("zwei", into=form.window)
    assert form.settled() == "zwei"


def test_a_program_that_holds_the_whole_keyboard_gets_nothing(desk: Desk, start: Start) -> None:
    """As a screen lock does it: the active window and the input focus stay as they were."""
    form = start("Form")
    locker = desk.display.connect()
    status = locker.request(31, 1, struct.pack("=IIBBH", locker.setup.root, 0, 1, 1, 0))[1]
    assert status == 0
    with pytest.raises(WrongWindow) as caught:
        desk.input.type_text("secret", into=form.window)
    assert caught.value.values["typed"] == 0
    locker.close()
    desk.windows.focus(form.window)
    desk.input.type_text("open", into=form.window)
    assert form.settled() == "open"


def test_a_held_key_of_the_person_is_waited_for_and_then_named(
    desk: Desk, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(x11_typing, "HANDS_S", 0.1)
    # What a person holds cannot be let go by us; here nobody is asked to.
    monkeypatch.setattr(Keyboard, "release_keys", lambda self, keys: None)
    form = start("Form")
    with desk.held(0xFFE3), pytest.raises(ActionError, match="Somebody holds Shift, Ctrl"):
        desk.input.type_text("abc", into=form.window)
    assert form.settled() == ""


def test_a_dead_server_is_an_error_and_not_the_end_of_the_process() -> None:
    with VirtualDisplay(640, 480) as display:
        connection = display.connect()
        screen = Display(connection)
        assert screen.clients() == ()
    with pytest.raises(NoDisplay, match="is gone"):
        screen.clients()
    with pytest.raises(NoDisplay, match="is gone"):
        connection.order(127)
    connection.close()
    with pytest.raises(NoDisplay, match="There is no display"):
        Connection(display.name)


def _stop_after(calls: int) -> Any:
    left = iter(range(calls))

    def check() -> None:
        if next(left, None) is None:
            raise Stop

    return check


def _until(over: threading.Event) -> Any:
    def check() -> None:
        if over.is_set():
            raise Stop

    return check


@contextmanager
def _thief(
    display: VirtualDisplay, window: int, dice: random.Random
) -> Iterator[tuple[threading.Event, threading.Event]]:
    """Each time the first event is set, the window takes the keyboard after a moment; then it sets the second."""
    connection = display.connect()
    screen = Display(connection)
    steal, stolen, ended = threading.Event(), threading.Event(), threading.Event()

    def run() -> None:
        while not ended.is_set():
            steal.wait()
            steal.clear()
            ended.wait(dice.uniform(0, 0.02))
            if dice.random() < 0.5:
                screen.tell_manager(window, "_NET_ACTIVE_WINDOW", 2, 0, 0)
            else:  # past the window manager: only the input focus
                connection.order(42, 2, struct.pack("=II", window, 0))
            stolen.set()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield steal, stolen
    finally:
        ended.set()
        steal.set()
        thread.join()
        connection.close()
