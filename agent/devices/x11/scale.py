"""The scale of an X11 desktop: how large programs are told to draw."""

from __future__ import annotations

import re
import struct

from agent.core.geometry import Region
from agent.devices.x11.connection import Connection

_RESOURCE_MANAGER = 23  # XA_RESOURCE_MANAGER in X11/Xatom.h
_MOST_WORDS = 1 << 16
_XFT_DPI = re.compile(rb"^Xft\.dpi:\s*([0-9]{1,4}(?:\.[0-9]{1,6})?)\s*$", re.MULTILINE)
_NORMAL_DPI = 96.0
_LEAST, _MOST = 0.5, 8.0


class XftScale:
    """Tells the scale of a monitor: ``Xft.dpi`` by 96, which Qt, GTK and the settings of all desktops go by.

    It is the same for each monitor, because X11 knows no other. The millimetres that RandR tells are not asked: they
    say how large the glass is, not how large programs draw on it.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __call__(self, region: Region) -> float:
        """The scale of the monitor with this region; 1.0 where nobody has set one. Raises NoDisplay."""
        ask = struct.pack("=IIIII", self._connection.setup.root, _RESOURCE_MANAGER, 0, 0, _MOST_WORDS)
        reply = self._connection.request(20, 0, ask)  # GetProperty
        length: int = struct.unpack_from("=I", reply, 16)[0]
        found = _XFT_DPI.search(reply[32 : 32 + length]) if reply[1] == 8 else None  # 8: it is a text
        scale = float(found[1]) / _NORMAL_DPI if found else 1.0
        return scale if _LEAST <= scale <= _MOST else 1.0
