"""A few of each cell of the typing matrix; `python -m tests.benchmarks.typing_matrix` types each text fifty times."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from agent.devices.virtual_display import VirtualDisplay
from agent.devices.x11.input import X11Input
from tests.devices.conftest import Program
from tests.devices.matrix import ALL, LAYOUTS, RECEIVERS, missing

pytestmark = pytest.mark.desktop


@pytest.fixture
def keyboard(display: VirtualDisplay) -> Iterator[X11Input]:
    connections = (display.connect(), display.connect())
    yield X11Input(*connections)
    subprocess.run(["setxkbmap", "us", "-option"], check=True)
    for connection in connections:
        connection.close()


@pytest.fixture(scope="module", params=RECEIVERS)
def form(request: pytest.FixtureRequest, virtual_display: VirtualDisplay) -> Iterator[Program]:
    """Of its own, because a page cannot hide its window for later tests."""
    script = RECEIVERS[request.param]
    if reason := missing(script):
        pytest.skip(reason)
    program = Program(script, virtual_display)
    program.open(f"Typing in {request.param}", "200,150,700,500")
    yield program
    program.close()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_character_arrives(keyboard: X11Input, form: Program, layout: str) -> None:
    subprocess.run(["setxkbmap", *layout.split()], check=True)
    for _ in range(2):
        form.clear()
        assert keyboard.type_text(ALL, into=form.window) == len(ALL)
        assert form.received(len(ALL)) == ALL
