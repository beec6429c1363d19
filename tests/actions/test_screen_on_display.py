"""Waiting and reading on a real screen with a real window, through the real eye."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.actions.screen_assert import Assert
from agent.actions.screen_find import Exists
from agent.actions.screen_pixel import Pixel
from agent.actions.screen_read import ReadTable
from agent.actions.screen_wait import Wait, WaitStable
from agent.core.context import Context, Masks
from agent.core.devices import Check
from agent.core.errors import NotInTime
from agent.core.geometry import Region
from agent.core.target import Match, Target
from agent.devices import open_devices
from agent.devices.fake import FakeVault
from agent.devices.virtual_display import VirtualDisplay
from agent.engine.clock import Clock
from agent.vision import ScreenEye
from tests.actions import board

pytestmark = pytest.mark.desktop


class Counting(ScreenEye):
    """Counts how often it looks for something."""

    looks = 0

    def find(self, target: Target, *, check: Check = lambda: None) -> Match:
        self.looks += 1
        return super().find(target, check=check)


class Board:
    """The window, and a context that looks at it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[str] | None = None
        self.devices = open_devices()
        self.eye = Counting(self.devices.screen, self.devices.windows, languages="eng", min_confidence=60)
        self.context = self.context_for(20.0)

    def context_for(self, timeout_s: float) -> Context:
        """The context of a step with so much time, which runs from now."""
        clock = Clock(threading.Event())
        clock.start(timeout_s)
        return Context(
            devices=self.devices,
            eye=self.eye,
            vault=FakeVault(),
            folder=self.folder,
            workflow_folder=self.folder,
            check=clock.check,
            sleep=clock.sleep,
            remaining=clock.remaining,
            log=lambda level, text: None,
            set_variable=lambda name, value: None,
            masks=Masks(),
        )

    def open(self) -> None:
        """Start the window's program; it shows itself when it is ready."""
        self.process = subprocess.Popen(
            [sys.executable, board.__file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def do(self, command: str) -> None:
        """Let it do something, and wait until it has."""
        assert self.process is not None and self.process.stdin is not None and self.process.stdout is not None
        print(command, file=self.process.stdin, flush=True)
        assert self.process.stdout.readline() == "done\n"

    def end(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.communicate()


@pytest.fixture
def closed(display: VirtualDisplay, tmp_path: Path) -> Iterator[Board]:
    made = Board(tmp_path)
    yield made
    made.end()


@pytest.fixture
def shown(closed: Board) -> Board:
    closed.open()
    closed.do("paint white")
    WaitStable(window="Board", quiet_ms=300).run(closed.context)
    return closed


def test_a_text_in_a_window_that_is_not_open_yet_is_waited_for(closed: Board) -> None:
    closed.open()
    assert closed.process is not None and closed.process.stdin is not None
    print("after 700 text 40 40 Invoice 4711", file=closed.process.stdin, flush=True)
    result = Wait(target=Target(text="Invoice 4711", window="Board")).run(closed.context)
    assert result.match is not None
    assert result.match.text == "Invoice 4711"
    assert result.waited_s >= 0.5


def test_a_text_that_goes_is_waited_for_and_one_that_stays_is_told(shown: Board) -> None:
    shown.do("text 40 40 Loading orders")
    target = Target(text="Loading orders", window="Board")
    with pytest.raises(NotInTime, match="still there"):
        Wait(target=target, state="vanish").run(shown.context_for(1.0))
    shown.do("after 300 clear")
    assert Wait(target=target, state="vanish").run(shown.context).waited_s >= 0.2


def test_the_end_of_a_wait_is_kept_and_the_closest_text_is_named(shown: Board) -> None:
    shown.do("text 40 40 Invoice 4712")
    started = time.monotonic()
    with pytest.raises(NotInTime) as caught:
        Wait(target=Target(text="Delivery 9999", window="Board")).run(shown.context_for(1.5))
    assert time.monotonic() - started >= 1.3
    assert "appear in time" in str(caught.value)
    assert caught.value.hint


def test_on_a_still_screen_nothing_is_looked_for_again_and_again(shown: Board) -> None:
    shown.do("text 40 40 Invoice 4711")
    assert not Exists(target=Target(text="Nothing", window="Board"), wait_s=2).run(shown.context).found
    assert shown.eye.looks <= 4  # at first, once it is watched, at the end; and the writing may have come late


def test_stillness_and_change_are_seen(shown: Board) -> None:
    shown.do("blink 12 50")
    assert WaitStable(window="Board", quiet_ms=400).run(shown.context).stable_after_s >= 0.4
    region = next(window.region for window in shown.devices.windows.list() if window.title == "Board")
    shown.do("after 300 paint #00ff00")
    changed = Wait(target=Target(region=region), state="change", tolerance=5).run(shown.context)
    assert changed.waited_s >= 0.2


def test_a_colour_is_waited_for_wherever_the_window_is(shown: Board) -> None:
    point = {"x": 300, "y": 200}
    assert Pixel(point=point, window="Board", colour="white").run(shown.context).equal
    shown.do("move 500 300")
    shown.do("after 200 paint #1a2b3c")
    result = Pixel(point=point, window="Board", colour="#1a2b3c", wait_s=10).run(shown.context)
    assert (result.equal, result.colour) == (True, "#1a2b3c")


def test_a_text_is_verified_and_a_table_is_read(shown: Board) -> None:
    rows = [("Number", "Customer", "Amount"), ("4711", "Miller", "12.50"), ("4712", "Smith", "99.00")]
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            shown.do(f"text {40 + 180 * x} {40 + 40 * y} {cell}")
    assert Assert(text="Miller", compare="contains", window="Board").run(shown.context).passed
    table = ReadTable(window="Board", region=Region(20, 40, 560, 150)).run(shown.context)
    assert table.columns == rows[0]
    assert table.rows == tuple(rows[1:])
    assert table.records[1]["Customer"] == "Smith"
