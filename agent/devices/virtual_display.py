"""`VirtualDisplay`: a screen of its own (Xvfb) with a window manager (openbox), for machines without one."""

from __future__ import annotations

import os
import secrets
import select
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from agent.core.errors import DeviceError
from agent.devices.x11.connection import COOKIE, Connection

_START_S = 20.0
"""How long the server and the window manager may take; both need well under one second on a quiet machine."""

# Decorations and click-to-focus, but no menus, no key bindings and no pop-ups: nothing that gets in the way.
_OPENBOX = """<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew><focusLast>yes</focusLast><followMouse>no</followMouse></focus>
  <placement><policy>Smart</policy><center>yes</center></placement>
  <theme><name>Clearlooks</name><titleLayout>LIMC</titleLayout><animateIconify>no</animateIconify></theme>
  <desktops><number>1</number><popupTime>0</popupTime></desktops>
  <resize><drawContents>yes</drawContents><popupShow>Never</popupShow></resize>
  <keyboard/>
  <mouse>
    <dragThreshold>8</dragThreshold>
    <context name="Client">
      <mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
      <mousebind button="Middle" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
      <mousebind button="Right" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
    </context>
    <context name="Titlebar">
      <mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
      <mousebind button="Left" action="Drag"><action name="Move"/></mousebind>
    </context>
    <context name="Close"><mousebind button="Left" action="Click"><action name="Close"/></mousebind></context>
    <context name="Iconify"><mousebind button="Left" action="Click"><action name="Iconify"/></mousebind></context>
    <context name="Maximize">
      <mousebind button="Left" action="Click"><action name="ToggleMaximize"/></mousebind>
    </context>
  </mouse>
</openbox_config>
"""


class VirtualDisplay:
    """Start it with ``with``; programs started with `environment()` open their windows on it.

    Only who has its cookie (a file of this user) can connect. Raises DeviceError when a program is missing or
    does not start.
    """

    def __init__(self, width: int = 1920, height: int = 1080) -> None:
        self._size = (width, height)
        self._cookie = secrets.token_bytes(16)
        self._stack = ExitStack()
        self._folder = Path()
        self.name = ""
        """The display's name, such as ``:77``; empty before the start."""

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tla-display-")))
            self._write_files()
            self._start_server(stack)
            self._start_window_manager(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def environment(self) -> dict[str, str]:
        """The variables that lead a program to this display."""
        return {
            "DISPLAY": self.name,
            "XAUTHORITY": str(self._authority),
            # A program on a Wayland desktop would open its windows there otherwise.
            "XDG_SESSION_TYPE": "x11",
            # It is no part of the user's session, so it is not locked when that one is.
            "XDG_SESSION_ID": "",
            "WAYLAND_DISPLAY": "",
            "GDK_BACKEND": "x11",
            "QT_QPA_PLATFORM": "xcb",
        }

    def connect(self) -> Connection:
        """A connection to it, for a program that did not take over `environment()`."""
        return Connection(self.name, cookie=self._cookie)

    @property
    def _authority(self) -> Path:
        return self._folder / "Xauthority"

    def _write_files(self) -> None:
        # Layout: https://www.x.org/releases/X11R7.7/doc/man/man3/Xau.3.xhtml (65535: any host; no number: any display)
        parts = (b"", b"", COOKIE, self._cookie)
        entry = struct.pack(">H", 65535) + b"".join(struct.pack(">H", len(part)) + part for part in parts)
        self._authority.write_bytes(entry)
        (self._folder / "rc.xml").write_text(_OPENBOX, encoding="utf-8")

    def _start_server(self, stack: ExitStack) -> None:
        width, height = self._size
        read, write = os.pipe()
        with os.fdopen(read) as numbers, os.fdopen(write) as told:
            command = ["Xvfb", "-displayfd", str(told.fileno()), "-screen", "0", f"{width}x{height}x24"]
            options = ["-nolisten", "tcp", "-noreset", "-auth", str(self._authority)]
            server = self._start([*command, *options], stack, keep=(told.fileno(),))
            stack.enter_context(_watched(server.pid, self._folder))
            told.close()
            self.name = f":{_number(numbers, server)}"

    def _start_window_manager(self, stack: ExitStack) -> None:
        config = str(self._folder / "rc.xml")
        manager = self._start(["openbox", "--sm-disable", "--config-file", config], stack)
        connection = self.connect()
        stack.callback(connection.close)
        check = connection.atom("_NET_SUPPORTING_WM_CHECK")
        # GetProperty (20) of the root window: the window manager sets it when it is ready (EWMH, section 3).
        ask = struct.pack("=IIIII", connection.setup.root, check, 0, 0, 1)
        until = time.monotonic() + _START_S
        while connection.request(20, 0, ask)[1] == 0:
            if manager.poll() is not None or time.monotonic() > until:
                raise _not_started("openbox")
            time.sleep(0.01)

    def _start(
        self, command: Sequence[str], stack: ExitStack, *, keep: tuple[int, ...] = ()
    ) -> subprocess.Popen[bytes]:
        try:
            process = subprocess.Popen(
                command,
                env={**os.environ, **self.environment()},
                pass_fds=keep,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                # Ctrl+C in the terminal is for us; we end the display when we are done with it.
                start_new_session=True,
            )
        except FileNotFoundError as error:
            raise DeviceError(
                "The program {program} is not installed.",
                "Install it, on Debian and Ubuntu: apt install {package}.",
                program=command[0],
                package=command[0].lower(),
            ) from error
        stack.callback(_end, process)
        return process


@contextmanager
def _watched(server: int, folder: Path) -> Iterator[None]:
    """End the server, and with it the window manager, even when this process is killed.

    Our end of the pipe is then closed by the system, and the reading shell goes on to its next command.
    """
    command = ["sh", "-c", 'read _; kill "$1"; rm -r "$2"', "tla-display-watch", str(server), str(folder)]
    watch = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        _end(watch)
        if watch.stdin is not None:
            watch.stdin.close()


def _number(numbers: IO[str], server: subprocess.Popen[bytes]) -> str:
    """The display number, which the server writes when it is ready for clients."""
    ready, _, _ = select.select([numbers], [], [], _START_S)
    number = numbers.readline().strip() if ready else ""
    if not number or server.poll() is not None:
        raise _not_started("Xvfb")
    return number


def _not_started(program: str) -> DeviceError:
    return DeviceError("The program {program} does not start.", "Start it by hand to see why.", program=program)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
