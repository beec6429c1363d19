"""Capturing where no display is needed: a double of mss with two monitors of different scale, left of the origin."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from mss import ScreenShotError

from agent.core.devices import Monitor
from agent.core.errors import NoDisplay
from agent.core.geometry import Region
from agent.devices import capture
from agent.devices.capture import MssScreen

LEFT, MAIN = Region(-2560, -300, 2560, 1440), Region(0, 0, 1920, 1080)
DESKTOP = Region(-2560, -300, 4480, 1440)
SCALES = {LEFT: 1.5, MAIN: 1.0}


def place(region: Region, **more: Any) -> dict[str, Any]:
    """A monitor as mss tells it."""
    return {"left": region.x, "top": region.y, "width": region.width, "height": region.height, **more}


class Double:
    """What mss does on a desktop of two monitors; the parts of its class that we use."""

    opened = 0
    open = 0
    grabbed: ClassVar[list[dict[str, int]]] = []
    options: ClassVar[list[dict[str, Any]]] = []
    layout: ClassVar[list[dict[str, Any]]] = [
        place(DESKTOP),
        place(LEFT),
        place(MAIN, is_primary=True, output="HDMI-1"),
    ]
    broken = False
    meeting: threading.Barrier | None = None

    def __init__(self, **options: Any) -> None:
        if type(self).broken:
            raise ScreenShotError("no display.")
        type(self).opened += 1
        type(self).open += 1
        type(self).options.append(options)
        self.monitors = type(self).layout
        self.closed = False

    def __enter__(self) -> Double:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def grab(self, box: dict[str, int]) -> Any:
        if self.monitors is not type(self).layout:
            raise ScreenShotError("the screen has been resized")
        if self.meeting is not None:
            self.meeting.wait(20)
        type(self).grabbed.append(box)
        return SimpleNamespace(raw=bytearray(4 * box["width"] * box["height"]))

    def close(self) -> None:
        type(self).open -= not self.closed
        self.closed = True


@pytest.fixture
def mss(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Double]]:
    class Fresh(Double):
        grabbed: ClassVar[list[dict[str, int]]] = []
        options: ClassVar[list[dict[str, Any]]] = []

    monkeypatch.setattr(capture, "MSS", Fresh)
    yield Fresh


def opened() -> MssScreen:
    return MssScreen(SCALES.__getitem__)


def test_a_monitor_left_of_the_primary_one_has_negative_coordinates(mss: type[Double]) -> None:
    assert opened().monitors() == (Monitor(MAIN, 1.0, primary=True), Monitor(LEFT, 1.5))


def test_everything_is_captured_from_the_far_corner(mss: type[Double]) -> None:
    assert opened().capture().region == DESKTOP
    assert mss.grabbed == [place(DESKTOP)]


def test_a_region_is_clipped_at_negative_edges_too(mss: type[Double]) -> None:
    frame = opened().capture(Region(-2600, -310, 100, 30))
    assert frame.region == Region(-2560, -300, 60, 20)
    assert len(frame.pixels) == 60 * 20 * 4


def test_the_scale_is_that_of_the_monitor_that_shows_most(mss: type[Double]) -> None:
    screen = opened()
    assert screen.capture(Region(-100, 100, 90, 90)).scale == 1.5
    assert screen.capture(Region(10, 10, 90, 90)).scale == 1.0
    assert screen.capture(Region(-10, 10, 90, 90)).scale == 1.0


def test_the_outputs_are_named_where_they_are_known(mss: type[Double]) -> None:
    assert opened().outputs() == ("", "HDMI-1")


def test_one_open_mss_serves_one_thread_after_the_other(mss: type[Double]) -> None:
    screen = opened()
    screen.capture()
    before = mss.opened
    for _ in range(5):
        thread = threading.Thread(target=screen.capture)
        thread.start()
        thread.join()
    assert mss.opened == before
    assert mss.open == 1


def test_threads_at_the_same_time_have_one_each_and_few_are_kept(mss: type[Double]) -> None:
    screen = opened()
    screen.capture()
    mss.meeting = threading.Barrier(7)  # all of them are inside of a capture at once, or the test fails
    threads = [threading.Thread(target=screen.capture, args=(Region(0, 0, 9, 9),)) for _ in range(7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mss.grabbed) == 8
    assert mss.open == 4


def test_a_resized_screen_is_captured_anew(mss: type[Double]) -> None:
    screen = opened()
    screen.capture()
    mss.layout = [place(MAIN), place(MAIN)]
    assert screen.capture().region == MAIN
    assert mss.open == 1


def test_asking_for_the_monitors_is_enough_to_notice_another_size(mss: type[Double]) -> None:
    screen = opened()
    screen.capture()
    mss.layout = [place(MAIN), place(MAIN)]
    assert screen.monitors() == (Monitor(MAIN, 1.0, primary=True),)
    assert mss.open == 0


def test_without_a_display_the_reason_is_told(mss: type[Double]) -> None:
    mss.broken = True
    with pytest.raises(NoDisplay, match=r"^The screen cannot be captured: no display\.$"):
        opened().capture()
    with pytest.raises(NoDisplay):
        opened().monitors()


def test_captures_are_counted(mss: type[Double]) -> None:
    screen = opened()
    for _ in range(3):
        screen.capture(Region(0, 0, 10, 10))
    screen.capture(Region(5000, 5000, 10, 10))  # nothing there, nothing captured
    spent = screen.spent()
    assert (spent.count, spent.size) == (3, 3 * 400)
    assert 0 < spent.last_ms <= spent.most_ms <= spent.total_ms


@pytest.mark.parametrize(("system", "options"), [("linux", {"with_cursor": True}), ("win32", {}), ("darwin", {})])
def test_mss_is_asked_for_the_pointer_only_where_it_has_it(
    mss: type[Double], monkeypatch: pytest.MonkeyPatch, system: str, options: dict[str, bool]
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    opened().capture(Region(0, 0, 1, 1), cursor=True)
    assert mss.options[-1] == options
