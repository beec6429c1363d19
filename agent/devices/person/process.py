"""`SentinelProcess`: the sentinel as the program sees it: a process that takes orders and tells what it hears."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.core.errors import DeviceError
from agent.devices.person.sentinel import SENTINEL

_BEGIN_S = 5.0


@dataclass(slots=True)
class _Line:
    """What the reading thread and the others share. Not the process itself: a thread would keep it alive."""

    take: weakref.WeakMethod[Any]
    """Called with each sign, and with None when a process that has listened comes to its end."""
    answers: queue.SimpleQueue[dict[str, Any]] = field(default_factory=queue.SimpleQueue)
    listens: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)


class SentinelProcess:
    """Ends with this object."""

    def __init__(self, board: Path, environment: Mapping[str, str], take: weakref.WeakMethod[Any]) -> None:
        """Start it. `take` is called in a thread of its own with each sign, and with None at an unexpected end."""
        self._line = _Line(take)
        self.process = subprocess.Popen(
            _command(board),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **environment, "PYTHONPATH": _code_folder()},
            text=True,
            # Ctrl+C in the terminal is for us: the sentinel ends when we do.
            start_new_session=True,
        )
        self._finish = weakref.finalize(self, _finish, self.process, board)
        threading.Thread(target=_read, args=(self.process, self._line), name="tla-person", daemon=True).start()

    @property
    def has_ended(self) -> bool:
        """Whether it will tell nothing more."""
        return self._line.ended.is_set()

    def begin(self, order: dict[str, Any]) -> bool:
        """Let it listen; returns whether another program has the stop keys. Raises DeviceError."""
        self._line.listens.clear()
        self._tell(order)
        try:
            answer = self._line.answers.get(timeout=_BEGIN_S)
        except queue.Empty:
            answer = {"fault": "It does not answer."}
        if "fault" in answer:
            self._finish()
            raise DeviceError(
                "Mouse and keyboard cannot be listened to: {reason}",
                "Without that, a workflow does not give way to you, and the stop keys do not work.",
                reason=answer["fault"],
            )
        return bool(answer["taken"])

    def rest(self) -> None:
        """Let it listen no more."""
        self._line.listens.clear()
        self._tell({"do": "rest"})

    def _tell(self, order: dict[str, Any]) -> None:
        assert self.process.stdin is not None  # noqa: S101 - it is a pipe
        with suppress(BrokenPipeError, ValueError):  # it has ended; the reader says so
            self.process.stdin.write(json.dumps(order) + "\n")
            self.process.stdin.flush()


def _command(board: Path) -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, SENTINEL, str(board)]
    return [sys.executable, "-P", "-m", "agent.devices.person.sentinel", str(board)]


def _code_folder() -> str:
    import agent

    return str(Path(agent.__file__).parent.parent)


def _read(process: subprocess.Popen[str], line: _Line) -> None:
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    with process.stdout as pipe:
        for text in pipe:
            message = json.loads(text)
            if "ready" in message:
                line.listens.set()  # what it told before was of the watch before
            if "sign" not in message:
                line.answers.put(message)
            elif line.listens.is_set() and (take := line.take()) is not None:
                take(message["sign"])
    line.ended.set()
    line.answers.put({"fault": "It has ended."})
    if line.listens.is_set() and (take := line.take()) is not None:
        take(None)


def _finish(process: subprocess.Popen[str], board: Path) -> None:
    """The end of our pipe is the end of the process."""
    assert process.stdin is not None  # noqa: S101 - it is a pipe
    with suppress(BrokenPipeError):
        process.stdin.close()
    try:
        process.wait(2.0)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    board.unlink(missing_ok=True)
