"""`WatchedPerson`: the person at this machine, as a sentinel in another process hears of them."""

from __future__ import annotations

import logging
import os
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from agent.core.devices import Corner, PersonSign
from agent.core.errors import DeviceError
from agent.devices.person.board import Board, Slot
from agent.devices.person.process import SentinelProcess

log = logging.getLogger(__name__)

_AGAIN_S = 1.0
"""Between two tries to start a sentinel that has ended."""


class WatchedPerson:
    """Thread-safe. The process starts with the first `watch`, and then rests between two of them."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        """`environment`: variables that lead to the desktop, where there may be several."""
        self._environment = dict(environment or {})
        self._lock = threading.RLock()
        self._board: Board | None = None
        self._sentinel: SentinelProcess | None = None
        self._order: dict[str, Any] | None = None
        self._heard: Callable[[PersonSign], None] | None = None
        self._keys_taken = False

    def watch(
        self, heard: Callable[[PersonSign], None], *, stop_keys: Sequence[str] = (), stop_corner: Corner | None = None
    ) -> Callable[[], None]:
        """See `agent.core.devices.Person`."""
        with self._lock:
            self._heard = heard
            self._order = {"do": "watch", "keys": list(stop_keys), "corner": stop_corner}
            try:
                self._begin()
            except DeviceError:
                self._heard = self._order = None
                raise
        return self._end

    def last_input(self) -> float:
        """See `agent.core.devices.Person`."""
        return self._read(Slot.LAST_INPUT)

    def last_touch(self) -> float:
        """See `agent.core.devices.Person`."""
        return self._read(Slot.LAST_TOUCH)

    def idle_s(self) -> float:
        """See `agent.core.devices.Person`."""
        if self._board is not None and self._board[Slot.HELD]:
            return 0.0
        return time.monotonic() - self._read(Slot.LAST_ANY)

    def stops(self) -> int:
        """See `agent.core.devices.Person`."""
        return int(self._board[Slot.STOPS]) if self._board is not None else 0

    def keys_taken(self) -> bool:
        """See `agent.core.devices.Person`."""
        return self._keys_taken

    def sends(self, kind: int, code: int, x: int = 0, y: int = 0) -> None:
        """We are about to send this input ourselves (see `agent.devices.person.board`). For the input backend."""
        if self._board is not None:
            self._board.sends(kind, code, x, y)

    def _read(self, slot: Slot) -> float:
        return self._board[slot] if self._board is not None else float("-inf")

    def _begin(self) -> None:
        if self._sentinel is None or self._sentinel.has_ended:
            path = self._make_board()
            self._sentinel = SentinelProcess(path, self._environment, weakref.WeakMethod(self._take))
        self._keys_taken = self._sentinel.begin(self._order or {})
        if self._keys_taken:
            log.warning("Another program uses the stop keys, too.")

    def _make_board(self) -> Path:
        handle, name = tempfile.mkstemp(prefix="tla-person-")
        os.close(handle)
        path = Path(name)
        # The old one is dropped, not closed: another thread may just be reading it.
        stops = self.stops()
        self._board = Board(path, new=True)
        self._board[Slot.STOPS] = stops
        return path

    def _end(self) -> None:
        with self._lock:
            self._heard = self._order = None
            if self._sentinel is not None:
                self._sentinel.rest()

    def _take(self, sign: PersonSign | None) -> None:
        """In the reader's thread: a sign, or None for the end of the process."""
        heard = self._heard
        if sign is not None:
            if heard is not None:
                heard(sign)
            return
        if self._board is not None:
            self._board[Slot.HELD] = 0
        if self._order is not None:
            log.warning("The sentinel of mouse and keyboard has ended and is started again.")
            while not self._is_back():
                time.sleep(_AGAIN_S)

    def _is_back(self) -> bool:
        """Whether it listens again, or need not."""
        with self._lock:
            if self._order is None or (self._sentinel is not None and not self._sentinel.has_ended):
                return True
            try:
                self._begin()
            except DeviceError:  # the display may have gone, too
                return False
            return True
