"""A secret stops at the character before which its window has become another one; the server says whose a window is."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.core.binding import Binding, Seal
from agent.core.devices import Devices
from agent.core.door import InputDoor
from agent.core.errors import CredentialRefused, WrongWindow
from agent.core.secret import Secret
from agent.core.target import WindowInfo
from agent.core.turn import Turn
from agent.devices.askers import SystemAskers
from agent.devices.fake import FakeApps, FakeScreen
from agent.devices.virtual_display import VirtualDisplay
from agent.devices.x11.connection import Connection
from agent.devices.x11.display import Display
from agent.devices.x11.input import X11Input
from agent.devices.x11.owner import Owners
from agent.devices.x11.windows import X11Windows
from tests.devices.conftest import Program, Start

pytestmark = pytest.mark.desktop

SECRET = "Grüße-4711-€"
_CHANGE_PROPERTY = 18


@dataclass(frozen=True)
class Desk:
    """The door of the keyboard over a real display, and a connection of somebody else."""

    door: InputDoor
    windows: X11Windows
    askers: SystemAskers
    owners: Owners
    other: Connection

    def info(self, program: Program) -> WindowInfo:
        return next(window for window in self.windows.list() if window.id == program.window)

    def change(self, window: int, name: str, kind: str, width: int, data: bytes) -> None:
        """Change a property of a window, as every program may do it to every window."""
        atom, of_kind = self.other.atom(name), self.other.atom(kind)
        body = struct.pack("=IIIB3xI", window, atom, of_kind, width, len(data) * 8 // width)
        self.other.order(_CHANGE_PROPERTY, 0, body + data)

    def rename(self, window: int, title: str) -> None:
        """The program itself does not notice, so its next title must be a new one."""
        self.change(window, "_NET_WM_NAME", "UTF8_STRING", 8, title.encode())

    def type(self, binding: Binding, into: int, before: Callable[[int], None] = lambda number: None) -> int:
        """Type the secret of a credential with this binding; `before` each look something may happen."""
        looks = iter(range(1000))
        secret = Secret(SECRET, Seal("shop", binding))
        return self.door.type_text(secret, into=into, check=lambda: before(next(looks)))


@pytest.fixture
def desk(display: VirtualDisplay) -> Iterator[Desk]:
    connections = [display.connect() for _ in range(5)]
    first, second, third, fourth, other = connections
    windows, owners = X11Windows(third), Owners(Display(fourth))
    askers = SystemAskers(owners.of)
    devices = Devices(FakeScreen(), X11Input(first, second), windows, FakeApps(), askers=askers)
    yield Desk(InputDoor(devices, Turn(lambda: None), lambda: None), windows, askers, owners, other)
    for connection in connections:
        connection.close()


def test_the_server_says_whose_a_window_is_whatever_the_window_says(desk: Desk, start: Start) -> None:
    form = start("Form")
    desk.change(form.window, "_NET_WM_PID", "CARDINAL", 32, struct.pack("=I", os.getpid()))
    window = desk.info(form)
    owner, asker = desk.owners.of(window), desk.askers.asker(window)
    desk.change(form.window, "_NET_WM_PID", "CARDINAL", 32, struct.pack("=I", form.pid))  # the window stays for others
    assert owner == form.pid
    assert asker.window.pid == form.pid
    assert Path(asker.path).samefile(f"/proc/{form.pid}/exe")
    assert asker.window.process == Path(asker.path).name


def test_a_window_that_is_gone_belongs_to_nobody(desk: Desk, start: Start) -> None:
    assert desk.owners.of(WindowInfo(0x1FFFFFFF, "", desk.info(start("Form")).region)) == 0


def test_a_bound_secret_arrives_in_its_window(desk: Desk, start: Start) -> None:
    form = start("Form")
    path = desk.askers.asker(desk.info(form)).path
    assert desk.type(Binding(process=path, window="Fo*"), form.window) == len(SECRET)
    assert form.settled() == SECRET


@pytest.mark.parametrize("binding", [Binding(process="bank"), Binding(process="*/bank"), Binding(window="Bank*")])
def test_another_program_and_another_title_get_nothing(desk: Desk, start: Start, binding: Binding) -> None:
    form = start("Form")
    with pytest.raises(CredentialRefused, match='"Form" of the program'):
        desk.type(binding, form.window)
    assert form.settled() == ""


def test_a_window_that_is_renamed_in_the_middle_gets_no_more(desk: Desk, start: Start) -> None:
    form = start("Form A")

    def rename(number: int) -> None:
        if number == 5:
            desk.rename(form.window, "Bank")

    with pytest.raises(WrongWindow, match='the window "Form A" turned into "Bank"') as caught:
        desk.type(Binding(window="Form*"), form.window, rename)
    typed = int(caught.value.values["typed"])
    assert 0 < typed < len(SECRET)
    assert form.settled() == SECRET[:typed]


def test_a_title_that_still_fits_or_is_not_bound_is_no_hindrance(desk: Desk, start: Start) -> None:
    form = start("Form B")
    desk.type(Binding(window="Form*"), form.window, lambda number: desk.rename(form.window, f"Form {number}"))
    assert form.settled() == SECRET
    form.clear()
    desk.type(Binding(), form.window, lambda number: desk.rename(form.window, f"Mail ({number})"))
    assert form.settled() == SECRET


def test_a_window_of_another_class_is_another_window(desk: Desk, start: Start) -> None:
    form = start("Form C")
    before = desk.info(form).class_name

    def turn(number: int) -> None:
        if number == 5:
            desk.change(form.window, "WM_CLASS", "STRING", 8, b"thief\0Thief\0")

    with pytest.raises(WrongWindow, match="turned into"):
        desk.type(Binding(), form.window, turn)
    desk.change(form.window, "WM_CLASS", "STRING", 8, before.encode() + b"\0" + before.encode() + b"\0")
    assert len(form.settled()) < len(SECRET)
