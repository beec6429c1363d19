"""The virtual display."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent.core.errors import DeviceError, NoDisplay
from agent.devices.virtual_display import VirtualDisplay
from agent.devices.x11.connection import Connection
from agent.devices.x11.display import Display
from tests.devices.device_contracts import until

pytestmark = pytest.mark.desktop


def test_it_has_the_wanted_size_and_a_window_manager(display: VirtualDisplay) -> None:
    with VirtualDisplay(800, 600) as small:
        assert small.name != display.name
        connection = small.connect()
        assert (connection.setup.width, connection.setup.height) == (800, 600)
        assert Display(connection).has_manager()
        connection.close()


def test_only_who_has_the_cookie_gets_in(display: VirtualDisplay, monkeypatch: pytest.MonkeyPatch) -> None:
    Connection(display.name).close()
    monkeypatch.delenv("XAUTHORITY")
    monkeypatch.setenv("HOME", "/nonexistent")
    with pytest.raises(NoDisplay):
        Connection(display.name)


def test_nothing_is_left_of_it() -> None:
    with VirtualDisplay(320, 200) as gone:
        authority = Path(gone.environment()["XAUTHORITY"])
        assert authority.stat().st_mode & 0o777 == 0o600 or authority.parent.stat().st_mode & 0o077 == 0
    assert not authority.parent.exists()
    with pytest.raises(NoDisplay):
        gone.connect()


def test_nothing_is_left_of_it_when_its_program_is_killed() -> None:
    code = """
import sys
from agent.devices.virtual_display import VirtualDisplay
with VirtualDisplay(320, 200) as display:
    print(display.name, display.environment()["XAUTHORITY"], flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as it:
        assert it.stdout is not None
        name, authority = it.stdout.readline().split()
        it.kill()
    until(lambda: not Path(authority).parent.exists())
    until(lambda: not Path(f"/tmp/.X11-unix/X{name[1:]}").exists())  # noqa: S108 - that is where X servers listen


def test_a_missing_program_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "PATH", "/nonexistent")
    with pytest.raises(DeviceError) as caught, VirtualDisplay():
        pass
    assert str(caught.value) == "The program Xvfb is not installed."
    assert caught.value.values["package"] == "xvfb"
