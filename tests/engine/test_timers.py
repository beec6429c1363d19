"""Timers hand out what is due, in order, and forget what was cancelled."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.engine.timers import Timers


@given(st.lists(st.tuples(st.floats(0, 100), st.booleans()), max_size=200), st.floats(0, 100))
def test_what_is_due_comes_in_order_and_nothing_else(entries: list[tuple[float, bool]], now: float) -> None:
    timers: Timers[int] = Timers()
    made = [timers.add(at, number) for number, (at, _) in enumerate(entries)]
    for timer, (_, cancelled) in zip(made, entries, strict=True):
        if cancelled:
            timers.cancel(timer)
    expected = sorted((at, number) for number, (at, cancelled) in enumerate(entries) if not cancelled and at <= now)
    assert timers.due(now) == [number for _, number in expected]
    assert timers.due(now) == []
    assert len(timers) == sum(not cancelled and at > now for at, cancelled in entries)


def test_the_next_one_says_how_long_to_wait() -> None:
    timers: Timers[str] = Timers()
    assert timers.next_in(5.0) is None
    timers.add(7.5, "x")
    assert timers.next_in(5.0) == 2.5
    assert timers.next_in(9.0) == 0.0


def test_ten_thousand_cancelled_deadlines_are_not_kept() -> None:
    timers: Timers[object] = Timers()
    for _ in range(10_000):
        timers.cancel(timers.add(30.0, object()))
    assert len(timers._heap) < 200


def test_cancelling_twice_or_nothing_is_harmless() -> None:
    timers: Timers[str] = Timers()
    timer = timers.add(1.0, "x")
    timers.cancel(timer)
    timers.cancel(timer)
    timers.cancel(None)
    assert len(timers) == 0
