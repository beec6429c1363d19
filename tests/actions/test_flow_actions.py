"""If, for each, delay and try."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.actions.flow import Delay, ForEach, If, Try
from agent.core.action import Pass, PassEnd
from agent.core.errors import ActionError, ChildFailed, ErrorRecord, TargetNotFound, WindowNotFound
from tests.actions.desk import Desk

DONE = PassEnd()
NOT_FOUND = TargetNotFound("No text {target}.", target="Save").record()


def failed(record: ErrorRecord = NOT_FOUND) -> PassEnd:
    return PassEnd(error=record, failed_node="click", screenshot="click-1-error.png")


@pytest.mark.parametrize("value", [False, None, 0, "", "0", "false", " Nein ", "FALSCH", "no", [], {}, 0.0])
def test_what_says_no_takes_the_way_false(desk: Desk, value: Any) -> None:
    condition = If(condition=value)
    assert condition.outlet(condition.run(desk.context)) == "false"


@pytest.mark.parametrize("value", [True, 1, -1, "true", "ja", "anything", [0], "0.5"])
def test_everything_else_takes_the_way_true(desk: Desk, value: Any) -> None:
    condition = If(condition=value)
    assert condition.outlet(condition.run(desk.context)) == "true"


@pytest.mark.parametrize(
    ("items", "seen"),
    [
        (["a", "b"], ["a", "b"]),
        ({"rows": [{"no": 1}]}, [{"no": 1}]),
        ("1..3", [1, 2, 3]),
        ("2 .. -1", [2, 1, 0, -1]),
    ],
)
def test_for_each_gives_every_pass_its_item_and_index(desk: Desk, items: Any, seen: Any) -> None:
    rounds, result = desk.drive(
        ForEach(items=items, parallel=2), lambda each: PassEnd(outputs={"a": {"saw": each.variables["item"]}})
    )
    assert [each.variables for each in rounds[0].passes] == [{"item": v, "index": i} for i, v in enumerate(seen)]
    assert rounds[0].parallel == 2
    assert (result.count, [each["a"]["saw"] for each in result.results]) == (len(seen), seen)


def test_for_each_over_nothing_runs_nothing(desk: Desk) -> None:
    rounds, result = desk.drive(ForEach(items=[]), lambda each: DONE)
    assert (rounds, result.count) == ([], 0)


def test_for_each_fails_with_the_error_of_the_first_failed_pass(desk: Desk) -> None:
    with pytest.raises(ChildFailed) as caught:
        desk.drive(ForEach(items=[1, 2]), lambda each: failed() if each.variables["index"] else DONE)
    assert caught.value.record() == NOT_FOUND


@pytest.mark.parametrize(
    ("items", "problem"), [("1...3", "is no list"), (5, "is no list"), ("1..999999999", "loop has")]
)
def test_for_each_refuses_what_it_cannot_go_through(desk: Desk, items: Any, problem: str) -> None:
    with pytest.raises(ActionError, match=problem):
        desk.drive(ForEach(items=items), lambda each: DONE)


def test_a_delay_sleeps_through_the_context(desk: Desk) -> None:
    Delay(seconds=2.5).run(desk.context)
    assert desk.slept == 2.5


def test_a_delay_longer_than_the_timeout_is_told_at_once(desk: Desk) -> None:
    with pytest.raises(ActionError, match="longer than the step's timeout of 30 s"):
        Delay(seconds=60).run(desk.context)
    assert desk.slept == 0


def sections(desk: Desk, action: Try, ends: dict[str, PassEnd]) -> tuple[list[Pass], object]:
    seen: list[Pass] = []

    def end(each: Pass) -> PassEnd:
        seen.append(each)
        return ends.get(each.section, DONE)

    try:
        _, result = desk.drive(action, end)
    except ChildFailed as error:
        return seen, error.record()
    return seen, result


def test_without_an_error_catch_is_passed_over(desk: Desk) -> None:
    seen, result = sections(desk, Try(), {})
    assert [each.section for each in seen] == ["body", "finally"]
    assert result.model_dump() == {"caught": False, "error": None}


def test_catch_sees_what_happened(desk: Desk) -> None:
    seen, result = sections(desk, Try(), {"body": failed()})
    error = {"type": "TargetNotFound", "message": "No text Save.", "step": "click", "screenshot": "click-1-error.png"}
    assert [(each.section, each.variables.get("error")) for each in seen] == [
        ("body", None),
        ("catch", error),
        ("finally", error),
    ]
    assert result.model_dump() == {"caught": True, "error": error}


@pytest.mark.parametrize("kinds", [["TargetNotFound"], ["ActionError"], ["AgentError"], ["*"], ["Other", "Exception"]])
def test_an_error_is_caught_by_its_type_or_a_wider_one(desk: Desk, kinds: Any) -> None:
    assert sections(desk, Try(catch_types=kinds), {"body": failed()})[1].caught


def test_another_type_goes_through_after_finally(desk: Desk) -> None:
    seen, error = sections(desk, Try(catch_types=["LoginFailed"]), {"body": failed()})
    assert [each.section for each in seen] == ["body", "finally"]
    assert error == NOT_FOUND


WORSE = WindowNotFound("No window.").record()


@given(st.fixed_dictionaries({name: st.sampled_from([DONE, failed(), failed(WORSE)]) for name in Try.sections}))
def test_finally_runs_last_and_once_and_no_error_is_lost(ends: Any) -> None:
    passes = Try().passes(None)  # type: ignore[arg-type]  # it needs no context
    seen, result = [], None
    try:
        upcoming = next(passes)
        while True:
            (only,) = upcoming.passes
            seen.append(only.section)
            upcoming = passes.send((ends[only.section],))
    except StopIteration as stop:
        result = stop.value
    except ChildFailed as error:
        result = error.record()
    assert seen[-1] == "finally"
    assert len(seen) == len(set(seen))
    errors = [ends[name].error for name in seen if name != "body" and ends[name].error]
    assert result == errors[0] if errors else result.caught == (ends["body"].error is not None)


def test_a_try_without_catch_steps_catches_nothing(desk: Desk) -> None:
    seen, error = sections(desk, Try(), {"body": failed(), "catch": PassEnd(empty=True)})
    assert [each.section for each in seen] == ["body", "catch", "finally"]
    assert error == NOT_FOUND
