"""`Ping`: wait until a program has worked through everything that we sent to its window so far."""

from __future__ import annotations

import itertools
import os
import struct
import time
from contextlib import suppress

from agent.core.devices import Check
from agent.core.errors import NotInTime
from agent.devices.pause import pause
from agent.devices.x11.connection import Connection, XError
from agent.devices.x11.display import Display

_CHANGE_WINDOW_ATTRIBUTES = 2
_EVENT_MASK = 1 << 11
_STRUCTURE_NOTIFY, _SUBSTRUCTURE_NOTIFY = 0x20000, 0x80000
_CLIENT_MESSAGE = 33

_SETTLE_S = 0.05
"""For programs that answer no ping. Measured: 10 ms lose a character now and then, 30 ms none."""

_CATCH_UP_S = 2.0
ANSWER_S = 10.0
"""How long a busy program may take."""


class Ping:
    """Asks by the window manager's own question, _NET_WM_PING (EWMH), over a connection of its own.

    A program handles its events in order, so its answer says that the earlier ones (a changed keyboard map, key
    presses) are handled too. That holds on a busy machine as well, where every fixed waiting time is wrong.
    """

    def __init__(self, connection: Connection) -> None:
        self._display = Display(connection)
        # An answer goes to the root window, and only who listens there hears it: by the convention with the
        # second mask, from Qt with the first.
        mask = _STRUCTURE_NOTIFY | _SUBSTRUCTURE_NOTIFY
        values = struct.pack("=III", self._display.root, _EVENT_MASK, mask)
        connection.order(_CHANGE_WINDOW_ATTRIBUTES, 0, values)
        self._numbers = itertools.count(int.from_bytes(os.urandom(3)) + 1)

    def wait(self, window: int, check: Check, wait_s: float = ANSWER_S) -> None:
        """Return when the window's program has caught up. Raises NotInTime when it does not answer."""
        if not self._answers(window):
            pause(_SETTLE_S, check)
            return
        number = next(self._numbers)
        ping = (self._display.connection.atom("_NET_WM_PING"), number, window)
        try:
            self._display.send_message(window, window, "WM_PROTOCOLS", ping)
        except XError:  # the window has just vanished; whoever types into it will notice
            return
        until = time.monotonic() + wait_s
        # A dialog that the text has closed (it ended with Enter) answers no more, and need not.
        while not self._answered(number) and self._display.shown(window)[0]:
            check()
            if time.monotonic() > until:
                raise NotInTime(
                    "The program of {window} does not answer.",
                    "It is busy or hangs, and may not have taken the whole text. Try again when it reacts.",
                    window=self._display.name(window),
                )
            time.sleep(0.001)

    def catch_up(self, window: int, check: Check) -> None:
        """Give the program time to handle what it was sent, so that a look at the screen soon shows it."""
        if self._answers(window):
            with suppress(NotInTime):
                self.wait(window, check, _CATCH_UP_S)

    def _answers(self, window: int) -> bool:
        try:
            return self._display.connection.atom("_NET_WM_PING") in self._display.numbers(window, "WM_PROTOCOLS")
        except XError:
            return False

    def _answered(self, number: int) -> bool:
        """Whether the answer is among the events that have come; all of them are taken, so that none pile up."""
        answered = False
        while (event := self._display.connection.event()) is not None:
            if event[0] & 0x7F == _CLIENT_MESSAGE:
                answered |= struct.unpack_from("=I", event, 16)[0] == number
        return answered
