"""Capturing a real X server: two monitors, a scale, a resized screen, the mouse pointer."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
import pytest

from agent.core.geometry import Point, Region
from agent.devices.virtual_display import VirtualDisplay
from agent.devices.x11 import open_x11
from agent.devices.x11.connection import Connection
from agent.vision.frame import pixels
from tests.devices.device_contracts import until

pytestmark = pytest.mark.desktop

RESOURCE_MANAGER, STRING = 23, 31  # predefined atoms
WHOLE, SMALL = Region(0, 0, 800, 600), Region(0, 0, 640, 400)
LEFT, RIGHT = Region(0, 0, 300, 600), Region(300, 0, 500, 600)


class Desktop:
    """A display that can be changed as RandR and xrdb do (https://www.x.org/wiki/Development/Documentation/Protocol/)."""

    def __init__(self) -> None:
        self.server = Connection()
        self.randr, _ = self.server.extension("RANDR")
        self.server.request(self.randr, 0, struct.pack("=II", 1, 5))
        found = self.server.request(self.randr, 25, struct.pack("=I", self.root))
        self.times = struct.unpack_from("=II", found, 8)
        self.controller, self.output = struct.unpack_from("=II", found, 32)

    @property
    def root(self) -> int:
        return self.server.setup.root

    def split(self) -> None:
        """The left monitor is one of its own, the right one is the output, and primary."""
        for name, place, primary, outputs in (("LEFT", LEFT, 0, ()), ("RIGHT", RIGHT, 1, (self.output,))):
            atom = self.server.atom(name)
            start = struct.pack("=IIBBH", self.root, atom, primary, 0, len(outputs))
            where = struct.pack("=hhHHII", place.x, place.y, place.width, place.height, 0, 0)
            self.server.order(self.randr, 43, start + where + struct.pack(f"={len(outputs)}I", *outputs))

    def resize(self, size: Region) -> None:
        off = struct.pack("=III", self.controller, *self.times) + struct.pack("=hhIHxx", 0, 0, 0, 1)
        self.server.request(self.randr, 21, off)
        self.server.order(self.randr, 7, struct.pack("=IHHII", self.root, size.width, size.height, 200, 150))

    def set_resources(self, text: str) -> None:
        data = text.encode()
        head = struct.pack("=IIIB3xI", self.root, RESOURCE_MANAGER, STRING, 8, len(data))
        self.server.order(18, 0, head + data)


@pytest.fixture
def desktop(virtual_display: VirtualDisplay, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    """A display of its own, because other tests count on the size of theirs. `virtual_display` skips without Xvfb."""
    with VirtualDisplay(WHOLE.width, WHOLE.height) as own:
        for name in ("DISPLAY", "XAUTHORITY"):
            monkeypatch.setenv(name, own.environment()[name])
        desktop = Desktop()
        yield desktop
        desktop.server.close()


def test_two_monitors_are_told_and_captured(desktop: Desktop) -> None:
    screen = open_x11()[0].screen
    desktop.split()
    assert [(each.region, each.primary) for each in screen.monitors()] == [(RIGHT, True), (LEFT, False)]
    assert [len(screen.capture(each.region).pixels) for each in screen.monitors()] == [500 * 600 * 4, 300 * 600 * 4]


@pytest.mark.parametrize(
    ("resources", "scale"),
    [
        ("Xft.dpi:\t144\nXft.antialias:\t1\n", 1.5),
        ("Xcursor.size:\t24\nXft.dpi: 120.0\n", 1.25),
        ("Xft.dpi:\t0\n", 1.0),
        ("Xft.dpi:\tlarge\n", 1.0),
        ("*Xft.dpi2:\t192\n", 1.0),
        ("", 1.0),
    ],
)
def test_the_scale_is_what_programs_are_told(desktop: Desktop, resources: str, scale: float) -> None:
    desktop.set_resources(resources)
    screen = open_x11()[0].screen
    assert screen.monitors()[0].scale == scale
    assert screen.capture(Region(0, 0, 5, 5)).scale == scale


def test_a_screen_that_shrinks_and_grows_is_noticed(desktop: Desktop) -> None:
    screen = open_x11()[0].screen
    assert screen.capture().region == WHOLE
    desktop.resize(SMALL)
    assert screen.capture().region == SMALL
    desktop.resize(WHOLE)
    until(lambda: screen.capture().region == WHOLE)
    assert len(screen.capture(Region(700, 500, 100, 100)).pixels) == 40_000


def test_the_mouse_pointer_is_in_the_picture_on_request_only(desktop: Desktop) -> None:
    devices = open_x11()[0]
    devices.input.move(Point(400, 300))
    around = Region(380, 280, 60, 60)
    bare = pixels(devices.screen.capture(around))
    shown = pixels(devices.screen.capture(around, cursor=True))
    rows, columns = np.nonzero((bare[:, :, :3] != shown[:, :, :3]).any(axis=2))
    assert rows.size
    assert abs(rows.mean() - 20) < 20
    assert abs(columns.mean() - 20) < 20
    assert (pixels(devices.screen.capture(around)) == bare).all()
