"""`Owners`: the process behind a window as the server knows it, for ``_NET_WM_PID`` is only what the window says.

By XRes 1.2, https://gitlab.freedesktop.org/xorg/proto/xorgproto/-/blob/master/resproto.txt; Xorg, Xvfb, Xvnc and
XWayland have it.
"""

from __future__ import annotations

import struct

from agent.core.errors import NoDisplay
from agent.core.target import WindowInfo
from agent.devices.x11.connection import Connection, XError
from agent.devices.x11.display import Display, words

_QUERY_VERSION, _QUERY_CLIENT_IDS = 0, 4
_LOCAL_PID = 2
"""A bit of the mask: the process id of a program on this machine."""


class Owners:
    """Asks whose windows are. Where the server cannot tell, the window's own word is taken."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._opcode = _opcode(display.connection)

    def of(self, window: WindowInfo) -> int:
        """The process id; 0 when it is not known, as for a program on another machine."""
        return self.answer(self.ask(window.id))

    def ask(self, window: int) -> int:
        """Send the question; `answer` reads the reply. So that many questions cost one round trip."""
        if not self._opcode:
            return self._display.ask_property(window, "_NET_WM_PID")
        body = struct.pack("=III", 1, window, _LOCAL_PID)
        return self._display.connection.send(self._opcode, _QUERY_CLIENT_IDS, body)

    def answer(self, question: int) -> int:
        """The process id; 0 when it is not known or the window is gone."""
        try:
            if not self._opcode:
                return next(iter(words(self._display.property_in(question))), 0)
            reply = self._display.connection.reply(question)
        except XError:
            return 0
        (count,) = struct.unpack_from("=I", reply, 8)
        for place, _ in zip(range(32, len(reply) - 15, 16), range(count), strict=False):
            _, mask, length, pid = struct.unpack_from("=IIII", reply, place)
            if mask & _LOCAL_PID and length == 4:
                return int(pid)
        return 0


def _opcode(connection: Connection) -> int:
    """The extension's major opcode; 0 for a server that cannot answer."""
    try:
        opcode, _ = connection.extension("X-Resource")
        version = connection.request(opcode, _QUERY_VERSION, struct.pack("=BBxx", 1, 2))
    except (NoDisplay, XError):
        return 0
    return opcode if struct.unpack_from("=HH", version, 8) >= (1, 2) else 0
