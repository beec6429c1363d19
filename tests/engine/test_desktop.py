"""The desktop: one run at a time, across processes, with evidence of what went wrong."""

from __future__ import annotations

import threading

from agent.core.errors import StoreError
from agent.core.events import DesktopAwaited, StepChanged
from agent.core.run import Run, Status
from tests.engine.stand import DeskGate, Stand, WatchGate, node, workflow


def waits(stand: Stand, run: Run) -> list[str]:
    return [event.holder for event in stand.events if isinstance(event, DesktopAwaited) and event.run_id == run.id]


def test_two_runs_never_interleave_their_clicks(threaded: Stand) -> None:
    words = [
        threaded.start(
            workflow(
                node("a", "click", text=name, wait=0.005),
                node("pause", "wait", seconds=0.005),
                node("b", "click", text=name),
                edges=["a>pause", "pause>b"],
            )
        )
        for name in ("A", "B", "C")
    ]
    for run in words:
        assert threaded.engine.wait(run.id, 20).status is Status.DONE
    clicks = [
        event.step.inputs["text"]
        for event in threaded.events
        if isinstance(event, StepChanged) and event.step.node_id in "ab" and event.step.status is Status.DONE
    ]
    assert [clicks[0], clicks[2], clicks[4]] == [clicks[1], clicks[3], clicks[5]]


def test_who_waits_for_a_run_of_this_process_is_told_for_whom(threaded: Stand) -> None:
    entered, opened = DeskGate.make("first")
    first = threaded.start(workflow(node("a", "desk_gate", name="first")))
    assert entered.wait(10)
    told = threading.Event()
    threaded.bus.subscribe(lambda event: told.set() if isinstance(event, DesktopAwaited) else None)
    second = threaded.start(workflow(node("b", "look")))
    assert told.wait(10)
    opened.set()
    assert threaded.engine.wait(second.id, 10).status is Status.DONE
    holder, end = waits(threaded, second)
    assert holder.startswith('"Test" (process ')
    assert end == ""
    assert waits(threaded, first) == []


def test_who_waits_for_another_process_is_told_once_and_goes_on_when_it_is_free(threaded: Stand) -> None:
    threaded.lease.other = '"Read orders" (process 4711)'
    run = threaded.start(workflow(node("a", "look"), node("b")))
    for _ in range(3):
        threaded.lease.asked.clear()
        assert threaded.lease.asked.wait(10)
    assert threaded.engine.run_of(run.id).status is Status.RUNNING
    threaded.lease.other = ""
    assert threaded.engine.wait(run.id, 10).status is Status.DONE
    assert waits(threaded, run) == ['"Read orders" (process 4711)', ""]
    assert threaded.lease.holder == "", "the lease was not given back"


def test_a_stop_works_while_waiting_for_the_desktop(threaded: Stand) -> None:
    threaded.lease.other = "somebody"
    run = threaded.start(workflow(node("a", "look")))
    assert threaded.lease.asked.wait(10)
    threaded.engine.stop(run.id)
    ended = threaded.engine.wait(run.id, 10)
    assert ended.status is Status.STOPPED
    assert threaded.steps(ended) == {}, "it never began, so there is nothing to record"


def test_waiting_for_the_desktop_does_not_count_as_the_step_s_time(threaded: Stand) -> None:
    threaded.lease.other = "somebody"
    run = threaded.start(workflow(node("a", "look", policy={"timeout": 0.05, "attempts": 1})))
    for _ in range(3):
        threaded.lease.asked.clear()
        assert threaded.lease.asked.wait(10)
    threaded.lease.other = ""
    assert threaded.engine.wait(run.id, 10).status is Status.DONE


def test_a_lease_that_cannot_be_asked_fails_the_step(stand: Stand) -> None:
    stand.lease.error = StoreError("The lock file cannot be written.", "Look at it.")
    run = stand.run(workflow(node("a", "look"), node("b", "look")))
    assert run.status is Status.FAILED
    assert str(run.error) == "The lock file cannot be written."


def test_a_guard_that_says_no_takes_no_desktop(stand: Stand) -> None:
    stand.lease.other = "somebody"
    run = stand.run(workflow(node("a", "click", policy={"run_if": "False"})))
    assert run.status is Status.DONE
    assert not stand.lease.asked.is_set()


def test_a_failed_desktop_step_keeps_a_screenshot_and_lets_go_of_the_keys(stand: Stand) -> None:
    run = stand.run(workflow(node("a", "click", fail=True)))
    step = stand.steps(run)["a"]
    assert step.screenshot == "a-1-error.png"
    assert (stand.folder / "run-0" / step.screenshot).read_bytes().startswith(b"\x89PNG")
    assert stand.desktop.input.releases == 1


def test_a_screenshot_that_fails_does_not_hide_the_error(stand: Stand) -> None:
    def dark(region: object = None) -> None:
        raise RuntimeError("no picture")

    stand.desktop.screen.capture = dark  # type: ignore[assignment, method-assign]  # a broken screen
    run = stand.run(workflow(node("a", "look", fail=True, policy={"attempts": 1})))
    assert str(run.error) == "There is nothing to see."
    assert stand.steps(run)["a"].screenshot == ""


