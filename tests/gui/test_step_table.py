"""The step log's model."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.modeltest import ModelTester

from agent.core.errors import ErrorRecord
from agent.core.events import LogLine
from agent.core.run import Status, Step
from agent.gui import step_table
from agent.gui.step_table import Column, StepTable
from agent.gui.theme import Theme
from agent.resources.language import Language


def step(number: int = 1, **changes: object) -> Step:
    return replace(Step(run_id="r", node_id=f"n{number}", action="log.message", title=f"Step {number}"), **changes)


@pytest.fixture
def table(theme: Theme, qtmodeltester: ModelTester) -> StepTable:
    made = StepTable(theme, Language("en"))
    qtmodeltester.check(made)
    return made


def cell(table: StepTable, row: int, column: Column) -> str:
    return str(table.index(row, column).data())


def test_a_new_snapshot_takes_the_place_of_the_old_one(table: StepTable) -> None:
    table.put(step(1))
    table.put(step(2))
    table.put(step(1, status=Status.DONE, elapsed_s=2.306))
    assert table.rowCount() == 2
    assert cell(table, 0, Column.STATUS) == "Done"
    assert cell(table, 0, Column.TIME) == "2.31 s"


def test_each_attempt_and_each_pass_has_its_own_row(table: StepTable) -> None:
    table.put(step(1, status=Status.RETRYING))
    table.put(step(1, attempt=2))
    table.put(step(1, path="each[1]"))
    names = [cell(table, row, Column.STEP) for row in range(table.rowCount())]
    assert names == ["Step 1", "Step 1 · attempt 2", "Step 1 · each[1]"]


def test_an_error_is_told_and_its_hint_is_in_the_tip(table: StepTable) -> None:
    error = ErrorRecord("TargetNotFound", "No text {text}.", "Look again.", {"text": "Speichern"})
    table.put(step(1, status=Status.FAILED, error=error))
    index = table.index(0, Column.MESSAGE)
    assert index.data() == "No text Speichern."
    assert index.data(3) == "No text Speichern.\nLook again."


def test_a_line_stands_at_the_latest_step_of_its_node(table: StepTable) -> None:
    table.put(step(1, path="each[0]"))
    table.put(step(1, path="each[1]"))
    table.say(LogLine("r", "n1", "info", "Hello"))
    assert [cell(table, row, Column.MESSAGE) for row in (0, 1)] == ["", "Hello"]


def test_a_long_loop_keeps_the_latest_rows_only(table: StepTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_table, "MOST_ROWS", 3)
    for number in range(5):
        table.put(step(number))
    table.put(step(4, status=Status.DONE))
    assert [cell(table, row, Column.STEP) for row in range(table.rowCount())] == ["Step 2", "Step 3", "Step 4"]
    assert cell(table, 2, Column.STATUS) == "Done"
    table.put(step(0, status=Status.DONE))  # the loop itself, whose row is gone, ends last
    assert [cell(table, row, Column.STEP) for row in range(table.rowCount())] == ["Step 3", "Step 4", "Step 0"]


def test_germans_read_a_comma(theme: Theme) -> None:
    table = StepTable(theme, Language("de"))
    table.put(step(1, status=Status.DONE, elapsed_s=0.5))
    assert cell(table, 0, Column.TIME) == "0,50 s"
