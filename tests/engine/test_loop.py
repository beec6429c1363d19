"""The engine thread does one thing after the other, and survives what goes wrong in one of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.core.run import Run
from agent.engine.live import LiveRun
from agent.engine.loop import Loop
from tests.engine.stand import workflow


class Bench:
    """A loop, and what it reported."""

    def __init__(self) -> None:
        self.faults: list[LiveRun] = []
        self.loop = Loop(immediate=False, after_each=lambda: None, on_fault=self.faults.append)

    def settle(self) -> None:
        """Wait until everything that was posted before is done."""
        done = threading.Event()
        self.loop.post(None, done.set)
        assert done.wait(10)


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.loop.close()


def test_things_are_done_in_order(bench: Bench) -> None:
    said: list[int] = []
    for number in range(100):
        bench.loop.post(None, lambda number=number: said.append(number))  # type: ignore[misc]  # binds the number
    bench.settle()
    assert said == list(range(100))


def test_a_fault_is_told_with_its_run_and_the_loop_goes_on(bench: Bench) -> None:
    live = LiveRun(Run(id="r", workflow_id="w", workflow_name="W"), workflow(), {}, Path())

    def stumble() -> None:
        raise ZeroDivisionError

    bench.loop.post(live, stumble)
    bench.loop.post(None, stumble)
    bench.settle()
    assert bench.faults == [live]


def test_a_time_that_no_system_call_takes_does_not_end_the_loop(bench: Bench) -> None:
    bench.loop.post(None, lambda: bench.loop.after(1e99, None, lambda: None) and None)
    bench.settle()
    bench.settle()


def test_what_is_due_is_done_and_what_is_cancelled_is_not(bench: Bench) -> None:
    said: list[str] = []
    done = threading.Event()

    def plan() -> None:
        bench.loop.cancel(bench.loop.after(0.001, None, lambda: said.append("cancelled")))
        bench.loop.after(0.002, None, lambda: said.append("due"))
        bench.loop.after(0.003, None, done.set)

    bench.loop.post(None, plan)
    assert done.wait(10)
    assert said == ["due"]
