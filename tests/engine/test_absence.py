"""A desktop that is locked or lost: steps wait for it, and neither fail nor use up anything."""

from __future__ import annotations

import threading
from collections.abc import Callable

from agent.core.events import DesktopAwaited, Event, RunChanged
from agent.core.run import Run, Status
from tests.engine.stand import Stand, WatchGate, node, workflow

LOCKED = "The screen is locked."


def heard(stand: Stand, fits: Callable[[Event], bool]) -> threading.Event:
    """Set when such an event comes."""
    told = threading.Event()
    stand.bus.subscribe(lambda event: told.set() if fits(event) else None)
    return told


def is_parked(event: Event) -> bool:
    return isinstance(event, RunChanged) and event.run.status is Status.WAITING and event.run.error is not None


def reasons(stand: Stand, run: Run) -> list[str]:
    waits = [event for event in stand.events if isinstance(event, DesktopAwaited) and event.run_id == run.id]
    return [str(event.away or event.holder) for event in waits]


def test_a_run_waits_for_an_unlocked_screen_says_why_and_goes_on(threaded: Stand) -> None:
    threaded.desktop.session.lock()
    parked = heard(threaded, is_parked)
    run = threaded.start(workflow(node("a", "look", policy={"timeout": 0.05, "attempts": 1})))
    assert parked.wait(10)
    waiting = threaded.engine.run_of(run.id)
    assert (waiting.status, str(waiting.error)) == (Status.WAITING, LOCKED)
    threaded.desktop.session.come_back()
    ended = threaded.engine.wait(run.id, 10)
    assert (ended.status, ended.error) == (Status.DONE, None)
    assert reasons(threaded, run) == [LOCKED, ""]


def test_a_screen_that_is_locked_under_a_step_lets_the_same_attempt_begin_again(threaded: Stand) -> None:
    entered, opened = WatchGate.make("locked")
    parked = heard(threaded, is_parked)
    run = threaded.start(workflow(node("a", "watch_gate", name="locked", policy={"attempts": 1})))
    assert entered.wait(10)
    threaded.desktop.session.lose()
    opened.set()  # the step fails now, because it saw nothing
    assert parked.wait(10)
    step = threaded.steps(run)["a"]
    assert (step.status, step.attempt, str(step.error)) == (Status.WAITING, 1, "The display :fake is gone.")
    threaded.desktop.session.come_back()
    assert threaded.engine.wait(run.id, 10).status is Status.FAILED  # as it does on any desktop
    assert threaded.steps(run)["a"].attempt == 1


def test_a_lock_that_is_over_when_the_step_fails_counts_too(threaded: Stand) -> None:
    entered, opened = WatchGate.make("short")
    run = threaded.start(workflow(node("a", "watch_gate", name="short", policy={"attempts": 1})))
    assert entered.wait(10)
    seen = threading.Event()
    state = threaded.desktop.session.state

    def look() -> object:
        now = state()
        if now.kind == "locked":
            seen.set()
        return now

    threaded.desktop.session.state = look  # type: ignore[method-assign, assignment]  # to hear of the look
    threaded.desktop.session.lock()
    assert seen.wait(10)
    threaded.desktop.session.come_back()
    entered.clear()
    opened.set()
    assert entered.wait(10), "it did not begin again"
    assert threaded.engine.wait(run.id, 10).status is Status.FAILED


def test_what_was_seen_while_the_screen_was_locked_does_not_count(threaded: Stand) -> None:
    looks = iter([threaded.desktop.session.lock, threaded.desktop.session.come_back, lambda: None])
    parked = heard(threaded, is_parked)
    seen = threaded.desktop.windows.list

    def look() -> object:
        next(looks)()  # the screen is locked while the step looks
        return seen()

    threaded.desktop.windows.list = look  # type: ignore[method-assign, assignment]  # to lock at that moment
    run = threaded.start(workflow(node("a", "look")))
    assert parked.wait(10)
    threaded.desktop.session.come_back()
    assert threaded.engine.wait(run.id, 10).status is Status.DONE


def test_what_may_have_happened_once_is_not_repeated_because_the_screen_was_locked(threaded: Stand) -> None:
    def lock_and_fail(*_: object, **__: object) -> int:
        threaded.desktop.session.lock()
        raise RuntimeError("the keys went nowhere")

    threaded.desktop.input.type_text = lock_and_fail  # type: ignore[method-assign]  # a lock in the middle of a text
    run = threaded.start(workflow(node("a", "click")))
    ended = threaded.engine.wait(run.id, 10)
    assert ended.status is Status.FAILED
    assert "not tried again" in (ended.error.hint if ended.error else "")


def test_a_stop_ends_a_run_that_waits_for_the_desktop(threaded: Stand) -> None:
    threaded.desktop.session.lock()
    parked = heard(threaded, is_parked)
    run = threaded.start(workflow(node("a", "look")))
    assert parked.wait(10)
    threaded.engine.stop(run.id)
    ended = threaded.engine.wait(run.id, 10)
    assert (ended.status, ended.error) == (Status.STOPPED, None)


def test_what_needs_no_desktop_goes_on_and_the_run_is_not_said_to_wait(threaded: Stand) -> None:
    threaded.desktop.session.lock()
    run = threaded.start(workflow(node("a", "look"), node("b", "echo", value=1), node("c", "wait", seconds=0.01)))
    told = heard(threaded, is_parked)
    assert told.wait(10)
    assert threaded.statuses(run) == {"b": "done", "c": "done"}
    threaded.desktop.session.come_back()
    assert threaded.engine.wait(run.id, 10).status is Status.DONE


def test_without_threads_a_run_waits_as_well(stand: Stand) -> None:
    stand.desktop.session.lock()
    stand.bus.subscribe(lambda event: stand.desktop.session.come_back() if is_parked(event) else None)
    assert stand.run(workflow(node("a", "click"))).status is Status.DONE
    assert stand.desktop.input.typed == "x"


def test_nobody_looks_at_the_desktop_when_nobody_needs_it(stand: Stand) -> None:
    stand.desktop.session.state = None  # type: ignore[method-assign, assignment]  # a call would fail
    assert stand.run(workflow(node("a"), node("b", "set", name="x", value=1))).status is Status.DONE
