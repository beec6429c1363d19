"""What is left on the display when a program that types or holds keys is killed: nothing, a moment later."""

from __future__ import annotations

import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from agent.devices.virtual_display import VirtualDisplay
from agent.devices.x11.display import QUERY_POINTER
from agent.devices.x11.hands import Held
from agent.devices.x11.input import X11Input
from agent.devices.x11.keyboard import Keyboard
from tests.devices.conftest import Start
from tests.devices.device_contracts import keys_down, until

pytestmark = pytest.mark.desktop
SHIFT = 1


@pytest.fixture
def keyboard(display: VirtualDisplay) -> Iterator[Keyboard]:
    """Somebody who looks at the keyboard."""
    subprocess.run(["setxkbmap", "us", "-option"], check=True)
    connection = display.connect()
    keyboard = Keyboard(connection)
    yield keyboard
    keyboard.release_ours()
    keyboard.give_back()
    subprocess.run(["setxkbmap", "us", "-option"], check=True)
    connection.close()


@contextmanager
def typist(task: str, started: Callable[[], bool]) -> Iterator[psutil.Process]:
    """Another program of ours in the middle of its task."""
    process = subprocess.Popen([sys.executable, str(Path(__file__).with_name("typist.py")), task])
    try:
        until(started)
        yield psutil.Process(process.pid)
    finally:
        process.kill()
        process.wait()


def whole_map(display: VirtualDisplay) -> str:
    """Everything that the server knows of the keyboard: keycodes, types, compatibility, symbols, geometry."""
    dump = subprocess.run(["xkbcomp", "-w0", display.name, "-"], capture_output=True, text=True, check=True)
    return dump.stdout


def button_is_down(keyboard: Keyboard) -> bool:
    root = struct.pack("=I", keyboard.connection.setup.root)
    reply = keyboard.connection.request(QUERY_POINTER, 0, root)
    return bool(struct.unpack_from("=H", reply, 24)[0] & 0x100)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV, signal.SIGHUP])
def test_held_keys_are_released(keyboard: Keyboard, number: signal.Signals) -> None:
    with typist("hold", lambda: len(keys_down(keyboard)) == 3) as program:
        program.send_signal(number)
        until(lambda: not keys_down(keyboard))
        assert keyboard.state().held == 0


def test_a_held_button_is_released(keyboard: Keyboard) -> None:
    with typist("drag", lambda: button_is_down(keyboard)) as program:
        program.kill()
        until(lambda: not button_is_down(keyboard))


def test_a_key_that_is_held_at_the_end_of_the_program_is_released(keyboard: Keyboard) -> None:
    with typist("leave", lambda: keyboard.state().held == SHIFT):
        until(lambda: not keys_down(keyboard))


def test_the_keyboard_map_becomes_what_it_was(keyboard: Keyboard, display: VirtualDisplay) -> None:
    before, map_before = keyboard.keymap(), whole_map(display)
    with typist("type", lambda: keyboard.keymap() is not before) as program:
        program.kill()
        until(lambda: keyboard.keymap() is before)
    assert whole_map(display) == map_before


def test_the_next_text_puts_it_right_when_the_watch_was_killed_too(
    keyboard: Keyboard, display: VirtualDisplay, start: Start
) -> None:
    form, before, map_before = start("Form"), keyboard.keymap(), whole_map(display)
    with typist("type", lambda: keyboard.keymap() is not before) as program:
        for each in (*program.children(recursive=True), program):
            each.kill()
    assert keyboard.keymap() is not before
    X11Input(display.connect(), display.connect()).type_text("Grüße", into=form.window)
    assert form.settled().endswith("Grüße")  # before it stands what the killed one has typed
    assert keyboard.keymap() is before
    assert whole_map(display) == map_before


def test_what_a_living_program_holds_is_left_alone(keyboard: Keyboard, display: VirtualDisplay) -> None:
    with typist("hold", lambda: len(keys_down(keyboard)) == 3):
        held = keys_down(keyboard)
        X11Input(display.connect(), display.connect()).type_text("")
        # Shift and Ctrl would spoil a text, so they are let go; F5 would not.
        assert keys_down(keyboard) < held
        assert len(keys_down(keyboard)) == 1


def test_typing_leaves_the_whole_map_as_it_was(keyboard: Keyboard, display: VirtualDisplay, start: Start) -> None:
    form, before = start("Form"), whole_map(display)
    X11Input(display.connect(), display.connect()).type_text("ÄÖÜ 日本 😀" + "".join(map(chr, range(0x4E00, 0x4E40))))
    assert form.settled().startswith("ÄÖÜ 日本 😀")
    assert whole_map(display) == before


def test_a_layout_that_was_chosen_meanwhile_stays_whole(keyboard: Keyboard, display: VirtualDisplay) -> None:
    subprocess.run(["setxkbmap", "de", "neo"], check=True)
    chosen = whole_map(display)
    subprocess.run(["setxkbmap", "us"], check=True)
    keyboard.lend(dict.fromkeys(keyboard.keymap().spare, (0x100_4E00,)))
    subprocess.run(["setxkbmap", "de", "neo"], check=True)
    keyboard.give_back()
    assert whole_map(display) == chosen


def test_a_change_just_before_ours_is_noticed(keyboard: Keyboard, display: VirtualDisplay) -> None:
    spare = keyboard.keymap().spare
    keyboard.map_changed()
    subprocess.run(["setxkbmap", "de"], check=True)
    keyboard.lend({spare[0]: (0x100_4E00,)})
    assert keyboard.map_changed()
    keyboard.give_back()
    assert not keyboard.map_changed()  # our own change is none


@pytest.mark.parametrize(
    "note",
    [
        *(b"", b"[]", b'{"token": 1}', b"\xff" * 9, b'{"token": "", "keys": [0], "buttons": [], "lent": {}}'),
        b'{"token": "", "keys": [], "buttons": [], "lent": {"248": ["00", "zz"]}}',
    ],
)
def test_a_strange_note_is_no_note(note: bytes) -> None:
    with pytest.raises((ValueError, TypeError, LookupError)):
        Held.of(note)


def test_a_note_reads_as_it_was_written() -> None:
    held = Held((37, 50), (1,), {248: (bytes(12)[:6] + b"\1\0" + bytes(4), bytes(8))})
    assert Held.of(held.to_bytes("t")) == ("t", held)
