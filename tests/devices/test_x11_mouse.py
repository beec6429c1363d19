"""The mouse on X11 beyond the contract: drags that toolkits notice, wheels, long presses, refused clicks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.core.devices import Devices
from agent.core.errors import ActionError, Stop, WrongWindow
from agent.core.geometry import Point, Region
from agent.devices import open_devices
from agent.devices.virtual_display import VirtualDisplay
from tests.devices.conftest import Start
from tests.devices.device_contracts import LEFT, until
from tests.devices.drag_board import TITLE, WARE

pytestmark = pytest.mark.desktop

SYSTEM_PYTHON = "/usr/bin/python3"


@pytest.fixture
def devices(display: VirtualDisplay) -> Devices:
    return open_devices()


def python_of(toolkit: str) -> str:
    """The interpreter for it; skips the test where the toolkit is missing."""
    if toolkit == "web" and shutil.which("chromium") is None:
        pytest.skip("chromium is not installed")
    if toolkit != "gtk":
        return sys.executable
    checked = subprocess.run([SYSTEM_PYTHON, "-c", "import gi; gi.require_version('Gtk', '3.0')"], check=False)
    if checked.returncode:
        pytest.skip("GTK 3 for Python is not installed")
    return SYSTEM_PYTHON


@pytest.fixture(params=["qt", "gtk", "web"])
def board(request: pytest.FixtureRequest, display: VirtualDisplay) -> Iterator[subprocess.Popen[str]]:
    """A window to drag in, ready."""
    program = subprocess.Popen(
        [python_of(request.param), str(Path(__file__).with_name("drag_board.py")), request.param],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **display.environment()},
        text=True,
    )
    assert program.stdin is not None
    assert program.stdout is not None
    try:
        assert json.loads(program.stdout.readline()) == {"ready": True}
        yield program
    finally:
        program.stdin.close()
        if request.param == "web":
            program.wait(10)  # it ends its browser
        else:
            program.kill()
            program.wait()
        program.stdout.close()


def test_a_drag_is_one_for_qt_gtk_and_web_pages(devices: Devices, board: subprocess.Popen[str]) -> None:
    until(lambda: any(window.title == TITLE for window in devices.windows.list()))
    window = next(window for window in devices.windows.list() if window.title == TITLE)
    devices.windows.focus(window.id)
    x, y = window.region.x, window.region.center.y
    quarter = window.region.width // 4
    devices.input.drag([Point(x + quarter, y), Point(x + 3 * quarter, y)], into=window.id, duration_s=0.1)
    assert board.stdout is not None
    assert json.loads(board.stdout.readline()) == {"dropped": WARE}


def test_a_drag_passes_the_places_in_between(devices: Devices, start: Start) -> None:
    form = start("Form", "50,100,400,300")
    places = [form.board.center, Point(300, 600), Point(700, 650)]
    devices.input.drag(places, duration_s=0.2)
    form.wait_for(lambda event: "release" in event)
    moved = [event["move"] for event in form.events if "move" in event]
    assert [300, 600] in moved
    assert moved[-1] == [700, 650]


def test_a_stop_in_the_middle_of_a_drag_lets_go_of_the_button(devices: Devices, start: Start) -> None:
    form = start("Form", "50,100,400,300")

    def check() -> None:
        if devices.input.position() == Point(900, 900):
            raise Stop

    with pytest.raises(Stop):
        devices.input.drag([form.board.center, Point(900, 900), Point(0, 0)], duration_s=0.05, check=check)
    assert form.wait_for(lambda event: "release" in event)["release"] == "LeftButton"


def test_the_wheel_turns_both_ways_on_both_axes(devices: Devices, start: Start) -> None:
    form = start("Form", "50,100,400,300")
    devices.input.scroll(2, -1, at=form.board.center, into=form.window)
    turns = [form.wait_for(lambda event: "wheel" in event)["wheel"] for _ in range(3)]
    assert turns == [[0, 120], [-120, 0], [-120, 0]]


@pytest.mark.parametrize(
    ("button", "name"), [("left", "LeftButton"), ("right", "RightButton"), ("middle", "MiddleButton")]
)
def test_each_button_is_pressed_with_the_keys_that_are_held(
    devices: Devices, start: Start, button: str, name: str
) -> None:
    form = start("Form", "50,100,400,300")
    devices.input.click(form.board.center, button=button, modifiers=["ctrl", "shift"], into=form.window)  # type: ignore[arg-type]  # one of the three
    event = form.wait_for(lambda event: "click" in event)
    assert (event["button"], event["modifiers"]) == (name, 0x0600_0000)


def test_two_clicks_are_a_double_click_and_three_have_a_third(devices: Devices, start: Start) -> None:
    form = start("Form", "50,100,400,300")
    devices.input.click(form.board.center, count=3)
    kinds = [form.wait_for(lambda event: "click" in event)["click"] for _ in range(3)]
    assert kinds == ["press", "double", "press"]


def test_a_long_press_lasts_as_long_as_was_asked_for(devices: Devices, start: Start) -> None:
    form = start("Form", "50,100,400,300")
    devices.input.click(form.board.center, hold_s=0.3)
    assert form.wait_for(lambda event: "release" in event)["held_ms"] >= 290


def test_no_button_goes_down_outside_of_the_screen(devices: Devices, start: Start) -> None:
    form = start("Form", "0,0,400,300")
    with pytest.raises(ActionError, match="The point -5,40 cannot be reached"):
        devices.input.click(Point(-5, 40))
    form.settled()
    assert not any("click" in event for event in form.events)


def test_no_click_reaches_what_covers_the_window(devices: Devices, start: Start) -> None:
    behind, front = start("Behind", "50,100,400,300"), start("Front", "50,100,400,300")
    for act in (devices.input.click, lambda at, into: devices.input.drag([at, Point(0, 0)], into=into)):
        with pytest.raises(WrongWindow, match='lies "Front" instead of "Behind"'):
            act(behind.board.center, into=behind.window)
    front.settled()
    assert not any("click" in event for event in front.events)


def test_a_menu_of_another_program_that_would_swallow_the_click_is_told(devices: Devices, start: Start) -> None:
    form, other = start("Form", "50,100,400,300"), start("Other", "700,100,400,300")
    other.order("menu")
    other.wait_for(lambda event: "popup" in event)
    with pytest.raises(WrongWindow, match='holds the mouse, so a click would not reach "Form"'):
        devices.input.click(form.board.center, into=form.window)
    form.settled()
    assert not any("click" in event for event in form.events)


def test_an_entry_of_its_own_menu_counts_as_the_window(devices: Devices, start: Start) -> None:
    form = start("Form", "50,100,400,300")
    form.order("menu")
    popup = Region(*form.wait_for(lambda event: "popup" in event)["popup"])
    devices.input.click(popup.center, into=form.window)
    until(lambda: devices.windows.at(popup.center) is None)  # it has taken the click, and closed


def test_clicks_from_several_threads_do_not_mix(devices: Devices, start: Start) -> None:
    form = start("Form", f"{LEFT.x},{LEFT.y},400,300")
    at = form.board.center
    threads = [threading.Thread(target=devices.input.click, args=(at,), kwargs={"into": form.window}) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    form.settled()
    assert sum("click" in event for event in form.events) == 8
