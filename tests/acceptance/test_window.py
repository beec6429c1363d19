"""The window and the tray icon, started as a person does and used through real input."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from agent.devices import open_devices
from agent.devices.virtual_display import VirtualDisplay
from tests.acceptance.conftest import Tla, titles, wait_for_window

TITLE = "Trusted Login Agent"


@pytest.fixture
def tray(display: VirtualDisplay) -> Iterator[None]:
    """A tray that shows icons."""
    if shutil.which("trayer") is None:
        pytest.skip("trayer is not installed")
    process = subprocess.Popen(["trayer", "--edge", "bottom"], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def window(display: VirtualDisplay) -> Iterator[subprocess.Popen[bytes]]:
    """``python -m agent``, in German."""
    environment = {**os.environ, **display.environment(), "LC_ALL": "C.UTF-8", "LC_MESSAGES": "de_DE.UTF-8"}
    process = subprocess.Popen([sys.executable, "-m", "agent"], env=environment)
    try:
        wait_for_window(TITLE)
        yield process
    finally:
        process.kill()
        process.wait(10)


def focus() -> None:
    windows = open_devices().windows
    windows.focus(next(window.id for window in windows.list() if window.title == TITLE))


@pytest.mark.desktop
def test_a_workflow_is_run_from_the_keyboard(window: subprocess.Popen[bytes], tla: Tla) -> None:
    focus()
    keyboard = open_devices().input
    keyboard.hotkey(["ctrl", "f"])
    keyboard.type_text("hello")
    keyboard.hotkey(["ctrl", "enter"])
    wait_for_window(f"Say hello — {TITLE}")
    keyboard.hotkey(["ctrl", "a"])
    keyboard.type_text("Jürgen Groß\n")
    for _ in range(50):
        runs = json.loads(tla("runs", "--json").stdout)
        if runs and runs[0]["status"] == "done":
            break
    assert runs[0]["inputs"] == {"name": "Jürgen Groß"}


@pytest.mark.desktop
def test_with_a_tray_the_closed_window_stays_there_and_a_polite_kill_ends_it(
    tray: None, window: subprocess.Popen[bytes]
) -> None:
    windows = open_devices().windows
    windows.close(next(window.id for window in windows.list() if window.title == TITLE))
    while TITLE in titles():
        time.sleep(0.05)
    assert window.poll() is None
    window.send_signal(signal.SIGTERM)
    assert window.wait(10) == 0


@pytest.mark.desktop
def test_without_a_tray_closing_the_window_ends_the_program(window: subprocess.Popen[bytes]) -> None:
    windows = open_devices().windows
    windows.close(next(window.id for window in windows.list() if window.title == TITLE))
    assert window.wait(10) == 0
