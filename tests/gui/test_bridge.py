"""Threads meet Qt here."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from agent.core.errors import AgentError
from agent.core.events import EventBus, LogLine
from agent.gui.bridge import Bridge


@pytest.fixture
def bus() -> EventBus:
    return EventBus()


@pytest.fixture
def bridge(bus: EventBus, qtbot: QtBot) -> Iterator[Bridge]:
    made = Bridge(bus)
    yield made
    made.close()


def line(text: str) -> LogLine:
    return LogLine("run", "node", "info", text)


def test_events_of_another_thread_come_in_order_in_the_thread_of_qt(
    bridge: Bridge, bus: EventBus, qtbot: QtBot
) -> None:
    heard: list[tuple[str, int]] = []
    bridge.happened.connect(lambda event: heard.append((event.text, threading.get_ident())))
    worker = threading.Thread(target=lambda: [bus.publish(line(str(number))) for number in range(100)])
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: len(heard) == 100)
    assert heard == [(str(number), threading.get_ident()) for number in range(100)]


def test_a_call_works_elsewhere_and_answers_here(bridge: Bridge, qtbot: QtBot) -> None:
    answers: list[tuple[int, int]] = []
    bridge.call(threading.get_ident, lambda worker: answers.append((worker, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(answers))
    assert answers[0][0] != threading.get_ident() == answers[0][1]


def test_an_error_goes_to_failed(bridge: Bridge, qtbot: QtBot) -> None:
    errors: list[str] = []

    def work() -> None:
        raise AgentError("The file {path} is gone.", path="a.json")

    bridge.call(work, lambda _: errors.append("answered"), lambda error: errors.append(str(error)))
    qtbot.waitUntil(lambda: bool(errors))
    assert errors == ["The file a.json is gone."]


def test_a_fault_of_our_own_is_told_without_a_stack_trace(bridge: Bridge, qtbot: QtBot) -> None:
    errors: list[AgentError] = []
    bridge.call(lambda: 1 // 0, failed=errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert str(errors[0]) == "Something unexpected went wrong: ZeroDivisionError."


def test_after_the_close_nobody_is_called_back(bus: EventBus, qtbot: QtBot) -> None:
    bridge, go, called = Bridge(bus), threading.Event(), list[object]()
    bridge.happened.connect(called.append)
    bridge.call(go.wait, called.append)
    bus.publish(line("before"))
    go.set()
    bridge.close()
    bus.publish(line("after"))
    qtbot.wait(0)
    assert called == []
