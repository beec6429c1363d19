"""Printing for a person: tables, errors with hints, exit codes."""

from __future__ import annotations

import pytest

from agent.cli.console import Printer, exit_code
from agent.cli.running import parse_inputs
from agent.core.errors import AgentError, ErrorRecord, ProblemsFound, TargetNotFound
from agent.core.problems import Problem
from agent.resources.language import Language


@pytest.fixture
def printer(monkeypatch: pytest.MonkeyPatch) -> Printer:
    monkeypatch.setenv("COLUMNS", "120")
    return Printer(Language("en"))


def test_a_list_of_objects_is_printed_as_a_table(printer: Printer, capsys: pytest.CaptureFixture[str]) -> None:
    printer.value([{"order": "1", "sum": 2.5}, {"order": "[red]2", "sum": None}], "orders")
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [["orders"], ["order", "sum"], ["1", "2.5"], ["[red]2", "null"]]


def test_any_other_value_is_printed_as_json(printer: Printer, capsys: pytest.CaptureFixture[str]) -> None:
    printer.value({"größe": [1]})
    assert capsys.readouterr().out == '{\n  "größe": [\n    1\n  ]\n}\n'


def test_an_error_goes_to_the_error_stream_with_its_hint(printer: Printer, capsys: pytest.CaptureFixture[str]) -> None:
    printer.error(TargetNotFound("No text {text}.", "Look [bold]closer[/bold].", text="[1]"))
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "✗ No text [1].\n  Look [bold]closer[/bold].\n"


def test_problems_are_listed_with_their_nodes(printer: Printer, capsys: pytest.CaptureFixture[str]) -> None:
    problem = Problem("click", "target", ErrorRecord("Problem", "It is missing.", "Add it."))
    printer.error(ProblemsFound("Two problems.", problems=(problem, problem)))
    assert capsys.readouterr().err.splitlines()[1] == "  click: It is missing. Add it."


@pytest.mark.parametrize(
    ("name", "code"), [("LoginFailed", 2), ("OcrLanguageMissing", 4), ("KeychainLocked", 5), ("KeyError", 1)]
)
def test_the_exit_code_follows_the_kind_of_error(name: str, code: int) -> None:
    assert exit_code(name) == code


def test_inputs_are_split_at_the_first_equals_sign() -> None:
    assert parse_inputs(["a=b=c", "empty="]) == {"a": "b=c", "empty": ""}
    with pytest.raises(AgentError, match="novalue"):
        parse_inputs(["novalue"])
