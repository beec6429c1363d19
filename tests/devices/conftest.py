"""Real windows on the virtual display, each a process of its own."""

from __future__ import annotations

import io
import json
import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from PIL import Image

from agent.core.geometry import Region
from agent.devices.virtual_display import VirtualDisplay
from agent.devices.x11.ping import Ping
from agent.devices.x11.windows import X11Windows
from tests.devices.device_contracts import until
from tests.devices.matrix import command

PATIENCE_S = 30.0


class Program:
    """A window program that tells what it gets as JSON lines."""

    def __init__(self, script: str, display: VirtualDisplay) -> None:
        self.script = script
        self._display = display
        self._process = subprocess.Popen(
            command(script),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **display.environment()},
            text=True,
            encoding="utf-8",
        )
        self.pid = self._process.pid
        self._lines: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.events: list[dict[str, Any]] = []
        self.window = 0
        self.board = Region(0, 0, 0, 0)

    def open(self, title: str, place: str) -> None:
        """Show the window with an empty field, active."""
        self.order(f"open {place} {title}")
        connection = self._display.connect()
        windows = X11Windows(connection)
        until(lambda: title in [window.title for window in windows.list()])
        self.window = next(window.id for window in windows.list() if window.title == title)
        windows.focus(self.window)
        Ping(connection).wait(self.window, lambda: None)
        connection.close()
        self.order("where")
        self.board = Region(*self.wait_for(lambda event: "board" in event)["board"])
        self.events.clear()

    def hide(self) -> None:
        """Take the window off the screen, and wait until the window manager has forgotten it."""
        self.tell("hide")
        connection = self._display.connect()
        windows = X11Windows(connection)
        until(lambda: self.window not in [window.id for window in windows.list()])
        connection.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(json.loads(line))
        self._lines.put(None)  # the program has ended

    @property
    def text(self) -> str:
        """What the field holds, as last told."""
        return next((event["text"] for event in reversed(self.events) if "text" in event), "")

    def wait_for(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next event that fits; fails the test when none comes."""
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                event = self._lines.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                event = None
            if event is None:
                pytest.fail(f"no such event; the last ones are {self.events[-5:]}")
            self.events.append(event)
            if fits(event):
                return event

    def tell(self, command: str) -> None:
        """Give a command and wait until it is done."""
        self.order(command)
        self.wait_for(lambda event: event.get("done") == command.partition(" ")[0])

    def order(self, command: str) -> None:
        """Give a command."""
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()

    def clear(self) -> None:
        """Empty the field and forget what came."""
        self.tell("clear")
        self.events.clear()

    def settled(self) -> str:
        """The field's text once every key that was sent before has been handled."""
        connection = self._display.connect()
        Ping(connection).wait(self.window, lambda: None)
        connection.close()
        # The keys are read from the display now, but Qt may still have them in its own queue.
        self.tell("done")
        self.tell("done")
        return self.text

    def received(self, count: int, wait_s: float = 5.0) -> str:
        """The field's text once it has so many characters, or has not got them in time."""
        end = time.monotonic() + wait_s
        while len(self.text) < count and (left := end - time.monotonic()) > 0:
            with suppress(queue.Empty):
                self.events.append(self._lines.get(timeout=left) or {"ended": True})
        return self.text

    def close(self) -> None:
        """End it: politely, so that it ends what it has started itself."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        self._process.stdout.close()


Start = Callable[..., Program]


@pytest.fixture
def picture() -> bytes:
    """A small picture as a PNG file."""
    buffer = io.BytesIO()
    Image.new("RGB", (3, 2), (12, 34, 56)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="session")
def _programs(virtual_display: VirtualDisplay) -> Iterator[list[Program]]:
    """Programs whose windows are hidden: starting one takes a second, showing it again some milliseconds."""
    programs: list[Program] = []
    yield programs
    for program in programs:
        program.close()


@pytest.fixture
def start(display: VirtualDisplay, _programs: list[Program]) -> Iterator[Start]:
    """Opens windows, each of a program of its own: ``start("A title", "100,100,400,300")``."""
    opened: list[Program] = []

    def start(title: str, place: str = "200,150,500,300", script: str = "receiver.py") -> Program:
        idle = (each for each in _programs if each not in opened and each.script == script)
        program = next(idle, None) or Program(script, display)
        opened.append(program)
        if program not in _programs:
            _programs.append(program)
        program.open(title, place)
        return program

    yield start
    for program in opened:
        program.hide()
