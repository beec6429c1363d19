"""A clock joins the stop flag with the deadline."""

from __future__ import annotations

import math
import threading
import time

import pytest

from agent.core.errors import StepTimeout, Stop
from agent.engine.clock import Clock


def test_before_it_starts_there_is_no_deadline() -> None:
    clock = Clock(threading.Event())
    clock.check()
    assert clock.remaining() == math.inf


def test_the_deadline_raises_in_check_and_wakes_a_sleep() -> None:
    clock = Clock(threading.Event())
    clock.start(0.02)
    began = time.monotonic()
    with pytest.raises(StepTimeout):
        clock.sleep(60)
    assert time.monotonic() - began < 30
    with pytest.raises(StepTimeout):
        clock.check()
    assert clock.remaining() == 0.0


def test_a_stop_wakes_a_sleep_and_goes_before_the_deadline() -> None:
    stop = threading.Event()
    clock = Clock(stop)
    clock.start(60)
    threading.Timer(0.02, stop.set).start()
    with pytest.raises(Stop):
        clock.sleep(60)
    clock.start(0.000001)
    with pytest.raises(Stop):
        clock.check()


def test_a_timeout_of_zero_is_no_limit() -> None:
    clock = Clock(threading.Event())
    clock.start(0)
    clock.sleep(0.001)
    assert clock.remaining() == math.inf


def test_a_halted_clock_lets_children_take_their_time() -> None:
    clock = Clock(threading.Event())
    clock.start(0.000001)
    clock.halt()
    clock.check()
