"""Whether the desktop is there: locks that each tell in their own way, and a display that dies and comes back."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from agent.core.devices import DesktopState, Devices
from agent.core.errors import DesktopAway, NoDisplay
from agent.core.geometry import Point
from agent.devices import open_devices
from agent.devices.fake import FakeDesktop
from agent.devices.lasting import LastingDesktop
from agent.devices.macos.session import MacSession
from agent.devices.virtual_display import VirtualDisplay
from agent.devices.x11.logind import Logind
from agent.devices.x11.session import X11Session
from tests.devices.conftest import Start
from tests.devices.device_contracts import until
from tests.devices.logind_double import LogindDouble
from tests.devices.server import Server

desktop = pytest.mark.desktop


@pytest.fixture
def session(display: VirtualDisplay) -> Iterator[X11Session]:
    with closing(display.connect()) as connection:
        yield X11Session(connection, Logind(display.name))


@desktop
def test_a_desktop_with_windows_is_ready(session: X11Session, start: Start) -> None:
    start("Form")
    assert session.state() == DesktopState()


@desktop
def test_a_window_over_all_with_the_keyboard_is_a_lock(session: X11Session, start: Start) -> None:
    pytest.importorskip("tkinter")
    lock = start("Lock", "10,10,100,100", "tk_receiver.py")
    lock.tell("popup 0,0,1920,1080")
    assert session.state().kind == "ready", "a picture over the whole screen is no lock"
    lock.tell("grab")
    until(lambda: session.state().kind == "locked")
    assert str(session.state().reason) == "The screen is locked."
    lock.tell("ungrab")
    until(lambda: session.state().kind == "ready")


@desktop
@pytest.mark.skipif(shutil.which("i3lock") is None, reason="i3lock is not installed")
def test_a_real_lock_is_noticed(session: X11Session, display: VirtualDisplay) -> None:
    environment = {**os.environ, **display.environment()}
    del environment["WAYLAND_DISPLAY"]  # an empty one is Wayland to it
    lock = subprocess.Popen(["i3lock", "-n"], env=environment)
    until(lambda: session.state().kind == "locked")
    lock.terminate()
    lock.wait()
    until(lambda: session.state().kind == "ready")


@desktop
def test_the_property_of_xscreensaver_is_read(session: X11Session, display: VirtualDisplay) -> None:
    with closing(display.connect()) as saver:
        root, name, integer = saver.setup.root, saver.atom("_SCREENSAVER_STATUS"), saver.atom("INTEGER")
        for state, kind in (("BLANK", "ready"), ("LOCK", "locked")):
            values = struct.pack("=IIIB3xIIII", root, name, integer, 32, 3, saver.atom(state), 1_700_000_000, 0)
            saver.order(18, 0, values)
            assert session.state().kind == kind
        saver.order(19, 0, struct.pack("=II", root, name))
    assert session.state().kind == "ready"


# --- logind, as its documentation says (no machine of ours has the real one) ---


@pytest.fixture
def logind(monkeypatch: pytest.MonkeyPatch) -> Iterator[LogindDouble]:
    if shutil.which("dbus-daemon") is None:
        pytest.skip("not installed: dbus-daemon")
    monkeypatch.delenv("XDG_SESSION_ID", raising=False)
    with LogindDouble() as double:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", double.address)
        yield double


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"LockedHint": False, "Active": True}, "ready"),
        ({"LockedHint": True, "Active": True}, "locked"),
        ({"LockedHint": True, "Display": ":0"}, "locked"),
        ({"LockedHint": True, "Display": ":1"}, "ready"),  # the lock of another display is not ours
        ({"LockedHint": False, "Active": False, "Type": "x11"}, "gone"),
        ({"LockedHint": False, "Active": False, "Type": "tty"}, "ready"),  # our display is no part of a terminal
        ({}, "ready"),
    ],
)
def test_logind_tells_of_locks_and_of_other_users(logind: LogindDouble, told: dict[str, object], kind: str) -> None:
    logind.told = told
    with closing(Logind(":0.0")) as asked:
        assert asked.state().kind == kind


def test_a_lock_is_seen_when_it_comes_and_when_it_goes(logind: LogindDouble) -> None:
    with closing(Logind(":0")) as asked:
        for locked in (False, True, False):
            logind.told = {"LockedHint": locked}
            assert (asked.state().kind == "locked") is locked


def test_the_session_of_the_environment_is_asked(logind: LogindDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_SESSION_ID", "c7")
    logind.told = {"LockedHint": True}
    with closing(Logind(":0")) as asked:
        assert asked.state().kind == "locked"
    assert logind.asked[-2:] == ["/org/freedesktop/login1", "/org/freedesktop/login1/session/c7"]


def test_a_display_without_a_session_asks_nobody(logind: LogindDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_SESSION_ID", "")
    logind.told = {"LockedHint": True}
    assert Logind(":0").state().kind == "ready"
    assert logind.asked == []


def test_without_logind_the_desktop_is_taken_as_unlocked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/nobody")
    assert Logind(":0").state() == DesktopState()


# --- a display that dies ---


class _Dying:
    """Opens fakes whose display can be told to die; `alive` says whether a new one can be opened."""

    def __init__(self) -> None:
        self.alive = True
        self.opened: list[FakeDesktop] = []

    def __call__(self) -> Devices:
        if not self.alive:
            raise NoDisplay("There is no display.")
        self.opened.append(FakeDesktop())
        return self.opened[-1].devices

    def die(self) -> None:
        def gone(*_: object, **__: object) -> None:
            raise NoDisplay("The display :5 is gone.")

        self.opened[-1].windows.list = gone  # type: ignore[assignment, method-assign]  # what a dead one does
        self.opened[-1].session.state = gone  # type: ignore[assignment, method-assign]


def test_a_lost_display_is_told_and_opened_anew_when_it_is_back() -> None:
    opened = _Dying()
    devices = LastingDesktop(opened).devices
    opened.alive = False
    opened.die()
    assert str(devices.session.state().reason) == "The display :5 is gone."
    with pytest.raises(DesktopAway):
        devices.session.state().require()
    opened.alive = True
    until(lambda: devices.session.state().kind == "ready")
    opened.opened[1].windows.open("New")
    assert [window.title for window in devices.windows.list()] == ["New"]
    assert devices.apps is opened.opened[0].apps, "the programs that were started are forgotten"


def test_a_display_that_is_back_at_once_is_told_to_have_been_away() -> None:
    opened = _Dying()
    devices = LastingDesktop(opened).devices
    opened.die()
    with pytest.raises(NoDisplay):
        devices.windows.list()
    assert devices.session.state().kind == "gone"
    until(lambda: devices.session.state().kind == "ready")


@desktop
@pytest.mark.skipif(sys.platform != "linux" or shutil.which("Xvfb") is None, reason="not installed: Xvfb")
def test_devices_outlast_an_x_server_that_is_killed_and_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with Server() as server:
        monkeypatch.setenv("DISPLAY", server.name)
        devices = open_devices()
        devices.input.move(Point(5, 6))
        devices.screen.capture()
        server.kill()
        assert devices.session.state().kind == "gone"
        for call in (devices.windows.list, devices.screen.capture, devices.input.position):
            with pytest.raises(NoDisplay):
                call()
        server.restart()
        until(lambda: devices.session.state().kind == "ready")
        devices.input.move(Point(7, 8))
        assert devices.input.position() == Point(7, 8)
        assert devices.screen.capture().region.width == 800
        assert devices.windows.list() == ()


# --- macOS, as its documentation says ---


class _Quartz:
    def __init__(self, told: dict[str, object] | None) -> None:
        self.CGSessionCopyCurrentDictionary = lambda: told


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"kCGSSessionOnConsoleKey": True}, "ready"),
        ({"kCGSSessionOnConsoleKey": True, "CGSSessionScreenIsLocked": True}, "locked"),
        ({"kCGSSessionOnConsoleKey": False}, "gone"),
        (None, "gone"),
    ],
)
def test_macos_tells_of_locks_and_of_other_users(told: dict[str, object] | None, kind: str) -> None:
    assert MacSession(_Quartz(told)).state().kind == kind
