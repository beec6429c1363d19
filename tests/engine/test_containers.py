"""Loops and tries: passes, their variables, their paths and their ends."""

from __future__ import annotations

import threading
from pathlib import Path

from agent.core.run import Status
from tests.engine.stand import Gate, Stand, Try, node, workflow


def test_each_pass_sees_its_item_and_has_its_own_path(stand: Stand) -> None:
    loop = workflow(
        node("outer", value=7),
        node("each", "loop", items="${inputs.items}"),
        node("show", value="${item}/${index}/${nodes.outer.value}/${nodes.each.item}", parent="each"),
        edges=["outer>each"],
        outputs={"all": "${nodes.each.value}"},
    )
    run = stand.run(loop, {"items": ["a", "b"]})
    assert run.outputs == {"all": [{"show": {"value": "a/0/7/a"}}, {"show": {"value": "b/1/7/b"}}]}
    assert set(stand.steps(run)) == {"outer", "each", "each[0]/show", "each[1]/show"}


def test_loops_nest_and_the_inner_names_hide_the_outer(stand: Stand) -> None:
    nested = workflow(
        node("rows", "loop", items=[[1, 2], [3]]),
        node("cells", "loop", items="${item}", parent="rows"),
        node("show", value="${item}-${nodes.rows.index}", parent="cells"),
    )
    run = stand.run(nested)
    shown = {path: step.output.get("value") for path, step in stand.steps(run).items() if path.endswith("show")}
    assert shown == {
        "rows[0]/cells[0]/show": "1-0",
        "rows[0]/cells[1]/show": "2-0",
        "rows[1]/cells[0]/show": "3-1",
    }


def test_a_loop_over_nothing_and_a_loop_without_children_are_done(stand: Stand) -> None:
    run = stand.run(workflow(node("none", "loop", items=[]), node("child", parent="none")))
    assert stand.statuses(run) == {"none": "done"}
    many = stand.run(workflow(node("empty", "loop", items=list(range(3000)))))
    assert many.status is Status.DONE


def test_after_a_failed_pass_no_further_one_starts(stand: Stand) -> None:
    loop = workflow(
        node("each", "loop", items=[1, 0, 1]),
        node("if", "branch", way="${item == 1}", parent="each"),
        node("bad", "fail", parent="each", policy={"attempts": 1}),
        edges=["if:false>bad"],
    )
    run = stand.run(loop)
    assert run.status is Status.FAILED
    assert str(run.error) == "It failed for the 1. time."
    statuses = stand.statuses(run)
    assert statuses["each"] == "failed"
    assert "each[2]/if" not in statuses


def test_a_container_is_not_tried_again(stand: Stand) -> None:
    run = stand.run(
        workflow(node("each", "loop", items=[1], policy={"attempts": 5}), node("bad", "crash", parent="each"))
    )
    containers = [step for step in stand.journal.steps.values() if step.node_id == "each" and step.run_id == run.id]
    assert len(containers) == 1


def test_a_caught_error_names_the_node_deep_inside(stand: Stand) -> None:
    caught = workflow(
        node("care", "try"),
        node("loop", "loop", items=[1], parent="care", section="body"),
        node("bad", "fail", parent="loop", policy={"attempts": 1}),
        node("handle", value="${error.step}: ${error.message}", parent="care", section="catch"),
        node("after", value="${nodes.care.value.step}"),
        edges=["care>after"],
    )
    run = stand.run(caught)
    assert run.status is Status.DONE
    assert stand.steps(run)["care[1]/handle"].output == {"value": "bad: It failed for the 1. time."}
    assert stand.steps(run)["after"].output == {"value": "bad"}


def test_an_error_that_is_handed_on_keeps_its_type_and_origin(stand: Stand) -> None:
    handed = workflow(
        node("outer", "try"),
        node("inner", "try", parent="outer", section="body"),
        node("first", "fail", parent="inner", section="body", policy={"attempts": 1}),
        node("second", "crash", parent="inner", section="catch", policy={"attempts": 1}),
        node("handle", value="${error.step}", parent="outer", section="catch"),
    )
    run = stand.run(handed)
    assert stand.steps(run)["outer[1]/handle"].output == {"value": "first"}


def test_a_container_gets_to_tidy_up_when_its_run_is_stopped(threaded: Stand) -> None:
    Try.closed.clear()
    entered, opened = Gate.make("tidy")
    run = threaded.start(workflow(node("try", "try"), node("gate", "gate", name="tidy", parent="try", section="body")))
    assert entered.wait(10)
    threaded.engine.stop(run.id)
    run = threaded.engine.wait(run.id, 10)
    opened.set()
    assert run.status is Status.STOPPED
    assert threaded.statuses(run) == {"try": "stopped", "try[0]/gate": "stopped"}
    threaded.engine.close()
    for thread in threading.enumerate():
        if thread.name.startswith("tla-step"):
            thread.join(10)
    assert Try.closed == [run.id]


def test_parallel_passes_run_side_by_side_and_no_more_than_allowed(threaded: Stand) -> None:
    gates = [Gate.make(f"side{number}") for number in range(3)]
    run = threaded.start(
        workflow(
            node("each", "loop", items=[0, 1, 2], parallel=2), node("gate", "gate", name="side${item}", parent="each")
        )
    )
    assert gates[0][0].wait(10)
    assert gates[1][0].wait(10)
    assert not gates[2][0].is_set()
    gates[1][1].set()
    assert gates[2][0].wait(10)
    gates[0][1].set()
    gates[2][1].set()
    run = threaded.engine.wait(run.id, 10)
    each = threaded.steps(run)["each"].output["value"]
    assert [end["gate"]["value"] for end in each] == ["side0", "side1", "side2"]


def test_a_container_holds_no_thread_while_its_children_run(tmp_path: Path) -> None:
    stand = Stand(tmp_path, threads=1)
    deep = workflow(
        node("a", "loop", items=[1, 2]),
        node("b", "loop", items=[1, 2], parent="a"),
        node("c", "loop", items=[1, 2], parent="b"),
        node("d", value=1, parent="c"),
    )
    run = stand.run(deep)
    assert run.status is Status.DONE
    assert sum(path.endswith("/d") for path in stand.steps(run)) == 8
    stand.engine.close()


def test_a_failure_beside_a_running_loop_ends_the_loop_unfinished(threaded: Stand) -> None:
    entered, opened = Gate.make("beside")
    both = workflow(
        node("each", "loop", items=[1, 2]),
        node("gate", "gate", name="beside", parent="each"),
        node("bad", "fail", policy={"attempts": 2, "delay": 0.001}),
        outputs={},
    )
    failed = threading.Event()
    threaded.bus.subscribe(
        lambda event: failed.set() if "attempt=2" in repr(event) and "Status.FAILED" in repr(event) else None
    )
    run = threaded.start(both)
    assert entered.wait(10)
    assert failed.wait(10)
    opened.set()
    run = threaded.engine.wait(run.id, 10)
    assert str(run.error) == "It failed for the 2. time."
    assert threaded.statuses(run) == {"each": "stopped", "each[0]/gate": "done", "bad": "failed"}
