"""Which devices this machine has, and the sentence when it has none."""

from __future__ import annotations

import subprocess
import sys

import pytest

from agent.core.errors import NoDisplay
from agent.devices import open_devices, requirements
from agent.devices.virtual_display import VirtualDisplay

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="about X11 and Wayland")


def test_without_a_display_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_SESSION_TYPE", raising=False)
    with pytest.raises(NoDisplay, match=r"^There is no display\.$") as caught:
        open_devices()
    assert "DISPLAY" in caught.value.hint


def test_a_display_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    with pytest.raises(NoDisplay, match=r"^There is no display :4711\.$"):
        open_devices()


def test_a_wayland_session_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    with pytest.raises(NoDisplay, match="This is a Wayland session"):
        open_devices()


def test_the_doctor_hears_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {requirement.name: requirement for requirement in requirements()}
    assert not found["Display"].ok
    assert found["Display"].fault is not None
    assert found["Display"].fault.hint
    assert {"X11 library", "Virtual display", "Window manager"} <= set(found)


@pytest.mark.desktop
def test_the_doctor_hears_what_is_there(display: VirtualDisplay) -> None:
    found = {requirement.name: requirement for requirement in requirements()}
    assert all(requirement.ok for requirement in found.values())
    assert found["Display"].detail == f"{display.name} 1920×1080"
    assert "Virtual display" not in found


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import agent.devices, sys; print([name for name in ('mss', 'psutil', 'ctypes') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
