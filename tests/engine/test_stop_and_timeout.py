"""What ends a step from outside: the person, the clock, and a journal that cannot be written."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from agent.core.events import LogLine, RunChanged
from agent.core.run import Run, Status
from tests.engine.stand import DeskGate, Echo, Fail, Gate, Stand, node, workflow


def test_a_stop_wakes_a_sleeping_step_at_once(threaded: Stand) -> None:
    started = threading.Event()
    threaded.bus.subscribe(lambda event: started.set() if "node_id='a'" in repr(event) else None)
    run = threaded.start(workflow(node("a", "wait", seconds=60), node("b"), edges=["a>b"]))
    assert started.wait(10)
    threaded.engine.stop(run.id)
    run = threaded.engine.wait(run.id, 10)
    assert run.status is Status.STOPPED
    assert threaded.statuses(run) == {"a": "stopped"}


def test_a_step_deaf_to_the_stop_is_left_behind_and_the_run_ends(threaded: Stand) -> None:
    entered, opened = Gate.make("deaf")
    run = threaded.start(workflow(node("a", "gate", name="deaf"), node("b"), edges=["a>b"]))
    assert entered.wait(10)
    began = time.monotonic()
    threaded.engine.stop(run.id)
    ended = threaded.engine.wait(run.id, 10)
    assert ended.status is Status.STOPPED
    assert time.monotonic() - began < 5, "it waited for the step"
    opened.set()
    assert threaded.run(workflow(node("c"))).status is Status.DONE
    assert threaded.statuses(ended) == {"a": "stopped"}, "what came back later changed the record"


def test_a_stop_during_the_wait_for_the_next_attempt_ends_it(threaded: Stand) -> None:
    waiting = threading.Event()
    threaded.bus.subscribe(lambda event: waiting.set() if "RETRYING" in repr(event) else None)
    run = threaded.start(workflow(node("a", "fail", policy={"delay": 600.0})))
    assert waiting.wait(10)
    threaded.engine.stop(run.id)
    run = threaded.engine.wait(run.id, 10)
    assert run.status is Status.STOPPED
    assert [step.status.value for step in threaded.journal.steps.values()] == ["failed", "stopped"]


def test_waiting_for_a_while_gives_the_run_as_it_is_then(threaded: Stand) -> None:
    run = threaded.start(workflow(node("a", "wait", seconds=60)))
    assert not threaded.engine.wait(run.id, 0.01).status.is_final


def test_stopping_twice_or_too_late_or_something_unknown_is_harmless(threaded: Stand) -> None:
    run = threaded.run(workflow(node("a")))
    threaded.engine.stop(run.id)
    threaded.engine.stop("nobody")
    threaded.engine.stop_all()
    assert threaded.engine.run_of(run.id).status is Status.DONE


def test_closing_stops_what_runs(threaded: Stand) -> None:
    runs = [threaded.start(workflow(node("a", "wait", seconds=60))) for _ in range(5)]
    threaded.engine.close()
    assert {threaded.journal.runs[run.id].status for run in runs} == {Status.STOPPED}


def test_a_sleeping_step_ends_at_its_deadline(stand: Stand) -> None:
    run = stand.run(workflow(node("a", "wait", seconds=60, policy={"timeout": 0.05, "attempts": 1})))
    assert run.error is not None
    assert run.error.type == "StepTimeout"
    assert str(run.error) == "The step did not finish within 0.05 s."


def test_a_step_deaf_to_its_deadline_is_left_behind(threaded: Stand) -> None:
    entered, opened = Gate.make("late")
    run = threaded.start(workflow(node("a", "gate", name="late", policy={"timeout": 0.05, "attempts": 1})))
    assert entered.wait(10)
    run = threaded.engine.wait(run.id, 10)
    assert run.error is not None
    assert run.error.type == "StepTimeout"
    assert threaded.steps(run)["a"].elapsed_s >= 0.05
    opened.set()


def test_a_left_behind_attempt_is_followed_by_the_next_one(threaded: Stand) -> None:
    _, opened = Gate.make("second")
    run = threaded.run(workflow(node("a", "gate", name="second", policy={"timeout": 0.05, "attempts": 2})))
    opened.set()
    assert [step.attempt for step in threaded.journal.steps.values() if step.run_id == run.id] == [1, 2]
    assert run.status is Status.FAILED


def test_a_hung_desktop_step_keeps_the_desktop_until_it_returns(threaded: Stand) -> None:
    entered, opened = DeskGate.make("hung")
    hung = threaded.start(workflow(node("a", "desk_gate", name="hung", policy={"timeout": 0.05})))
    assert entered.wait(10)
    failed = threaded.engine.wait(hung.id, 10)
    assert failed.status is Status.FAILED
    assert len(threaded.journal.steps) == 1, "it was tried again although the first try still has the desktop"
    lines = [event.text for event in threaded.events if isinstance(event, LogLine)]
    assert lines == ["Does not react; until it does, nobody else can use: desktop."]
    following = threaded.start(workflow(node("b", "look")))
    assert threaded.engine.wait(following.id, 0.05).status is Status.RUNNING
    assert threaded.lease.holder
    opened.set()
    assert threaded.engine.wait(following.id, 10).status is Status.DONE


def test_a_full_disk_stops_the_step_before_it_acts(stand: Stand) -> None:
    Echo.calls.clear()
    stand.journal.breaks_at = "b"
    run = stand.run(
        workflow(node("a", value="a"), node("b", value="b"), node("c", value="c"), edges=["a>b", "b:failed>c"])
    )
    assert Echo.calls == ["a"]
    assert run.status is Status.FAILED
    assert str(run.error) == "The disk is full."
    last = stand.events[-1]
    assert isinstance(last, RunChanged)
    assert last.run == run


def test_a_full_disk_is_not_caught_by_a_try(stand: Stand) -> None:
    stand.journal.breaks_at = "bad"
    run = stand.run(
        workflow(
            node("try", "try"), node("bad", parent="try", section="body"), node("c", parent="try", section="catch")
        )
    )
    assert str(run.error) == "The disk is full."


def test_a_run_that_cannot_be_recorded_never_begins(stand: Stand) -> None:
    Echo.calls.clear()
    stand.journal.broken = True
    run = stand.run(workflow(node("a", value=1)))
    assert (run.status, str(run.error)) == (Status.FAILED, "The disk is full.")
    assert not Echo.calls
    assert stand.engine.run_of(run.id) == run


def test_a_run_folder_that_cannot_be_made_fails_the_run(stand: Stand, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    run = stand.engine.start(workflow(node("a")), {}, folder=tmp_path / "file" / "run", workflow_folder=tmp_path)
    assert run.status is Status.FAILED
    assert run.error is not None
    assert run.error.type == "StoreError"


def test_an_error_of_the_engine_itself_ends_the_run(threaded: Stand) -> None:
    def stumble(*_: object) -> None:
        raise ZeroDivisionError

    threaded.engine._conductor._settle = stumble  # type: ignore[method-assign]  # a bug, planted
    run = threaded.run(workflow(node("a")))
    assert run.status is Status.FAILED
    assert run.error is not None
    assert run.error.type == "EngineFault"


def test_sixty_runs_at_once_all_come_to_their_end(threaded: Stand) -> None:
    small = workflow(
        node("a", "wait", seconds=0.05),
        node("b", value="${inputs.n}"),
        node("c", "wait", seconds=0.02),
        node("d", "fail", times=1),
        edges=["a>b", "a>c", "b>d", "c>d"],
        outputs={"n": "${nodes.b.value}"},
    )
    Fail.calls.clear()
    runs: list[Run] = [threaded.start(small, {"n": number}) for number in range(60)]
    assert len(threaded.engine.under_way) > 1
    ended = [threaded.engine.wait(run.id, 30) for run in runs]
    assert [run.outputs for run in ended] == [{"n": number} for number in range(60)]
    assert threaded.engine.under_way == ()
