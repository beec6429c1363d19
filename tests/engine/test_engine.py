"""What a workflow does, in both kinds of engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.core.events import LogLine, RunChanged, StepChanged
from agent.core.run import Status
from tests.engine.stand import Echo, Fail, Stand, node, workflow


def test_values_go_from_node_to_node_and_out(stand: Stand) -> None:
    chain = workflow(
        node("a", value="${inputs.name}"),
        node("b", value="Hello ${nodes.a.value}"),
        edges=["a>b"],
        outputs={"greeting": "${nodes.b.value}"},
    )
    run = stand.run(chain, {"name": "Ada"})
    assert run.status is Status.DONE
    assert run.outputs == {"greeting": "Hello Ada"}
    assert stand.steps(run)["b"].inputs == {"value": "Hello Ada"}


def test_a_branch_not_taken_is_skipped_and_does_not_block_the_join(stand: Stand) -> None:
    fork = workflow(
        node("if", "branch", way=True),
        node("yes"),
        node("no"),
        node("after_no"),
        node("join"),
        edges=["if:true>yes", "if:false>no", "no>after_no", "yes>join", "after_no>join"],
    )
    run = stand.run(fork)
    assert stand.statuses(run) == {
        "if": "done",
        "yes": "done",
        "no": "skipped",
        "after_no": "skipped",
        "join": "done",
    }


def test_an_intent_is_recorded_before_its_outcome_and_the_run_around_both(stand: Stand) -> None:
    stand.run(workflow(node("a")))
    assert stand.journal.history == [
        ("run", Status.WAITING),
        ("run", Status.RUNNING),
        ("a", Status.RUNNING),
        ("a", Status.DONE),
        ("run", Status.DONE),
    ]


def test_nothing_is_announced_before_it_is_in_the_journal(stand: Stand) -> None:
    early: list[Any] = []

    def compare(event: Any) -> None:
        if isinstance(event, StepChanged) and stand.journal.steps.get(event.step.key) != event.step:
            early.append(event)
        if isinstance(event, RunChanged) and stand.journal.runs.get(event.run.id) != event.run:
            early.append(event)

    stand.bus.subscribe(compare)
    stand.run(workflow(node("a"), node("b"), edges=["a>b"]))
    assert not early


def test_a_failing_step_is_tried_as_often_as_its_policy_says(stand: Stand) -> None:
    run = stand.run(workflow(node("a", "fail", policy={"attempts": 3})))
    attempts = [step for step in stand.journal.steps.values() if step.run_id == run.id]
    assert [(step.attempt, step.status.value) for step in attempts] == [(1, "failed"), (2, "failed"), (3, "failed")]
    assert run.status is Status.FAILED
    assert str(run.error) == "It failed for the 3. time."
    assert ("a", Status.RETRYING) in stand.journal.history


def test_a_step_that_succeeds_at_last_is_done(stand: Stand) -> None:
    run = stand.run(workflow(node("a", "fail", times=2), outputs={"tries": "${nodes.a.value}"}))
    assert run.outputs == {"tries": 3}


def test_a_once_step_that_has_acted_is_not_tried_again(stand: Stand) -> None:
    run = stand.run(workflow(node("a", "fail_once", act=True)))
    assert Fail.calls[run.id] == 1
    assert run.error is not None
    assert "not tried again" in run.error.hint
    assert run.error.hint.startswith("Try it.\n")


def test_a_once_step_that_has_not_acted_is_tried_again(stand: Stand) -> None:
    run = stand.run(workflow(node("a", "fail_once", act=False)))
    assert Fail.calls[run.id] == 3


def test_the_edge_at_failed_is_taken_and_reads_the_error(stand: Stand) -> None:
    rescue = workflow(
        node("a", "fail", policy={"attempts": 1}),
        node("then"),
        node("rescue", value="${nodes.a.error.type}: ${nodes.a.error.message}"),
        edges=["a>then", "a:failed>rescue"],
    )
    run = stand.run(rescue)
    assert run.status is Status.DONE
    assert stand.statuses(run) == {"a": "failed", "then": "skipped", "rescue": "done"}
    assert stand.steps(run)["rescue"].output == {"value": "ActionError: It failed for the 1. time."}
    assert stand.steps(run)["a"].outlet == "failed"


def test_on_error_continue_goes_on_as_if_done(stand: Stand) -> None:
    run = stand.run(
        workflow(node("a", "fail", policy={"attempts": 1, "on_error": "continue"}), node("b"), edges=["a>b"])
    )
    assert run.status is Status.DONE
    step = stand.steps(run)["a"]
    assert (step.status, step.outlet, step.output) == (Status.FAILED, "done", {})
    assert step.error is not None


def test_after_a_failure_nothing_new_starts(stand: Stand) -> None:
    run = stand.run(workflow(node("a", "fail", policy={"attempts": 1, "priority": 1}), node("b"), edges=["a>b"]))
    assert stand.statuses(run) == {"a": "failed"}


def test_a_disabled_node_is_passed_over_as_if_done(stand: Stand) -> None:
    run = stand.run(workflow(node("a", "crash", policy={"enabled": False}), node("b"), edges=["a>b"]))
    assert stand.statuses(run) == {"a": "skipped", "b": "done"}
    assert stand.steps(run)["a"].outlet == "done"


def test_run_if_decides_whether_a_node_runs(stand: Stand) -> None:
    guarded = workflow(
        node("a", value=3),
        node("yes", policy={"run_if": "nodes.a.value > 2"}),
        node("no", "crash", policy={"run_if": "${nodes.a.value > 5}"}),
        node("after_no"),
        edges=["a>yes", "a>no", "no>after_no"],
    )
    run = stand.run(guarded)
    assert run.status is Status.DONE
    assert stand.statuses(run) == {"a": "done", "yes": "done", "no": "skipped", "after_no": "skipped"}


def test_run_if_is_asked_before_the_parameters_are_looked_at(stand: Stand) -> None:
    run = stand.run(workflow(node("a", value="${vars.missing}", policy={"run_if": "False"})))
    assert stand.statuses(run) == {"a": "skipped"}


def test_a_wrong_run_if_fails_the_node(stand: Stand) -> None:
    run = stand.run(workflow(node("a", policy={"run_if": "vars.nobody > 1"})))
    assert run.error is not None
    assert run.error.type == "ExpressionError"


def test_a_wrong_parameter_is_named_and_not_tried_again(stand: Stand) -> None:
    run = stand.run(workflow(node("a", "count", number="${inputs.n}")), {"n": "many"})
    assert run.error is not None
    assert str(run.error).startswith("The parameter number of test.count is not right: ")
    assert len(stand.journal.steps) == 1


def test_a_bug_in_an_action_is_told_without_a_stack_trace(stand: Stand, caplog: pytest.LogCaptureFixture) -> None:
    run = stand.run(workflow(node("a", "crash", text="the cat sat on it", policy={"attempts": 1})))
    assert run.error is not None
    assert str(run.error) == "The action test.crash failed unexpectedly: the cat sat on it."
    assert run.error.type == "RuntimeError"
    assert "Traceback" in caplog.text
    assert "Traceback" not in str(run.error)


def test_sys_exit_in_an_action_ends_the_step_only(stand: Stand) -> None:
    run = stand.run(workflow(node("a", "exit", policy={"attempts": 1})))
    assert run.error is not None
    assert run.error.type == "SystemExit"


def test_an_action_without_a_result_is_at_fault(stand: Stand) -> None:
    run = stand.run(workflow(node("a", "nothing", policy={"attempts": 1})))
    assert "returned NoneType instead of a Result" in str(run.error)


def test_an_unknown_action_fails_its_node(stand: Stand) -> None:
    run = stand.run(workflow(node("a", "no_such_thing")))
    assert str(run.error) == "There is no action test.no_such_thing."


def test_variables_are_seen_by_later_nodes(stand: Stand) -> None:
    run = stand.run(workflow(node("a", "set", name="n", value=4), node("b", value="${vars.n * 2}"), edges=["a>b"]))
    assert stand.steps(run)["b"].output == {"value": 8}


def test_outputs_that_cannot_be_worked_out_fail_the_run(stand: Stand) -> None:
    run = stand.run(workflow(node("a"), outputs={"x": "${nodes.a.nowhere}"}))
    assert run.status is Status.FAILED
    assert run.error is not None
    assert run.error.type == "ExpressionError"


def test_a_workflow_without_nodes_is_done(stand: Stand) -> None:
    assert stand.run(workflow()).status is Status.DONE


def test_a_pure_result_is_kept_for_as_long_as_its_policy_says(stand: Stand) -> None:
    Echo.calls.clear()
    cached = workflow(
        node("a", value="same", policy={"cache_for": 60}),
        node("b", value="same", policy={"cache_for": 60}),
        node("c", value="same"),
        edges=["a>b", "b>c"],
    )
    run = stand.run(cached)
    assert [step.cached for step in stand.steps(run).values()] == [False, True, False]
    assert Echo.calls == ["same", "same"]
    assert stand.steps(run)["b"].output == {"value": "same"}
    assert stand.engine.cache.hit_rate == 0.5


def test_the_run_is_described_to_expressions(stand: Stand) -> None:
    run = stand.run(workflow(node("a", value="${run.id} ${run.folder}")))
    assert stand.steps(run)["a"].output == {"value": f"{run.id} {run.folder}"}


def test_secrets_are_masked_in_record_and_events(tmp_path: Path) -> None:
    def redact(value: Any) -> Any:
        return json.loads(json.dumps(value).replace("hunter2", "***"))

    stand = Stand(tmp_path, immediate=True, redact=redact)
    run = stand.run(
        workflow(
            node("a", value="hunter2"), node("b", "crash", text="no hunter2", policy={"attempts": 1}), edges=["a>b"]
        ),
        {"word": "hunter2"},
    )
    everything = repr((stand.events, stand.journal.runs, stand.journal.steps, run))
    assert "***" in everything
    assert "hunter2" not in everything


def test_log_lines_reach_the_bus_masked(tmp_path: Path) -> None:
    stand = Stand(tmp_path, immediate=True, redact=lambda value: "***" if value == "word" else value)
    stand.engine._ledger.line("r", "n", "info", "word")
    assert [event.text for event in stand.events if isinstance(event, LogLine)] == ["***"]


def test_a_huge_output_is_cut_in_the_record_and_whole_for_the_next_node(stand: Stand) -> None:
    run = stand.run(
        workflow(node("a", value="${inputs.text}"), node("b", value="${len(nodes.a.value)}"), edges=["a>b"]),
        {"text": "x" * 400_000},
    )
    assert "400002 characters" in stand.steps(run)["a"].output["value"]
    assert stand.steps(run)["b"].output == {"value": 400_000}
