"""The bus: everyone hears everything, in order, whatever the others do."""

from __future__ import annotations

import logging
import threading

import pytest

from agent.core.events import Event, EventBus, LogLine, StepChanged
from agent.core.run import Step


def line(text: str) -> LogLine:
    """An event."""
    return LogLine("run", "node", "info", text)


class Notebook:
    """A listener that is a bound method, and so a new object each time it is looked up."""

    def __init__(self) -> None:
        self.heard: list[Event] = []

    def note(self, event: Event) -> None:
        """Keep it."""
        self.heard.append(event)


def test_listeners_hear_events_in_order_until_they_leave() -> None:
    bus, one, two = EventBus(), Notebook(), Notebook()
    leave = bus.subscribe(one.note)
    bus.subscribe(two.note)
    first, second = line("a"), StepChanged(Step(run_id="r", node_id="n", action="demo.say"))
    bus.publish(first)
    leave()
    leave()  # once more does no harm
    bus.publish(second)
    assert one.heard == [first]
    assert two.heard == [first, second]


def test_a_listener_that_fails_is_logged_and_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    bus, after = EventBus(), Notebook()

    def fails(event: Event) -> None:
        raise RuntimeError("oh")

    bus.subscribe(fails)
    bus.subscribe(after.note)
    with caplog.at_level(logging.ERROR):
        bus.publish(line("a"))
    assert len(after.heard) == 1
    assert "LogLine" in caplog.text and "oh" in caplog.text


def test_a_listener_may_leave_and_others_come_while_an_event_is_told() -> None:
    bus, late = EventBus(), Notebook()

    def once(event: Event) -> None:
        leave()
        bus.subscribe(late.note)

    leave = bus.subscribe(once)
    bus.publish(line("a"))
    bus.publish(line("b"))
    assert [event.text for event in late.heard if isinstance(event, LogLine)] == ["b"]


def test_many_threads_may_come_and_go() -> None:
    bus, heard = EventBus(), Notebook()
    bus.subscribe(heard.note)
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        for _ in range(200):
            leave = bus.subscribe(Notebook().note)
            bus.publish(line("x"))
            leave()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard.heard) == 1_600
    bus.publish(line("last"))
    assert len(heard.heard) == 1_601
