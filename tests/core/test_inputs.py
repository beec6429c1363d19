"""What a workflow is started with."""

from __future__ import annotations

from typing import Any

import pytest

from agent.core.errors import ProblemsFound, fill
from agent.core.inputs import check_inputs
from agent.core.workflow import Input, Workflow
from tests.core.sample import flow, say


def asks(*inputs: Input) -> Workflow:
    """A workflow that asks for these."""
    return flow(say("a"), inputs=inputs)


def refused(workflow: Workflow, given: dict[str, Any]) -> list[str]:
    """All sentences of the refusal."""
    with pytest.raises(ProblemsFound) as caught:
        check_inputs(workflow, given)
    records = [problem.record for problem in caught.value.problems]
    return [f"{record} {fill(record.hint, record.values)}" for record in records]


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        ("text", "  as it is ", "  as it is "),
        ("text", "", ""),
        ("text", 5, "5"),
        ("number", "12", 12),
        ("number", "-12.50", -12.5),
        ("number", " 12,5 ", 12.5),
        ("number", "1.234,5", 1234.5),
        ("number", "1,234,567.5", 1234567.5),
        ("number", "0,125", 0.125),
        ("number", "1.234", 1.234),
        ("number", "2e3", 2000.0),
        ("number", 10**400, 10**400),
        ("integer", "+7", 7),
        ("integer", "7.0", 7),
        ("integer", 7.0, 7),
        ("boolean", "Ja", True),
        ("boolean", "nein", False),
        ("boolean", "YES", True),
        ("boolean", "off", False),
        ("boolean", 1, True),
        ("boolean", False, False),
        ("date", "2026-11-24", "2026-11-24"),
        ("date", "24.11.2026", "2026-11-24"),
        ("date", "4.1.2026", "2026-01-04"),
        ("credential", "crm", "crm"),
        ("file", "C:\\x.csv", "C:\\x.csv"),
    ],
)
def test_texts_are_read_as_the_declared_type(kind: Any, given: Any, value: Any) -> None:
    read = check_inputs(asks(Input(name="x", type=kind)), {"x": given})["x"]
    assert read == value and type(read) is type(value)


@pytest.mark.parametrize(
    ("kind", "given", "sentence"),
    [
        ("text", [1], "is a text, not […]"),
        ("number", "a lot", 'is a number, not "a lot"'),
        ("number", "1,234", "can be read in two ways"),
        ("number", "1.2.3", "is a number"),
        ("number", "1e999", "is a number"),
        ("number", float("nan"), "is a number"),
        ("number", True, "is a number, not true"),
        ("number", "", "is a number"),
        ("integer", "7.5", "is a whole number"),
        ("integer", "1e999", "is a whole number"),
        ("boolean", "maybe", "is yes or no"),
        ("boolean", None, "is missing"),
        ("boolean", [], "is yes or no"),
        ("date", "31.2.2026", "is a date"),
        ("date", "tomorrow", "2026-11-24 or 24.11.2026"),
        ("date", 5, "is a date"),
        ("credential", "  ", "is a name"),
        ("file", {}, "is a name, not {…}"),
    ],
)
def test_what_cannot_be_meant_is_refused(kind: Any, given: Any, sentence: str) -> None:
    (told,) = refused(asks(Input(name="x", type=kind)), {"x": given})
    assert sentence in told


def test_choices_are_taken_as_they_are_spelt() -> None:
    workflow = asks(Input(name="size", type="choice", choices=("Small", "Größe L")))
    assert check_inputs(workflow, {"size": "GRÖSSE L"}) == {"size": "Größe L"}
    assert refused(workflow, {"size": "smal"}) == ['The input size has no choice "smal". Did you mean Small?']
    assert "There are: Small, Größe L." in refused(workflow, {"size": 7})[0]


def test_defaults_are_filled_in_and_checked_too() -> None:
    workflow = asks(
        Input(name="day", type="date", default="24.11.2026"), Input(name="note", required=False), Input(name="user")
    )
    assert check_inputs(workflow, {"user": "Ann"}) == {"day": "2026-11-24", "note": None, "user": "Ann"}


def test_everything_wrong_is_told_at_once() -> None:
    workflow = asks(Input(name="user"), Input(name="count", type="integer"), Input(name="day", type="date"))
    assert refused(workflow, {"usr": "x", "count": "x"}) == [
        "There is no input usr. Did you mean user?",
        "The input user is missing. Give it as user=value.",
        'The input count is a whole number, not "x". Write it without a point.',
        "The input day is missing. Give it as day=value.",
    ]


def test_a_workflow_that_asks_for_nothing_says_so() -> None:
    assert refused(asks(), {"x": 1}) == ["There is no input x. The workflow asks for nothing."]
