"""`SystemApps`: starts and ends programs, and knows who descends from whom. By psutil."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

from agent.core.devices import Check
from agent.core.errors import ActionError, NotInTime

_CLOCK_S = 5.0
"""How far two readings of a process's start may differ when the system clock was set meanwhile."""


class SystemApps:
    """The user's processes. Thread-safe."""

    def __init__(self) -> None:
        self._ours: dict[int, subprocess.Popen[bytes]] = {}

    def launch(
        self, command: Sequence[str], *, folder: Path | None = None, environment: Mapping[str, str] | None = None
    ) -> int:
        """Start a program in a session of its own, without a shell and with nothing of ours open in it."""
        if folder is not None and not folder.is_dir():
            raise ActionError("There is no folder {folder}.", "Correct the folder.", folder=folder)
        try:
            process = subprocess.Popen(
                list(command),
                cwd=folder,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                **_own_session(),
            )
        except FileNotFoundError as error:
            raise ActionError(
                "There is no program {command}.", "Install it, or give its whole path.", command=command[0]
            ) from error
        except PermissionError as error:
            raise ActionError(
                "The file {command} may not be executed.",
                "Give the path of a program; a script must be marked as executable (chmod +x).",
                command=command[0],
            ) from error
        except (OSError, ValueError, IndexError) as error:
            raise ActionError(
                "The program {command} cannot be started: {reason}.",
                "Give the path of a program file, and its arguments one by one.",
                command=" ".join(command[:1]),
                reason=getattr(error, "strerror", None) or error,
            ) from error
        self._ours[process.pid] = process
        # The thread takes the exit code as soon as there is one, so no zombie stays behind.
        threading.Thread(target=process.wait, name=f"app {process.pid}", daemon=True).start()
        return process.pid

    def family(self, pid: int) -> frozenset[int]:
        """The process and its descendants that are alive.

        A starter script that has ended leaves its programs in its session; they still belong to the family.
        """
        found = {each for each in psutil.pids() if _session(each) == pid}
        try:
            process = psutil.Process(pid)
            found |= {pid, *(child.pid for child in process.children(recursive=True))}
        except psutil.Error:
            pass  # it has ended; its session may live on
        return frozenset(each for each in found if _is_running(each))

    def find(self, name: str) -> tuple[int, ...]:
        """The ids of the user's processes with this program name; ``.exe`` may be left out."""
        user = psutil.Process().username()
        wanted = _plain(name)
        return tuple(
            process.pid
            for process in psutil.process_iter(["name", "username"])
            if process.info["username"] == user and _plain(process.info["name"] or "") == wanted
        )

    def end(self, pid: int, *, force: bool = False, wait_s: float = 5.0, check: Check = lambda: None) -> int | None:
        """End a process with all that it has started, politely or at once, and wait for it.

        Politely the process itself is asked first, and what it leaves behind after it. On Windows a process cannot be
        asked; close its windows first, then use this.
        """
        check()
        if pid in (0, 1, os.getpid()):
            raise ActionError("The process {pid} is not for a workflow to end.", pid=pid)
        family, until = self.family(pid), time.monotonic() + wait_s
        for group in (family,) if force else (family & {pid}, family - {pid}):
            for each in filter(_is_running, group):
                _signal(each, force=force)
            _wait_until_over(group, until, check, pid, wait_s)
        return self._exit_code(pid)

    def _exit_code(self, pid: int) -> int | None:
        process = self._ours.get(pid)
        # The waiting thread may be about to take it; this waits for that.
        return process.wait() if process is not None else None


def this_process() -> str:
    """This process in a form that stays true when its number is given to another one."""
    return f"{os.getpid()}@{psutil.Process().create_time():.1f}"


def is_alive(process: str) -> bool:
    """Whether the process that `this_process` named is still running."""
    pid, _, started = process.partition("@")
    try:
        begun: float = psutil.Process(int(pid)).create_time()
        return abs(begun - float(started)) < _CLOCK_S
    except (psutil.Error, ValueError):
        return False


def _own_session() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _session(pid: int) -> int:
    if sys.platform == "win32":
        return 0
    try:
        return os.getsid(pid)
    except OSError:
        return 0


def _is_running(pid: int) -> bool:
    try:
        status: str = psutil.Process(pid).status()
    except psutil.Error:
        return False
    return status != str(psutil.STATUS_ZOMBIE)


def _plain(name: str) -> str:
    return name.casefold().removesuffix(".exe")


def _signal(pid: int, *, force: bool) -> None:
    try:
        process = psutil.Process(pid)
        if force:
            process.kill()
        else:
            process.terminate()
    except psutil.NoSuchProcess:
        pass  # it has just ended by itself
    except psutil.AccessDenied as error:
        raise ActionError(
            "The process {pid} belongs to somebody else.", "Only your own programs can be ended.", pid=pid
        ) from error


def _wait_until_over(group: frozenset[int], until: float, check: Check, pid: int, wait_s: float) -> None:
    while any(map(_is_running, group)):
        check()
        if time.monotonic() > until:
            raise NotInTime(
                "The process {pid} was still there after {wait_s} s.",
                "It may be asking to save. Answer it, wait longer, or end it by force.",
                pid=pid,
                wait_s=round(wait_s, 1),
            )
        time.sleep(0.01)
