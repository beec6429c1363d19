"""`FakePerson`: somebody at the fake machine, who does what a test says."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence

from agent.core.devices import Corner, PersonSign


class FakePerson:
    """Idle, until `moves`, `touches` or `says_stop`. What they do while nobody watches is not noticed."""

    def __init__(self) -> None:
        self.stop_keys: tuple[str, ...] = ()
        self.stop_corner: Corner | None = None
        self.watched = threading.Event()
        """Set while somebody watches."""
        self.holding = False
        """Whether they hold a key or button down."""
        self.taken = False
        """Whether another program has the stop keys."""
        self._heard: Callable[[PersonSign], None] | None = None
        self._last_input = self._last_touch = -math.inf
        self._stops = 0

    def watch(
        self, heard: Callable[[PersonSign], None], *, stop_keys: Sequence[str] = (), stop_corner: Corner | None = None
    ) -> Callable[[], None]:
        """Tell `heard` in the thread of the one who says what the person does."""
        self.stop_keys, self.stop_corner = tuple(stop_keys), stop_corner
        self._heard = heard
        self.watched.set()
        return self._end

    def last_input(self) -> float:
        """When they last did something."""
        return self._last_input

    def last_touch(self) -> float:
        """When they last did more than moving the pointer."""
        return self._last_touch

    def idle_s(self) -> float:
        """How long they have done nothing."""
        return 0.0 if self.holding else time.monotonic() - self._last_input

    def stops(self) -> int:
        """How often they have said stop."""
        return self._stops

    def keys_taken(self) -> bool:
        """By nobody, unless a test says so."""
        return self.taken

    def moves(self) -> None:
        """They move the mouse."""
        if self._heard is not None:
            self._last_input = time.monotonic()
            self._heard("input")

    def touches(self) -> None:
        """They press a key or button."""
        if self._heard is not None:
            self._last_touch = time.monotonic()
        self.moves()

    def says_stop(self, sign: PersonSign = "stop_keys") -> None:
        """They press the stop keys, or push the pointer into the corner."""
        if self._heard is not None:
            self._stops += 1
            self._heard(sign)

    def _end(self) -> None:
        self._heard = None
        self.watched.clear()
