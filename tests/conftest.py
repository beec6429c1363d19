"""What all tests share: a home of their own, Qt without a screen, and one virtual display a test process."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.devices.virtual_display import VirtualDisplay

# Windows of the tests' own process are drawn nowhere; programs that a test starts get the display of `display`.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
# A real display of the developer must never be clicked at.
for _name in ("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY"):
    os.environ.pop(_name, None)


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has an empty home and a desktop lease of its own, whatever runs beside it."""
    monkeypatch.setenv("TLA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture(scope="session")
def virtual_display() -> Iterator[VirtualDisplay]:
    """The screen of this test process. Tests take `display`, which also sets the environment."""
    if sys.platform != "linux":
        pytest.skip("the virtual display is Xvfb")
    missing = [program for program in ("Xvfb", "openbox") if shutil.which(program) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    with VirtualDisplay() as display:
        yield display


@pytest.fixture
def display(virtual_display: VirtualDisplay, monkeypatch: pytest.MonkeyPatch) -> VirtualDisplay:
    """A screen with a window manager, set in the environment for this test."""
    for name, value in virtual_display.environment().items():
        if name != "QT_QPA_PLATFORM":  # it is for programs that the test starts; see `environment()`
            monkeypatch.setenv(name, value)
    return virtual_display
