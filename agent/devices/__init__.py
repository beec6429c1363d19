"""The operating system behind the Protocols of `agent.core.context`, chosen when it is first needed.

``fake`` is the same in memory; ``x11``, ``windows`` and ``macos`` are the real ones.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from agent.core.errors import NoDisplay

if TYPE_CHECKING:
    from agent.core.devices import Devices
    from agent.core.requirement import Requirement


def open_devices() -> Devices:
    """This machine's screen, input, windows and programs. Raises NoDisplay."""
    if sys.platform == "win32":
        from agent.devices.windows import open_windows

        return open_windows()
    if sys.platform == "darwin":
        from agent.devices.macos import open_macos

        return open_macos()
    return _open_x11()


def requirements() -> tuple[Requirement, ...]:
    """What the devices need of this system, for ``tla doctor``."""
    from agent.devices.requirements import of_this_system

    return of_this_system()


def _open_x11() -> Devices:
    wayland = os.environ.get("XDG_SESSION_TYPE") == "wayland"
    if not os.environ.get("DISPLAY"):
        if wayland:
            raise _wayland()
        raise NoDisplay(
            "There is no display.",
            "Start the program in a desktop session, or set DISPLAY to a running X server.",
        )
    from agent.devices.x11 import open_x11

    devices, outputs = open_x11()
    if wayland and any(output.startswith("XWAYLAND") for output in outputs):
        raise _wayland()
    return devices


def _wayland() -> NoDisplay:
    return NoDisplay(
        "This is a Wayland session, which lets no program see the screen or type into others.",
        "Sign out, and choose the session “Xorg” or “X11” when you sign in again.",
    )
