"""`Conversation`: a program that answers every JSON line with one. Peers and windows are spoken to this way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import IO, Any, Self, cast

from agent.core.errors import AgentError

PATIENCE_S = 120.0
"""For one answer. The slowest one known (a full screen through pytesseract on a loaded machine) needs some 20 s."""


class Conversation:
    """Starts the program and waits for its first line. Raises AgentError when it ends, or is silent for too long."""

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], *, program: str = sys.executable
    ) -> None:
        """`program` runs the command: this Python, unless told otherwise."""
        self._name = name
        # What the program prints for people would only disturb ours; what it says to us comes as JSON.
        self._process = subprocess.Popen(
            [program, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **environment, "PYTHONIOENCODING": "utf-8"},
            text=True,
            encoding="utf-8",
        )
        self._questions = cast(IO[str], self._process.stdin)
        self._answers = cast(IO[str], self._process.stdout)
        self.first = self._answer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Send one JSON object and wait for the answer."""
        try:
            self._questions.write(json.dumps(question) + "\n")
            self._questions.flush()
        except OSError as error:
            raise self._silent() from error
        return self._answer()

    def close(self) -> None:
        """End the program."""
        self._process.kill()
        self._process.wait()
        self._answers.close()
        with suppress(BrokenPipeError):  # a question that was never read is of no use any more
            self._questions.close()

    def _answer(self) -> dict[str, Any]:
        # A program that hangs is ended, and then reading its output ends too: on every system, without polling.
        watchdog = threading.Timer(PATIENCE_S, self._process.kill)
        watchdog.daemon = True
        watchdog.start()
        try:
            line = self._answers.readline()
        finally:
            watchdog.cancel()
        try:
            answer = json.loads(line)
        except ValueError as error:
            raise self._silent() from error
        if not isinstance(answer, dict):
            raise self._silent()
        return answer

    def _silent(self) -> AgentError:
        return AgentError("The program {name} has ended or does not answer.", name=self._name)
