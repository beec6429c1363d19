"""Two runs of the whole agent: one waits for something on the screen, the other acts meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.app import Agent
from agent.core.events import StepChanged
from agent.core.geometry import Region
from agent.core.run import Status
from agent.core.workflow import Node, Workflow
from agent.devices.fake import FakeDesktop
from agent.settings import Home, Settings
from agent.vault import Keychain
from agent.vault.memory import MemoryKeyring

WAITS = [
    Node(id="w", action="screen.wait", params={"target": "Ready"}),
    Node(id="w", action="screen.exists", params={"target": "Ready", "wait_s": 25}),
    Node(id="w", action="screen.assert", params={"target": "Ready", "wait_s": 25}),
    Node(id="w", action="screen.wait", params={"target": {"region": [0, 0, 50, 50]}, "state": "change"}),
]


@pytest.mark.parametrize("wait", WAITS, ids=lambda node: f"{node.action} {node.params.get('state', '')}")
def test_one_run_acts_while_another_waits(tmp_path: Path, wait: Node) -> None:
    desktop = FakeDesktop(Region(0, 0, 200, 100))
    parts = {"devices": desktop.devices, "eye": desktop.eye, "keychain": Keychain(MemoryKeyring())}
    with Agent.open(Home(tmp_path / "home"), Settings(), **parts) as agent:
        looking = threading.Event()
        agent.subscribe(lambda event: looking.set() if is_running(event) else None)
        waiting = agent.start(Workflow(id="a", name="Waits", nodes=(wait,)))
        assert looking.wait(20)
        if wait.params.get("state") == "change":  # from what, must be seen before
            wait_until(lambda: bool(desktop.screen.captures))
        click = Node(id="c", action="mouse.click", params={"target": {"point": {"x": 5, "y": 5}}})
        assert agent.run(Workflow(id="b", name="Clicks", nodes=(click,))).status is Status.DONE
        assert len(desktop.input.clicks) == 1
        assert agent.wait(waiting.id, 0).status is Status.RUNNING
        desktop.screen.paint(Region(0, 0, 9, 9), (0, 0, 0))
        desktop.eye.texts["Ready"] = Region(10, 10, 40, 20)
        assert agent.wait(waiting.id, 20).status is Status.DONE


def wait_until(fact: Callable[[], bool]) -> None:
    """Wait for something that has no event of its own."""
    end = time.monotonic() + 20
    while not fact():
        assert time.monotonic() < end, "it did not happen"
        threading.Event().wait(0.005)


def is_running(event: object) -> bool:
    return isinstance(event, StepChanged) and event.step.node_id == "w" and event.step.status is Status.RUNNING