def test_pictures_before_and_after_are_kept_when_asked_for(stand: Stand) -> None:
    run = stand.run(workflow(node("a", "look", policy={"screenshot": "before_after"})))
    assert sorted(path.name for path in (stand.folder / "run-0").iterdir()) == ["a-1-after.png", "a-1-before.png"]
    assert stand.steps(run)["a"].screenshot == "a-1-after.png"


def test_no_picture_is_kept_when_none_is_wanted(stand: Stand) -> None:
    stand.run(workflow(node("a", "look", fail=True, policy={"screenshot": "never", "attempts": 1})))
    assert list((stand.folder / "run-0").iterdir()) == []


def test_the_pictures_of_loop_passes_do_not_overwrite_each_other(stand: Stand) -> None:
    stand.run(
        workflow(
            node("each", "loop", items=[1, 2]),
            node("a", "look", fail=True, parent="each", policy={"attempts": 1, "on_error": "continue"}),
        )
    )
    assert sorted(path.name for path in (stand.folder / "run-0").iterdir()) == [
        "each-0-a-1-error.png",
        "each-1-a-1-error.png",
    ]


def test_a_stop_lets_go_of_the_keys_of_the_run_that_has_the_desktop(threaded: Stand) -> None:
    released = threading.Event()
    threaded.desktop.input.release_all = released.set  # type: ignore[method-assign]  # to hear of it
    entered, opened = DeskGate.make("keys")
    run = threaded.start(workflow(node("a", "desk_gate", name="keys")))
    other = threaded.start(workflow(node("b", "wait", seconds=60)))
    assert entered.wait(10)
    threaded.engine.stop(other.id)
    threaded.engine.wait(other.id, 10)
    assert not released.is_set(), "another run's keys were let go"
    threaded.engine.stop(run.id)
    assert released.wait(10)
    opened.set()


# --- steps that only watch ---


def test_others_act_while_a_run_only_watches(threaded: Stand) -> None:
    entered, opened = WatchGate.make("watch")
    watching = threaded.start(workflow(node("a", "watch_gate", name="watch", policy={"on_error": "continue"})))
    assert entered.wait(10)
    acting = threaded.start(workflow(node("b", "click", text="meanwhile")))
    assert threaded.engine.wait(acting.id, 10).status is Status.DONE
    assert threaded.engine.run_of(watching.id).status is Status.RUNNING
    assert waits(threaded, acting) == []
    opened.set()
    assert threaded.engine.wait(watching.id, 10).status is Status.DONE


def test_a_run_that_has_the_desktop_keeps_it_while_it_watches(threaded: Stand) -> None:
    entered, opened = WatchGate.make("keep")
    policy = {"on_error": "continue"}
    first = threaded.start(
        workflow(node("a", "click"), node("b", "watch_gate", name="keep", policy=policy), edges=["a>b"])
    )
    assert entered.wait(10)
    told = threading.Event()
    threaded.bus.subscribe(lambda event: told.set() if isinstance(event, DesktopAwaited) else None)
    second = threaded.start(workflow(node("c", "click")))
    assert told.wait(10)
    opened.set()
    for run in (first, second):
        assert threaded.engine.wait(run.id, 10).status is Status.DONE


def watched(stand: Stand, name: str) -> tuple[Run, threading.Event]:
    """A run that watches until the event is set, and then fails."""
    entered, opened = WatchGate.make(name)
    run = stand.start(workflow(node("a", "watch_gate", name=name, policy={"attempts": 1})))
    assert entered.wait(10)
    return run, opened


def picture(stand: Stand, run: Run) -> str:
    return stand.steps(stand.engine.wait(run.id, 10))["a"].screenshot


def test_a_step_that_watched_an_idle_desktop_keeps_a_picture_and_gives_the_lease_back(threaded: Stand) -> None:
    run, opened = watched(threaded, "idle")
    opened.set()
    assert picture(threaded, run) == "a-1-error.png"
    assert threaded.lease.asked.is_set()
    assert threaded.lease.holder == ""
    assert threaded.desktop.input.releases == 0, "the keys of others were let go"


def test_no_picture_is_kept_of_what_another_run_does(threaded: Stand) -> None:
    run, opened = watched(threaded, "other")
    entered, leave = DeskGate.make("typing")
    typing = threaded.start(workflow(node("t", "desk_gate", name="typing")))
    assert entered.wait(10)
    opened.set()
    assert picture(threaded, run) == ""
    leave.set()
    assert threaded.engine.wait(typing.id, 10).status is Status.DONE


def test_no_picture_is_kept_of_what_another_process_does(threaded: Stand) -> None:
    run, opened = watched(threaded, "process")
    threaded.lease.other = "somebody"
    opened.set()
    assert picture(threaded, run) == ""
