"""X11 without Xlib: the protocol, spoken through libxcb.

Xlib ends the whole process when the display server dies, and its Python ports decide for us what happens to an
error. Here a dead server is a `NoDisplay` and a vanished window an `XError`, and nothing but ``libxcb.so.1`` is
needed.
"""

from __future__ import annotations

from agent.core.devices import Devices


def open_x11() -> tuple[Devices, tuple[str, ...]]:
    """The devices of the display of the environment, and the names of its outputs. Raises NoDisplay."""
    from agent.devices.apps import SystemApps
    from agent.devices.capture import MssScreen
    from agent.devices.x11.connection import Connection
    from agent.devices.x11.input import X11Input
    from agent.devices.x11.scale import XftScale
    from agent.devices.x11.windows import X11Windows

    # Each has a connection of its own: looking at windows goes on while a long text is typed.
    windows = X11Windows(Connection())
    acts = X11Input(Connection(), Connection())
    screen = MssScreen(XftScale(Connection()))
    return Devices(screen, acts, windows, SystemApps()), screen.outputs()
