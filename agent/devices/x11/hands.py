"""`Hands`: a note on the display of what we hold there, so that it is put right when this process dies.

The X server releases nothing when a program ends: a key that XTEST pressed stays down (measured: Ctrl and a letter,
for ever), and a keycode that got another character keeps it. So whatever stays held for longer than one request is
noted on the root window first, in the same stream of requests, and a waiting shell puts it right when our end of its
pipe closes: after an exception, SIGTERM, SIGKILL or a crash. If that was killed too, the next text or start of any
agent on this display does (`agent.devices.x11.mend`).
"""

from __future__ import annotations

import json
import os
import secrets
import struct
import subprocess
import sys
import weakref
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from agent.devices.x11.connection import Connection

PREFIX = "_TLA_HANDS_"
"""The note's name, followed by the number of the window that lives as long as its writer."""

_CREATE_WINDOW, _CHANGE_PROPERTY, _DELETE_PROPERTY = 1, 18, 19
_INPUT_ONLY = 2
_WAIT = 'read -r line || exec "$0" -m agent.devices.x11.mend "$1" "$2"'
"""A line means that all is well; the end of the pipe without one means that we have died."""


@dataclass(frozen=True, slots=True)
class Held:
    """Keycodes and buttons that are down, and keycodes with other characters: what was put there, what was before."""

    keys: tuple[int, ...] = ()
    buttons: tuple[int, ...] = ()
    lent: Mapping[int, tuple[bytes, bytes]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.keys or self.buttons or self.lent)

    def to_bytes(self, token: str) -> bytes:
        """For the note. The token tells the writer's window from a later one with the same number."""
        lent = {str(code): [put.hex(), before.hex()] for code, (put, before) in self.lent.items()}
        return json.dumps({"token": token, "keys": self.keys, "buttons": self.buttons, "lent": lent}).encode()

    @classmethod
    def of(cls, data: bytes) -> tuple[str, Self]:
        """(token, what is held) of a note. Raises ValueError, TypeError or LookupError when it is none of ours."""
        told = json.loads(data)
        lent = {_code(code): (_entry(put), _entry(old)) for code, (put, old) in told["lent"].items()}
        held = cls(tuple(map(_code, told["keys"])), tuple(map(_code, told["buttons"])), lent)
        return str(told["token"]), held


class Hands:
    """The note of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._x = connection
        self._window = 0
        self._token = secrets.token_hex(8)
        self._noted = Held()
        self._watch: _Watch | None = None

    def note(self, held: Held) -> None:
        """Write it down, unless it stands there already. Queued: flush."""
        if held == self._noted:
            return
        if not self._window:
            self._begin()
        if self._watch is None:
            self._watch = _Watch(self._x.display, self._window)
            weakref.finalize(self, self._watch.end)
        name = self._x.atom(f"{PREFIX}{self._window:x}")
        if held:
            self._write(self._x.setup.root, name, held.to_bytes(self._token))
        else:
            self._x.post(_DELETE_PROPERTY, 0, struct.pack("=II", self._x.setup.root, name))
        self._noted = held
        self._watch.needed = bool(held)

    def _begin(self) -> None:
        """A window that is never shown: it is gone as soon as we are."""
        self._window = self._x.new_id()
        body = struct.pack("=IIhhHHHHII", self._window, self._x.setup.root, -1, -1, 1, 1, 0, _INPUT_ONLY, 0, 0)
        self._x.post(_CREATE_WINDOW, 0, body)
        self._write(self._window, self._x.atom(PREFIX), self._token.encode())

    def _write(self, window: int, name: int, data: bytes) -> None:
        string = 31  # the predefined atom STRING
        self._x.post(_CHANGE_PROPERTY, 0, struct.pack("=IIIB3xI", window, name, string, 8, len(data)) + data)


class _Watch:
    """The shell that waits for our end. It costs half a megabyte; the interpreter is only started when it is needed."""

    def __init__(self, display: str, window: int) -> None:
        self.needed = False
        self._process: subprocess.Popen[bytes] | None = None
        if getattr(sys, "frozen", False):  # there is no interpreter to start: the program's next start puts it right
            return
        import agent

        self._process = subprocess.Popen(
            ["sh", "-c", _WAIT, sys.executable, display, f"{window:x}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(Path(agent.__file__).parent.parent)},
            # What ends us, such as Ctrl+C in the terminal, must not end it.
            start_new_session=True,
        )

    def end(self) -> None:
        """Let it go: without a word when something is still held, so that it acts."""
        process = self._process
        if process is None or process.stdin is None:
            return
        with suppress(BrokenPipeError), process.stdin as pipe:
            if not self.needed:
                pipe.write(b"\n")
        if self.needed:
            process.returncode = 0  # it waits for us to be gone, so we cannot wait for it
        else:
            process.wait()


def _code(value: Any) -> int:
    code = int(value)
    if not 1 <= code <= 255:
        raise ValueError(f"{code} is no code of a key or button")
    return code


def _entry(text: str) -> bytes:
    entry = bytes.fromhex(text)
    if len(entry) < 8 or len(entry) != 8 + 4 * struct.unpack_from("=H", entry, 6)[0]:
        raise ValueError("not the entry of a key in a keyboard map")
    return entry


def noted(properties: Iterable[str]) -> dict[int, str]:
    """The writers' windows and the names of their notes, among the names of the root window's properties."""
    found = {}
    for name in properties:
        if name.startswith(PREFIX) and (number := name.removeprefix(PREFIX)):
            found[int(number, 16)] = name
    return found
