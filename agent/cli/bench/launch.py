"""`Launch`: starts a program and waits until a window of it is shown, as a person would see it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence

from agent.core.errors import AgentError

_LIMIT_S = 30.0
_LOOK_S = 0.002
"""Between two looks at the list of windows: small beside what is measured, and the program under test needs the CPU."""


class Launch:
    """One program on the display of the environment; `start` and `end` may be called again and again."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        from agent.devices import open_devices

        self._command = list(command)
        self._environment = environment
        devices = open_devices()
        self._windows, self._apps = devices.windows, devices.apps
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait for its window. Raises AgentError when it ends first, or shows none."""
        before = {window.id for window in self._windows.list()}
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + _LIMIT_S
        while not self._is_shown(before, self._process.pid):
            if self._process.poll() is not None or time.monotonic() > until:
                self.end()
                raise AgentError("The program {command} shows no window.", command=" ".join(self._command[:3]))
            time.sleep(_LOOK_S)

    def end(self) -> None:
        """End it and wait until it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _is_shown(self, before: set[int], pid: int) -> bool:
        new = [window for window in self._windows.list() if window.id not in before]
        if not new:
            return False
        family = {pid, *self._apps.family(pid)}
        return any(window.pid in family for window in new)
