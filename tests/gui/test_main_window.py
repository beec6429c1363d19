"""The window from the outside: find a workflow, run it, watch it, stop it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from agent.app import Agent
from agent.core.run import Status
from agent.gui.main_window import MainWindow
from agent.gui.step_table import Column
from agent.gui.theme import Theme
from agent.gui.tray import Tray
from agent.resources.language import Language
from tests.gui.conftest import OpenWindow, WriteWorkflow

SAY = {"id": "say", "action": "log.message", "title": "Say it", "params": {"text": "Grüße"}}
WAIT = {"id": "wait", "action": "flow.delay", "title": "Wait", "params": {"seconds": 25}}
FAIL = {"id": "fail", "action": "data.regex", "title": "Search", "params": {"text": "x", "pattern": "("}}
ONCE = {"policy": {"attempts": 1}}


def names(window: MainWindow) -> list[str]:
    model = window.workflows.list.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def search(window: MainWindow, qtbot: QtBot, text: str) -> None:
    window.workflows.focus_search()
    qtbot.keyClicks(window.workflows.search, text)
    with qtbot.waitSignal(window.workflows.chosen):
        pass


def steps(window: MainWindow) -> list[tuple[Any, ...]]:
    model = window.runs.steps.model()
    columns = (Column.STATUS, Column.STEP, Column.MESSAGE)
    return [tuple(model.index(row, column).data() for column in columns) for row in range(model.rowCount())]


def wait_for_end(window: MainWindow, qtbot: QtBot) -> Status:
    qtbot.waitUntil(lambda: window._shown != "" and not window.book.page(window._shown).is_under_way, timeout=10_000)
    run = window.book.page(window._shown).run
    assert run is not None
    return run.status


def test_the_list_shows_own_workflows_before_the_examples(
    open_window: OpenWindow, write_workflow: WriteWorkflow
) -> None:
    write_workflow("Zebra", SAY)
    window = open_window()
    assert names(window)[0] == "Zebra"
    assert "Sign in and read the open orders" in names(window)


def test_the_search_keeps_what_has_every_word(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window()
    search(window, qtbot, "ORDERS sign")
    assert names(window) == ["Sign in and read the open orders"]


def test_a_search_without_a_hit_says_so_and_escape_brings_all_back(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window()
    before = names(window)
    search(window, qtbot, "qqq")
    assert window.workflows.empty.isVisible()
    assert window.workflows.empty.title.text() == "No workflow fits “qqq”."
    assert not window.runs.run.isEnabled()
    qtbot.keyClick(window.workflows.search, Qt.Key.Key_Escape)
    assert names(window) == before


def test_without_any_workflow_the_next_step_is_offered(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window()
    window.workflows.show_files(())
    assert window.workflows.empty.title.text() == "No workflows yet"
    with qtbot.waitSignal(window.workflows.folder_wanted):
        window.workflows.empty.button.click()


def test_run_shows_each_step_with_its_word_and_message(
    open_window: OpenWindow, write_workflow: WriteWorkflow, qtbot: QtBot
) -> None:
    write_workflow("A test", SAY)
    window = open_window()
    qtbot.mouseClick(window.runs.run, Qt.MouseButton.LeftButton)
    assert not window.runs.run.isEnabled()
    assert wait_for_end(window, qtbot) is Status.DONE
    qtbot.waitUntil(lambda: steps(window) == [("Done", "Say it", "Grüße")])
    assert window.runs.status.text().startswith("Done · ")
    assert window.runs.run.isEnabled()


def test_enter_in_the_search_box_runs_what_was_found(
    open_window: OpenWindow, write_workflow: WriteWorkflow, qtbot: QtBot
) -> None:
    write_workflow("A test", SAY)
    write_workflow("Other", SAY)
    window = open_window()
    window.workflows.focus_search()
    qtbot.keyClicks(window.workflows.search, "other")
    qtbot.keyClick(window.workflows.search, Qt.Key.Key_Return)  # before the search has waited its time
    assert wait_for_end(window, qtbot) is Status.DONE
    assert window.runs.name.text() == "Other"


def test_a_failed_run_tells_what_to_do(open_window: OpenWindow, write_workflow: WriteWorkflow, qtbot: QtBot) -> None:
    write_workflow("A test", FAIL | ONCE)
    window = open_window()
    window.runs.run.click()
    assert wait_for_end(window, qtbot) is Status.FAILED
    assert window.runs.notice.isVisible()
    assert "is not a regular expression" in window.runs.notice.message.text()
    assert window.runs.notice.hint.text()
    assert "Traceback" not in window.runs.notice.message.text()
    assert steps(window)[0][0] == "Failed"


def test_stop_ends_the_run(open_window: OpenWindow, write_workflow: WriteWorkflow, qtbot: QtBot) -> None:
    write_workflow("A test", WAIT)
    window = open_window()
    assert not window.runs.stop.isEnabled()
    window.runs.run.click()
    qtbot.waitUntil(lambda: window.runs.stop.isEnabled() and bool(window.runs.steps.model().rowCount()))
    assert window.under_way.text() == "1 under way"
    window.runs.stop.click()
    assert not window.runs.stop.isEnabled()
    assert wait_for_end(window, qtbot) is Status.STOPPED
    assert window.under_way.text() == "Nothing is running"


def test_stop_all_ends_every_run(open_window: OpenWindow, write_workflow: WriteWorkflow, qtbot: QtBot) -> None:
    write_workflow("A test", WAIT)
    write_workflow("B test", WAIT)
    window = open_window()
    for row in (0, 1):
        window.workflows.list.setCurrentIndex(window.workflows.list.model().index(row, 0))
        window.runs.run.click()
    qtbot.waitUntil(lambda: len(window.book.under_way()) == 2)
    window.stop_all.trigger()
    qtbot.waitUntil(lambda: not window.book.under_way(), timeout=10_000)
    assert not window.stop_all.isEnabled()


def test_each_workflow_keeps_its_own_step_log(
    open_window: OpenWindow, write_workflow: WriteWorkflow, qtbot: QtBot
) -> None:
    write_workflow("A test", SAY)
    write_workflow("B test", SAY)
    window = open_window()
    window.runs.run.click()
    wait_for_end(window, qtbot)
    view = window.workflows.list
    view.setCurrentIndex(view.model().index(1, 0))
    assert window.runs.empty.isVisible()
    view.setCurrentIndex(view.model().index(0, 0))
    qtbot.waitUntil(lambda: steps(window) == [("Done", "Say it", "Grüße")])


def test_a_damaged_file_is_listed_with_its_fault_and_cannot_be_run(open_window: OpenWindow, agent: Agent) -> None:
    agent.home.workflows.mkdir(parents=True)
    (agent.home.workflows / "bad.workflow.json").write_text("{", encoding="utf-8")
    window = open_window()
    assert names(window)[0] == "bad"
    assert "not valid JSON" in window.runs.notice.message.text()
    assert not window.runs.run.isEnabled()


def test_a_workflow_with_problems_is_not_started_and_lists_them(
    open_window: OpenWindow, write_workflow: WriteWorkflow, qtbot: QtBot
) -> None:
    write_workflow("A test", {"id": "a", "action": "mouse.clack"})
    window = open_window()
    window.runs.run.click()
    qtbot.waitUntil(window.runs.notice.isVisible)
    assert "mouse.clack" in window.runs.notice.message.text()
    assert window.runs.run.isEnabled()


def test_the_window_speaks_german(agent: Agent, open_window: OpenWindow) -> None:
    agent.language = Language("de")
    window = open_window()
    assert window.runs.run.text() == "Ausführen"
    assert window.workflows.search.placeholderText() == "Workflows suchen"
    assert window.under_way.text() == "Es läuft nichts"


def test_everything_that_takes_the_focus_has_a_name(open_window: OpenWindow) -> None:
    window = open_window()
    for widget in window.findChildren(QWidget):
        if isinstance(widget, QLineEdit | QAbstractButton | QComboBox | QAbstractItemView) and widget.isVisible():
            text = widget.text() if isinstance(widget, QAbstractButton) else ""
            inner = widget.parent() if isinstance(widget.parent(), QLineEdit) else widget
            assert widget.accessibleName() or text or inner.accessibleName(), widget


def test_the_next_window_opens_where_the_last_one_was(open_window: OpenWindow, agent: Agent, theme: Theme) -> None:
    first = open_window()
    first.resize(760, 560)
    first.shut()
    second = MainWindow(agent, theme)
    assert (second.width(), second.height()) == (760, 560)
    second.shut()
    second.deleteLater()


def test_without_a_tray_closing_the_window_ends_the_program(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window()
    with qtbot.waitSignal(window.quit_wanted):
        window.close()


def test_with_a_tray_the_program_stays_there(agent: Agent, theme: Theme, qtbot: QtBot) -> None:
    tray = Tray(theme, agent.language)
    window = MainWindow(agent, theme, tray)
    qtbot.addWidget(window)
    window.show()
    with qtbot.assertNotEmitted(window.quit_wanted):
        window.close()
    assert not window.isVisible()
    tray.open_wanted.emit()
    assert window.isVisible()
    with qtbot.waitSignal(window.quit_wanted):
        tray.quit_wanted.emit()
    window.shut()
