"""What happened, as frozen values on one bus."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from agent.core.errors import ErrorRecord
from agent.core.run import Run, Step, now

log = logging.getLogger(__name__)

Level = Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class RunChanged:
    """A run has a new snapshot; it is in the journal already."""

    run: Run


@dataclass(frozen=True, slots=True)
class StepChanged:
    """A step has a new snapshot; it is in the journal already."""

    step: Step


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line for the person who watches the run."""

    run_id: str
    node_id: str
    level: Level
    text: str
    at: datetime = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class DesktopAwaited:
    """The run waits for the desktop: `holder` has it, or it is locked or lost for the reason `away`.

    With neither, the wait is over.
    """

    run_id: str
    holder: str
    away: ErrorRecord | None = None


@dataclass(frozen=True, slots=True)
class GaveWay:
    """A step of the run has halted because the person uses mouse or keyboard, or (not `halted`) it goes on.

    It goes on by itself when the person has rested for `rest_s`.
    """

    run_id: str
    halted: bool
    rest_s: float = 0.0


Event = RunChanged | StepChanged | LogLine | DesktopAwaited | GaveWay
Listener = Callable[[Event], None]


class EventBus:
    """Hands each event to every listener, in order, in the thread that publishes. Thread-safe."""

    def __init__(self) -> None:
        self._listeners: tuple[Listener, ...] = ()
        self._lock = threading.Lock()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call the listener with every event from now on; the returned function ends it."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

        def unsubscribe() -> None:
            with self._lock:
                # Equality, not identity: a bound method is a new object each time it is looked up.
                self._listeners = tuple(other for other in self._listeners if other != listener)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Tell every listener. One that fails is logged and does not stop the others."""
        for listener in self._listeners:
            try:
                listener(event)
            except Exception:  # a listener's fault must not end the run it watches
                log.exception("A listener failed on %s.", type(event).__name__)
