"""The menu beside the clock."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from agent.app import WorkflowFile
from agent.core.errors import ErrorRecord
from agent.gui.theme import Theme
from agent.gui.tray import MOST_WORKFLOWS, Tray
from agent.resources.language import Language


@pytest.fixture
def tray(theme: Theme) -> Tray:
    return Tray(theme, Language("en"))


def action(tray: Tray, text: str) -> QAction:
    return next(each for each in tray.menu.actions() if each.text() == text)


def file(name: str, error: ErrorRecord | None = None) -> WorkflowFile:
    return WorkflowFile(Path(f"{name}.workflow.json"), name, error=error)


def test_it_offers_the_workflows_that_can_be_run(tray: Tray, qtbot: QtBot) -> None:
    tray.offer([file("Broken", ErrorRecord("DocumentError", "It is broken.")), file("Bread & butter")])
    with qtbot.waitSignal(tray.run_wanted) as sent:
        action(tray, "Bread && butter").trigger()
    assert sent.args[0].name == "Bread & butter"
    assert "Broken" not in [each.text() for each in tray.menu.actions()]


def test_it_offers_no_more_than_fit(tray: Tray) -> None:
    tray.offer([file(f"Workflow {number}") for number in range(100)])
    assert sum(each.text().startswith("Workflow") for each in tray.menu.actions()) == MOST_WORKFLOWS


def test_stop_all_is_there_while_something_runs(tray: Tray, qtbot: QtBot) -> None:
    assert not action(tray, "Stop all").isEnabled()
    tray.note(2)
    assert tray.icon.toolTip() == "Trusted Login Agent – 2 under way"
    with qtbot.waitSignal(tray.stop_all_wanted):
        action(tray, "Stop all").trigger()
    tray.note(0)
    assert not action(tray, "Stop all").isEnabled()
