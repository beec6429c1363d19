"""`FileLease`: one desktop, one driver, across processes. The system frees it when its process dies."""

from __future__ import annotations

import os
import platform
import re
import stat
import sys
import threading
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from agent.core.errors import DeviceError

_NAME = "trusted-login-agent"


def desktop_lease(folder: Path | None = None) -> FileLease:
    """The lease of the desktop that this process sees.

    It lies in the user's own state folder, which is the same for every session and every TLA_HOME.
    """
    return FileLease(folder or Path(platformdirs.user_state_dir(_NAME, appauthor=False)) / "desktop", desktop_key())


def desktop_key() -> str:
    """The name of this desktop, fit for a file: host, and X11 display or Windows session."""
    if sys.platform == "linux":
        # The screen number is no other desktop: keyboard and mouse are the same.
        place = re.sub(r"\.\d+$", "", os.environ.get("DISPLAY", "")) or "none"
    else:
        place = _session()
    return re.sub(r"[^A-Za-z0-9-]+", "_", f"{platform.node()}-{place}")


class FileLease:
    """A locked file, and beside it one that says who holds it. Thread-safe."""

    def __init__(self, folder: Path, key: str) -> None:
        self._folder = folder
        # Not per thread: the lease belongs to the process, and any of its threads may give it back.
        self._file = FileLock(folder / f"{key}.lock", timeout=0, thread_local=False)
        self._holder = folder / f"{key}.holder"
        self._lock = threading.Lock()

    def take(self, holder: str) -> str:
        """Try to take it; "" when it is ours, else the words of the one who has it."""
        with self._lock:
            try:
                self._make_private_folder()
                if not self._file.is_locked:
                    self._file.acquire()
                self._write(holder)
            except Timeout:
                return self._read()
            except OSError as error:
                raise DeviceError(
                    "The desktop's lock file {path} cannot be written: {reason}.",
                    "Make the folder writable and free some disk space.",
                    path=self._file.lock_file,
                    reason=error.strerror or error,
                ) from error
        return ""

    def give_back(self) -> None:
        """Let others have it."""
        with self._lock:
            if self._file.is_locked:
                self._holder.unlink(missing_ok=True)
                self._file.release(force=True)

    def _write(self, holder: str) -> None:
        part = self._holder.with_suffix(".part")
        part.write_text(holder, encoding="utf-8")
        part.replace(self._holder)

    def _read(self) -> str:
        try:
            return self._holder.read_text(encoding="utf-8") or _SOMEBODY
        except OSError:  # it has just been taken or given back
            return _SOMEBODY

    def _make_private_folder(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if sys.platform == "win32":  # the profile's access list protects it
            return
        status = self._folder.stat()
        if status.st_uid != os.geteuid():
            raise DeviceError(
                "The folder {path} belongs to another user.", "Remove it, or sign in as its owner.", path=self._folder
            )
        if stat.S_IMODE(status.st_mode) & 0o077:
            self._folder.chmod(0o700)


_SOMEBODY = "another program"


def _session() -> str:
    if sys.platform != "win32":
        return "console"
    import ctypes

    session = ctypes.c_ulong()
    ctypes.WinDLL("kernel32").ProcessIdToSessionId(os.getpid(), ctypes.byref(session))
    return f"session-{session.value}"
