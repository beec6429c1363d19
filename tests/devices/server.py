"""`Server`: an X server with a fixed number, which can be killed and started again."""

from __future__ import annotations

import os
import subprocess
from typing import Self


class Server:
    """Use it with ``with``; anybody may connect to it."""

    def __enter__(self) -> Self:
        read, write = os.pipe()
        with os.fdopen(read) as numbers:
            self._process = self._start("-displayfd", str(write), keep=(write,))
            os.close(write)
            self.name = f":{numbers.readline().strip()}"
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """As if it had crashed."""
        self._process.kill()
        self._process.wait()

    def restart(self) -> None:
        """Start it again under the same number; it is ready some moments later."""
        self._process = self._start(self.name)

    def _start(self, *options: str, keep: tuple[int, ...] = ()) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["Xvfb", *options, "-screen", "0", "800x600x24", "-nolisten", "tcp", "-noreset"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=keep,
        )
