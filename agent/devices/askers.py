"""`SystemAskers`: whose a window is, by the process that the system names and the file that the process runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath

from agent.core.binding import Asker
from agent.core.devices import Origins
from agent.core.target import WindowInfo
from agent.devices.process_name import process_name


class SystemAskers:
    """The real `agent.core.devices.Askers`. Thread-safe.

    `owner` gives the process id of a window where the window's own word is not enough (X11). `origins` reads the
    address that a browser shows; without it a credential that is bound to an origin is refused.
    """

    def __init__(self, owner: Callable[[WindowInfo], int] | None = None, origins: Origins | None = None) -> None:
        self._owner = owner
        self._origins = origins

    def asker(self, window: WindowInfo) -> Asker:
        """The process, its file and (where it can be read) the page that the window belongs to."""
        pid = window.pid if self._owner is None else self._owner(window)
        path = _program_file(pid)
        # A process may call itself anything; the name of the file that it runs is harder to choose.
        process = PurePath(path).name or process_name(pid)
        origin = self._origins.origin(window) if self._origins is not None else None
        return Asker(replace(window, pid=pid, process=process), path, origin)


def _program_file(pid: int) -> str:
    """The file that the process runs; empty for 0, and for one that has ended or is not ours to see."""
    import psutil

    try:
        return str(psutil.Process(pid).exe()) if pid else ""
    except psutil.Error:
        return ""
