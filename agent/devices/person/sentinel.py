"""The sentinel: a process that listens to mouse and keyboard, whatever the program is busy with.

It is told on its standard input (JSON lines), and tells on its standard output. When that input ends, so does it.
"""

from __future__ import annotations

import json
import math
import queue
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.core.errors import AgentError
from agent.devices.person.board import BUTTON_DOWN, BUTTON_UP, KEY_DOWN, KEY_UP, MOTION, Board, Slot
from agent.devices.person.outlook import Act, Outlook, in_corner

if TYPE_CHECKING:
    from agent.core.devices import Corner

SENTINEL = "--sentinel"
"""The first argument of a packed program that is to be the sentinel: it has no ``python -m``."""

_PARTNER = {KEY_DOWN: KEY_UP, BUTTON_DOWN: BUTTON_UP, KEY_UP: KEY_DOWN, BUTTON_UP: BUTTON_DOWN}
_WHEEL = range(4, 8)
"""Turning the wheel is pressing these buttons (X11); the wheels of other systems come as such too."""

_TELL_EVERY_S = 0.05
_CALM_S = 0.01
"""While the mouse moves, it is listened to so often; the first movement is noticed at once."""
_LET_GO_S = 0.12
"""So long has the program to let go of its keys after a stop; then the sentinel does it."""
_LONG_S = 30.0
"""A key that is held for longer is a book on the keyboard, or its release was lost."""


class Sentinel:
    """What is done about what an `Outlook` tells. One thread."""

    def __init__(self, board: Board, outlook: Outlook, tell: Callable[[dict[str, Any]], None]) -> None:
        self._board = board
        self._outlook = outlook
        self._tell = tell
        self._keys: tuple[str, ...] = ()
        self._corner: Corner | None = None
        self._held: dict[tuple[int, int], float] = {}
        self._was_in_corner = False
        self._armed = True
        """No more after the stop keys went down, until one is let go: one press is one stop."""
        self._told_at = -math.inf
        self._let_go_at: float | None = None

    def obey(self, order: dict[str, Any]) -> None:
        """Begin to listen, or end it."""
        self._held.clear()
        self._board[Slot.HELD] = 0
        self._armed = True
        if order["do"] == "rest":
            self._outlook.rest()
            return
        self._keys, self._corner = tuple(order["keys"]), order["corner"]
        taken = self._outlook.begin(self._keys)
        self._told_at = -math.inf
        self._was_in_corner = self._is_in_corner(*self._outlook.pointer())
        self._tell({"ready": True, "taken": taken})

    def look(self) -> None:
        """Take note of what has come."""
        acts = tuple(self._outlook.acts())
        place = None
        if self._corner is not None and any(act.kind == MOTION for act in acts):
            place = self._outlook.pointer()
            acts += tuple(self._outlook.acts())  # with all that has led there
        now = time.monotonic()
        theirs = [act for act in acts if not act.ours]
        for act in theirs:
            self._note(act, now)
        if place is not None:
            self._note_place(*place, {act.ours for act in acts if act.kind == MOTION})
        if theirs:
            self._forget_long_held(now)
            if self._board[Slot.LAST_INPUT] == now and now - self._told_at > _TELL_EVERY_S:
                self._told_at = now
                self._tell({"sign": "input"})
        if acts:
            time.sleep(_CALM_S)

    @property
    def let_go_in(self) -> float | None:
        """Seconds until `let_go` is due; None while it is not."""
        return None if self._let_go_at is None else max(0.0, self._let_go_at - time.monotonic())

    def let_go(self) -> None:
        """Release what the program still holds."""
        self._let_go_at = None
        self._outlook.let_go()

    def _note(self, act: Act, now: float) -> None:
        board = self._board
        board[Slot.LAST_ANY] = now
        if act.kind in (KEY_UP, BUTTON_UP):
            self._held.pop((_PARTNER[act.kind], act.code), None)
            self._armed = True
        else:
            board[Slot.LAST_INPUT] = now
        if act.kind in (KEY_DOWN, BUTTON_DOWN):
            board[Slot.LAST_TOUCH] = now
            if act.kind == KEY_DOWN or act.code not in _WHEEL:
                self._held[act.kind, act.code] = now
        board[Slot.HELD] = len(self._held)
        if act.kind == KEY_DOWN and self._keys:
            held = {code for kind, code in self._held if kind == KEY_DOWN}
            if self._armed and self._outlook.completes(act.code, held):
                self._armed = False
                self._stop("stop_keys")

    def _note_place(self, x: int, y: int, movers: set[bool]) -> None:
        """The pointer is there; `movers` says whether we (True) or the person (False) have moved it, or both."""
        is_in = self._is_in_corner(x, y)
        if is_in and not self._was_in_corner and False in movers:
            ours = int(self._board[Slot.OUR_X]), int(self._board[Slot.OUR_Y])
            if True not in movers or not self._is_in_corner(*ours):
                self._stop("stop_corner")
        self._was_in_corner = is_in

    def _is_in_corner(self, x: int, y: int) -> bool:
        return self._corner is not None and in_corner(x, y, self._corner, self._outlook.screens())

    def _stop(self, sign: str) -> None:
        self._board[Slot.STOPS] += 1
        self._tell({"sign": sign})
        self._let_go_at = time.monotonic() + _LET_GO_S

    def _forget_long_held(self, now: float) -> None:
        for held, since in list(self._held.items()):
            if now - since > _LONG_S:
                del self._held[held]
        self._board[Slot.HELD] = len(self._held)


def _print(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _outlook(board: Board) -> Outlook:
    if sys.platform == "win32":
        from agent.devices.windows.person import WindowsOutlook

        return WindowsOutlook.of_this_system()
    if sys.platform == "darwin":
        from agent.devices.macos.person import MacOutlook

        return MacOutlook.of_this_system()
    from agent.devices.x11.connection import Connection
    from agent.devices.x11.person import X11Outlook

    return X11Outlook(Connection(), Connection(), board)


def main(path: str) -> int:
    """Be the sentinel of the program that has made this board."""
    board = Board(Path(path))
    orders: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    try:
        outlook = _outlook(board)
        threading.Thread(target=_read, args=(orders, outlook), daemon=True).start()
        _watch(Sentinel(board, outlook, _print), outlook, orders)
    except AgentError as error:
        _print({"fault": str(error)})
        return 1
    except BrokenPipeError:  # the program has just died
        return 1
    return 0


def _read(orders: queue.SimpleQueue[dict[str, Any] | None], outlook: Outlook) -> None:
    for line in sys.stdin:
        orders.put(json.loads(line))
        outlook.wake()
    orders.put(None)
    outlook.wake()


def _watch(sentinel: Sentinel, outlook: Outlook, orders: queue.SimpleQueue[dict[str, Any] | None]) -> None:
    while True:
        outlook.wait(sentinel.let_go_in)
        while not orders.empty():
            order = orders.get()
            if order is None:
                return sentinel.let_go()
            sentinel.obey(order)
        sentinel.look()
        if sentinel.let_go_in == 0.0:
            sentinel.let_go()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
