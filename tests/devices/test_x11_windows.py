"""Windows on X11 beyond the contract: frames, menus, minimised ones, and a display without a window manager."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psutil
import pytest

from agent.core.errors import DeviceError, WindowNotFound, WrongWindow
from agent.core.geometry import Point, Region
from agent.devices.virtual_display import VirtualDisplay
from agent.devices.x11.display import Display, class_name, title_text
from agent.devices.x11.windows import X11Windows
from tests.devices.conftest import Program, Start
from tests.devices.device_contracts import until

pytestmark = pytest.mark.desktop


@pytest.fixture
def windows(display: VirtualDisplay) -> Iterator[X11Windows]:
    connection = display.connect()
    yield X11Windows(connection)
    connection.close()


def test_a_window_is_known_with_its_frame_and_program(windows: X11Windows, start: Start) -> None:
    form = start("Grüße – €", "200,150,500,300")
    (window,) = windows.list()
    assert (window.title, window.pid, window.active) == ("Grüße – €", form.pid, True)
    assert window.process == Path(sys.executable).name
    assert window.class_name == "receiver.py"
    # openbox draws a bar above and a line around the content.
    assert window.region.intersection(Region(200, 150, 500, 300)) == Region(200, 150, 500, 300)
    assert 150 - window.region.y > 10


def test_the_title_bar_belongs_to_the_window(windows: X11Windows, start: Start) -> None:
    form = start("Form", "200,150,500,300")
    found = windows.at(Point(300, 140))
    assert found is not None
    assert found.id == form.window


def test_a_menu_counts_as_the_window_that_it_belongs_to(windows: X11Windows, start: Start) -> None:
    form = start("Form", "200,150,500,300")
    form.order("menu")
    x, y, width, height = form.wait_for(lambda event: "popup" in event)["popup"]
    found = windows.at(Region(x, y, width, height).center)
    assert found is not None
    assert found.id == form.window


def test_a_foreign_popup_in_the_way_is_told(windows: X11Windows, start: Start) -> None:
    pytest.importorskip("tkinter")
    form, other = start("Form", "200,150,500,300"), start("Other", "900,600,200,200", "tk_receiver.py")
    other.tell("popup 300,200,50,50")
    found = windows.at(Point(320, 220))
    assert found is not None
    assert found.id == other.window != form.window


def test_a_minimised_window_is_said_to_be_and_comes_back(
    windows: X11Windows, start: Start, display: VirtualDisplay
) -> None:
    form = start("Form", "200,150,500,300")
    connection = display.connect()
    Display(connection).tell_manager(form.window, "WM_CHANGE_STATE", 3)
    until(lambda: windows.list()[0].minimized)
    assert windows.at(Point(300, 250)) is None
    windows.focus(form.window)
    assert windows.active() == windows.list()[0]
    assert not windows.list()[0].minimized
    connection.close()


@pytest.fixture
def two_workspaces(display: VirtualDisplay) -> Iterator[Display]:
    """The second one is empty; afterwards there is one again, with all windows."""
    with closing(display.connect()) as connection:
        desktop = Display(connection)
        for count in (2, 1):
            desktop.tell_manager(desktop.root, "_NET_NUMBER_OF_DESKTOPS", count)
            until(lambda: desktop.numbers(desktop.root, "_NET_NUMBER_OF_DESKTOPS") == (count,))  # noqa: B023 - at once
            if count == 2:
                yield desktop


def test_a_window_on_another_workspace_is_said_to_be_there_and_focus_goes_there(
    windows: X11Windows, start: Start, two_workspaces: Display
) -> None:
    form, other = start("Form", "200,150,500,300"), start("Other", "900,600,200,200")
    two_workspaces.tell_manager(form.window, "_NET_WM_DESKTOP", 1)
    until(lambda: {window.title: window.elsewhere for window in windows.list()} == {"Form": True, "Other": False})
    assert windows.at(Point(300, 250)) is None
    windows.focus(form.window)
    assert two_workspaces.numbers(two_workspaces.root, "_NET_CURRENT_DESKTOP") == (1,)
    assert {window.title: window.elsewhere for window in windows.list()} == {"Form": False, "Other": True}
    windows.focus(other.window)


def test_a_window_on_all_workspaces_is_not_elsewhere(
    windows: X11Windows, start: Start, two_workspaces: Display
) -> None:
    form = start("Form", "200,150,500,300")
    two_workspaces.tell_manager(form.window, "_NET_WM_DESKTOP", 0xFFFFFFFF)
    until(lambda: two_workspaces.numbers(form.window, "_NET_WM_DESKTOP") == (0xFFFFFFFF,))
    assert not windows.list()[0].elsewhere


@pytest.mark.parametrize("script", ["receiver.py", "tk_receiver.py"])
def test_a_window_fills_the_screen_and_comes_back_to_its_place(windows: X11Windows, start: Start, script: str) -> None:
    form = start("Form", "200,150,500,300", script)
    before = windows.list()[0].region
    for state, fits in (("fullscreen", Region(0, 0, 1920, 1080)), ("normal", before)):
        windows.set_state(form.window, state)  # type: ignore[arg-type]  # both are states
        (window,) = windows.list()
        assert (window.state, window.region) == (state, fits)


def test_a_window_that_cannot_be_that_small_tells_how_small_it_is(windows: X11Windows, start: Start) -> None:
    form = start("Form", "200,150,500,300")
    came_to = windows.move(form.window, Region(100, 100, 5, 5))
    assert (came_to.x, came_to.y) == (100, 100)
    assert came_to.width > 5
    assert came_to == windows.list()[0].region


def test_a_dialog_that_stays_in_front_is_named(windows: X11Windows, start: Start) -> None:
    form = start("Form", "200,150,500,300")
    form.tell("dialog")
    until(lambda: (active := windows.active()) is not None and active.title == "Question")
    try:
        windows.focus(form.window)
    except WrongWindow as error:
        assert '"Question" stays there' in str(error)


def test_windows_that_vanish_while_we_look_are_left_out(windows: X11Windows, start: Start) -> None:
    pytest.importorskip("tkinter")
    start("Other", "10,10,300,300", "tk_receiver.py").order("flicker 60")
    seen = set()
    for _ in range(300):
        seen |= {window.id for window in windows.list()}
        windows.active()
        windows.at(Point(100, 100))
    assert len(seen) > 5


def test_without_a_window_manager_windows_are_found_and_focused() -> None:
    with VirtualDisplay(800, 600) as bare, ExitStack() as stack:
        (manager,) = [
            child
            for child in psutil.Process().children()
            if child.environ().get("DISPLAY") == bare.name and child.name() == "openbox"
        ]
        manager.terminate()
        programs = [stack.enter_context(closing(Program("receiver.py", bare))) for _ in range(2)]
        connection = stack.enter_context(closing(bare.connect()))
        until(lambda: not Display(connection).has_manager())
        windows = X11Windows(connection)
        for program, title in zip(programs, ("One", "Other"), strict=True):
            program.open(title, f"{10 if title == 'One' else 400},10,200,200")
        one, other = (program.window for program in programs)
        assert [window.title for window in windows.list()] == ["Other", "One"]
        assert windows.move(other, Region(420, 20, 210, 180)) == Region(420, 20, 210, 180)
        with pytest.raises(DeviceError, match="Without a window manager"):
            windows.set_state(other, "maximised")
        windows.focus(one)
        active, found = windows.active(), windows.at(Point(440, 50))
        assert active is not None
        assert found is not None
        assert (active.id, found.id, windows.list()[0].id) == (one, other, one)
        with pytest.raises(WindowNotFound):
            windows.focus(12345)
        windows.close(other)
        until(lambda: [window.id for window in windows.list()] == [one])


def test_titles_in_every_encoding_are_read() -> None:
    assert title_text("Größe €".encode(), b"old") == "Größe €"
    assert title_text(b"", "Größe".encode()) == "Größe"
    assert title_text(b"", "Größe".encode("latin-1")) == "Größe"
    assert title_text(b"\xff", b"") == "\ufffd"


def test_the_class_is_the_second_part() -> None:
    assert class_name(b"navigator\0Firefox\0") == "Firefox"
    assert class_name(b"xterm\0") == "xterm"
    assert class_name(b"") == ""
