"""The real screen, input, windows and programs, under Xvfb with a window manager."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from agent.core.devices import Devices, Input, Screen, Windows
from agent.core.geometry import Point, Region
from agent.devices import open_devices
from agent.devices.apps import SystemApps
from agent.devices.virtual_display import VirtualDisplay
from tests.devices.device_contracts import (
    SLEEPER,
    AppsContract,
    Form,
    InputContract,
    ScreenContract,
    Stage,
    WindowsContract,
    until,
)

pytestmark = pytest.mark.desktop


@dataclass(frozen=True)
class _Form:
    program: Any

    @property
    def id(self) -> int:
        return int(self.program.window)

    @property
    def middle(self) -> Point:
        return Point(*self.program.board.center.model_dump().values())

    def text(self) -> str:
        return str(self.program.settled())

    def clicks(self) -> int:
        self.program.settled()
        # A window that is used again soon takes its second test's click for the second of two.
        return sum("click" in event for event in self.program.events)


@dataclass(frozen=True)
class _Stage:
    devices: Devices
    start: Any

    @property
    def input(self) -> Input:
        return self.devices.input

    @property
    def windows(self) -> Windows:
        return self.devices.windows

    def open(self, title: str, region: Region) -> _Form:
        place = ",".join(map(str, region.model_dump().values()))
        form = _Form(self.start(title, place))
        until(lambda: (active := self.windows.active()) is not None and active.id == form.id)
        return form


@pytest.fixture
def stage(display: VirtualDisplay, start: Any) -> _Stage:
    return _Stage(open_devices(), start)


class TestSystemInput(InputContract):
    pass


class TestSystemWindows(WindowsContract):
    def wait_until_gone(self, stage: Stage, form: Form) -> None:
        until(lambda: form.id not in [window.id for window in stage.windows.list()])


class TestSystemScreen(ScreenContract):
    @pytest.fixture
    def screen(self, display: VirtualDisplay) -> Screen:
        return open_devices().screen

    def test_colours_are_where_they_were_drawn(self, screen: Screen, start: Any) -> None:
        board = start("Colours").board

        def stripes() -> list[tuple[int, ...]]:
            rows = (screen.capture(Region(board.x + 9, board.y + 20 * row + 10, 1, 1)).pixels for row in range(4))
            return [tuple(row[2::-1]) for row in rows]

        until(lambda: stripes() == [(255, 0, 0), (0, 255, 0), (0, 0, 255), (12, 34, 56)])


class TestSystemApps(AppsContract):
    @pytest.fixture
    def apps(self) -> SystemApps:
        return SystemApps()

    @pytest.fixture
    def sleeper(self) -> list[str]:
        return SLEEPER

    @pytest.fixture
    def stubborn(self, apps: SystemApps, tmp_path: Any) -> Iterator[int]:
        ready = tmp_path / "ready"
        code = (
            "import pathlib,signal,time;signal.signal(15, signal.SIG_IGN);pathlib.Path('ready').touch();time.sleep(600)"
        )
        pid = apps.launch([SLEEPER[0], "-c", code], folder=tmp_path)
        until(ready.exists)
        yield pid
        apps.end(pid, force=True)
