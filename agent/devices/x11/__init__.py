"""X11 without Xlib: the protocol, spoken through libxcb.

Xlib ends the whole process when the display server dies, and its Python ports decide for us what happens to an
error. Here a dead server is a `NoDisplay` and a vanished window an `XError`, and nothing but ``libxcb.so.1`` is
needed.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from agent.core.devices import Devices

if TYPE_CHECKING:
    from agent.devices.person.watched import WatchedPerson


def open_x11() -> tuple[Devices, tuple[str, ...]]:
    """The devices of the display of the environment, and the names of its outputs. Raises NoDisplay.

    They outlast the display: when the X server was restarted, they are opened anew (see `LastingDesktop`).
    """
    from agent.devices.lasting import LastingDesktop
    from agent.devices.person.watched import WatchedPerson

    person = WatchedPerson({name: os.environ[name] for name in ("DISPLAY", "XAUTHORITY") if name in os.environ})
    devices = LastingDesktop(partial(_open, person)).devices
    return devices, devices.screen.outputs()  # type: ignore[attr-defined]  # mss tells them, not every screen


def _open(person: WatchedPerson) -> Devices:
    from agent.devices.apps import SystemApps
    from agent.devices.askers import SystemAskers
    from agent.devices.capture import MssScreen
    from agent.devices.x11.clipboard import X11Clipboard
    from agent.devices.x11.connection import Connection
    from agent.devices.x11.display import Display
    from agent.devices.x11.input import X11Input
    from agent.devices.x11.logind import Logind
    from agent.devices.x11.owner import Owners
    from agent.devices.x11.scale import XftScale
    from agent.devices.x11.session import X11Session
    from agent.devices.x11.windows import X11Windows

    # Each has a connection of its own: looking at windows goes on while a long text is typed.
    windows = X11Windows(Connection())
    acts = X11Input(Connection(), Connection(), person.sends)
    screen = MssScreen(XftScale(Connection()))
    askers = SystemAskers(Owners(Display(Connection())).of)
    looks = Connection()
    session = X11Session(looks, Logind(looks.display))
    return Devices(
        screen, acts, windows, SystemApps(), session, askers, person, X11Clipboard(Connection(), Connection())
    )
