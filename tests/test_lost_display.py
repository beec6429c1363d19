"""A run whose X server is killed waits for it, says so, and goes on when the server is back."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from agent.app import Agent
from agent.core.devices import Devices
from agent.core.events import Event, RunChanged, StepChanged
from agent.core.geometry import Point
from agent.core.run import Status
from agent.core.workflow import Workflow
from agent.devices import open_devices
from tests.devices.server import Server

pytestmark = [
    pytest.mark.desktop,
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="not installed: Xvfb"),
]


def move(node_id: str, x: int, **policy: Any) -> dict[str, Any]:
    """A step that moves the pointer."""
    params = {"target": {"point": {"x": x, "y": 50}}}
    return {"id": node_id, "action": "mouse.move", "params": params, "policy": {"attempts": 1, **policy}}


TWO_MOVES = Workflow.model_validate(
    {
        "id": "t",
        "name": "Two moves",
        "nodes": [move("first", 10), move("second", 20, timeout=1)],
        "edges": [{"from": "first", "to": "second"}],
    }
)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server() as server:
        monkeypatch.setenv("DISPLAY", server.name)
        yield server


def kill_after_the_first(agent: Agent, server: Server) -> threading.Event:
    """Kill the server between the two steps; set when the run waits for it."""
    parked = threading.Event()

    def hear(event: Event) -> None:
        if isinstance(event, StepChanged) and event.step.node_id == "first" and event.step.status is Status.DONE:
            server.kill()
        if isinstance(event, RunChanged) and event.run.status is Status.WAITING and event.run.error is not None:
            parked.set()

    agent.subscribe(hear)
    return parked


def open_agent() -> tuple[Agent, Devices]:
    devices = open_devices()
    return Agent.open(devices=devices), devices


def test_a_run_waits_for_a_display_that_was_killed_and_goes_on(server: Server) -> None:
    agent, devices = open_agent()
    with agent:
        parked = kill_after_the_first(agent, server)
        run = agent.start(TWO_MOVES)
        assert parked.wait(20)
        waiting = agent.find_run(run.id)
        assert waiting.status is Status.WAITING
        assert str(waiting.error) == f"The display {server.name} is gone."
        server.restart()
        ended = agent.wait(run.id, 20)
        assert (ended.status, ended.error) == (Status.DONE, None)
        assert devices.input.position() == Point(20, 50)
        assert [(step.node_id, step.attempt) for step in agent.steps(run.id)] == [("first", 1), ("second", 1)]


def test_a_run_that_waits_for_a_dead_display_can_be_stopped(server: Server) -> None:
    agent, _ = open_agent()
    with agent:
        parked = kill_after_the_first(agent, server)
        run = agent.start(TWO_MOVES)
        assert parked.wait(20)
        agent.stop(run.id)
        assert agent.wait(run.id, 5).status is Status.STOPPED
