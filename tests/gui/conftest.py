"""The window with a whole agent behind it, on a machine in memory."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from agent.app import Agent
from agent.devices.fake import FakeDesktop
from agent.gui.main_window import MainWindow
from agent.gui.theme import Theme
from agent.settings import Home, Settings
from agent.vault import Keychain
from agent.vault.memory import MemoryKeyring

WriteWorkflow = Callable[..., Path]
OpenWindow = Callable[..., MainWindow]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What the offscreen platform says of itself is no fault of the window."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support"))


@pytest.fixture
def keychain() -> Keychain:
    """An empty keychain in memory."""
    return Keychain(MemoryKeyring())


@pytest.fixture
def agent(keychain: Keychain) -> Iterator[Agent]:
    """The real agent in English, on a fake machine."""
    desktop = FakeDesktop()
    settings = Settings(language="en")
    parts = {"devices": desktop.devices, "eye": desktop.eye, "keychain": keychain}
    with Agent.open(Home.of_user(), settings, **parts) as made:
        yield made


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    """The light theme."""
    return Theme(qapp, "light")


@pytest.fixture
def write_workflow(agent: Agent) -> WriteWorkflow:
    """Write a workflow of the user's own: ``write_workflow("Name", {"id": …, "action": …}, inputs=…)``."""

    def write(name: str, *nodes: dict[str, Any], **rest: Any) -> Path:
        agent.home.workflows.mkdir(parents=True, exist_ok=True)
        path = agent.home.workflows / f"{name.lower().replace(' ', '_')}.workflow.json"
        edges = [{"from": one["id"], "to": two["id"]} for one, two in itertools.pairwise(nodes)]
        document = {"format": 1, "name": name, "nodes": nodes, "edges": edges} | rest
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    return write


@pytest.fixture
def open_window(agent: Agent, theme: Theme, qtbot: QtBot) -> Iterator[OpenWindow]:
    """Open the window and wait until it shows the workflows."""
    opened: list[MainWindow] = []

    def open_it() -> MainWindow:
        window = MainWindow(agent, theme)
        qtbot.addWidget(window)
        opened.append(window)
        window.show()
        with qtbot.waitSignal(window.workflows.chosen):
            window.begin()
        return window

    yield open_it
    for window in opened:
        window.shut()
