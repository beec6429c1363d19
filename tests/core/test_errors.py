"""Errors are sentences with their values apart, fit for a journal and another language."""

from __future__ import annotations

import json
import pickle

import pytest

from agent.core import errors
from agent.core.errors import (
    ActionError,
    AgentError,
    ChildFailed,
    ErrorRecord,
    ExpressionError,
    ProblemsFound,
    StepTimeout,
    Stop,
    TargetNotFound,
    fill,
)
from agent.core.secret import Secret

ALL = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, AgentError)]


def test_an_error_reads_as_its_filled_sentence() -> None:
    error = TargetNotFound("No text {target} in {where}.", "Closest was {closest}.", target="{x}", where=3, closest="y")
    assert str(error) == "No text {x} in 3."
    assert fill(error.hint, error.values) == "Closest was y."


def test_a_sentence_without_values_may_have_braces() -> None:
    assert str(AgentError("Write {} for an empty object.")) == "Write {} for an empty object."


def test_a_secret_in_an_error_is_dots_everywhere() -> None:
    error = AgentError("The password {value} is wrong.", value=Secret("hunter2"), more=[Secret("hunter2")])
    assert "hunter2" not in f"{error} {error!r} {error.record()} {error.values}"
    assert str(error) == "The password ••• is wrong."


def test_a_record_survives_the_journal() -> None:
    record = TargetNotFound("No {x}, {n} times.", "Look.", x="a", n=2.5).record()
    again = ErrorRecord.from_json(json.loads(json.dumps(record.to_json())))
    assert again == record
    assert str(again) == "No a, 2.5 times."
    assert again.type == "TargetNotFound"


def test_a_record_of_an_older_program_may_lack_hint_and_values() -> None:
    assert ErrorRecord.from_json({"type": "X", "message": "m"}) == ErrorRecord("X", "m")


def test_an_expression_error_carries_its_position() -> None:
    error = ExpressionError("Wrong at {position}.", position=7)
    assert (error.position, str(error)) == (7, "Wrong at 7.")


def test_a_container_hands_on_the_error_of_its_child() -> None:
    original = TargetNotFound("No {x}.", "Look.", x="a").record()
    error = ChildFailed(original)
    assert error.record() is original
    assert str(error) == "No a." and isinstance(error, ActionError)


def test_stop_and_timeout_are_not_swallowed_by_an_action_that_catches_everything() -> None:
    for kind in (Stop, StepTimeout):
        with pytest.raises(kind):
            try:
                raise kind
            except Exception:  # noqa: BLE001 - what an author may write
                pytest.fail("swallowed")


@pytest.mark.parametrize("kind", ALL)
def test_every_error_tells_the_command_line_that_something_failed(kind: type[AgentError]) -> None:
    assert kind.exit_code != 0
    assert kind.__name__ in (errors.__doc__ or ""), "the tree in the docstring is complete"


@pytest.mark.parametrize(
    "error",
    [
        AgentError("a {b}", "c", b=1),
        ExpressionError("a {b}", position=3, b=1),
        ChildFailed(ErrorRecord("X", "a {b}", "h", {"b": 1})),
        ProblemsFound("a {b}", problems=(1, 2), b=1),
    ],
)
def test_an_error_can_come_from_another_process(error: AgentError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(again) is type(error) and vars(again) == vars(error) and str(again) == str(error) == "a 1"
