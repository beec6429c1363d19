"""`Bridge`: the one place where threads meet Qt. Events come in, slow calls go out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal, Slot

from agent.core.errors import AgentError
from agent.core.events import Event, EventBus

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

_END_MS = 10_000
"""How long calls that are under way may take when the program ends."""


class Bridge(QObject):
    """Brings events of every thread into Qt's, and takes what may be slow out of it.

    `happened` is sent in the thread of the bridge, in the order of the bus.
    """

    happened = Signal(object)
    _heard = Signal(object)
    _settled = Signal(object)

    def __init__(self, bus: EventBus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(4)
        self._closed = False
        # Queued also for events of Qt's own thread: a listener must never be called inside of another one.
        self._heard.connect(self._hear, Qt.ConnectionType.QueuedConnection)
        self._settled.connect(self._settle, Qt.ConnectionType.QueuedConnection)
        self._unsubscribe = bus.subscribe(self._publish)

    def call(
        self,
        work: Callable[[], Answer],
        then: Callable[[Answer], object] | None = None,
        failed: Callable[[AgentError], object] | None = None,
    ) -> None:
        """Do `work` in a thread of the pool, then call `then` with its answer, or `failed`, in Qt's thread."""

        def run() -> None:
            try:
                answer = work()
            except AgentError as error:
                self._back(failed, error)
            except Exception as error:  # a background loop: the person is told, the program goes on
                log.exception("A call of the window failed.")
                unexpected = AgentError(
                    "Something unexpected went wrong: {reason}.",
                    "Try again. The program's log says more about it.",
                    reason=type(error).__name__,
                )
                self._back(failed, unexpected)
            else:
                self._back(then, answer)

        self._pool.start(run)

    def close(self) -> None:
        """Hear nothing more, call nobody back, and wait for the calls that are under way."""
        self._closed = True
        self._unsubscribe()
        self._pool.waitForDone(_END_MS)

    def _publish(self, event: Event) -> None:
        self._heard.emit(event)

    def _back(self, receiver: Callable[[Answer], object] | None, answer: Answer) -> None:
        if receiver is not None and not self._closed:
            self._settled.emit(lambda: receiver(answer))

    @Slot(object)
    def _hear(self, event: Event) -> None:
        if not self._closed:
            self.happened.emit(event)

    @Slot(object)
    def _settle(self, answer: Callable[[], object]) -> None:
        if not self._closed:
            answer()
