"""`Logind`: what systemd's login manager says of the user's session, over D-Bus.

https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.login1.html
"""

from __future__ import annotations

import os
import re
import threading
import time
from contextlib import suppress
from typing import Any

from agent.core.devices import DesktopState
from agent.core.errors import DesktopAway

_NAME, _SESSION = "org.freedesktop.login1", "org.freedesktop.login1.Session"
_OWN = "/org/freedesktop/login1/session/auto"
"""The caller's session, or the desktop session of the user whose service the caller is."""
_ANSWER_S = 0.3
_AGAIN_S = 30.0
"""After a question without an answer, so long nobody is asked: most machines without logind never get one."""

_LOCKED = DesktopAway("The screen is locked.", "Unlock it; what waits for the desktop then goes on.")
_OTHER_USER = DesktopAway(
    "Another user or terminal is in front, so nothing can be done on this desktop.",
    "Switch back to it; what waits for the desktop then goes on.",
)


class Logind:
    """Knows whether the session with this display is locked or not in front; where there is no logind, it is ready.

    Thread-safe. ``XDG_SESSION_ID=`` (empty) says that the display belongs to no session: then nobody is asked.
    """

    def __init__(self, display: str) -> None:
        # A session names its display without the screen's number.
        self._display = re.sub(r"\.\d+$", "", display)
        self._bus: Any = None
        self._path = ""
        self._silent_until = 0.0 if os.environ.get("XDG_SESSION_ID", "-") else float("inf")
        self._lock = threading.Lock()

    def state(self) -> DesktopState:
        """How it is now."""
        with self._lock:
            told = self._ask()
        # A session that names another display does not speak for ours, which may be a virtual one.
        if not told or told.get("Display") not in (None, "", self._display):
            return DesktopState()
        if told.get("LockedHint"):
            return DesktopState.locked(_LOCKED)
        if told.get("Type") == "x11" and told.get("Active") is False:
            return DesktopState.gone(_OTHER_USER)
        return DesktopState()

    def close(self) -> None:
        """Disconnect."""
        with self._lock:
            self._forget()

    def _ask(self) -> dict[str, Any]:
        """The session's properties; empty when nobody tells them."""
        if time.monotonic() < self._silent_until:
            return {}
        try:
            from jeepney import DBusAddress, Properties
            from jeepney.wrappers import DBusErrorResponse

            if self._bus is None:
                self._bus, self._path = _connect()
            question = Properties(DBusAddress(self._path, _NAME, _SESSION)).get_all()
            return {name: value for name, (_, value) in _reply(self._bus, question)[0].items()}
        except (ImportError, OSError, ValueError, DBusErrorResponse, TimeoutError):
            self._silent_until = time.monotonic() + _AGAIN_S
            self._forget()
            return {}

    def _forget(self) -> None:
        if self._bus is not None:
            with suppress(OSError):
                self._bus.close()
        self._bus = None


def _connect() -> tuple[Any, str]:
    """(the system bus, the path of the session). Raises OSError and what `_reply` raises."""
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    bus = open_dbus_connection("SYSTEM")
    number = os.environ.get("XDG_SESSION_ID")
    if not number:
        return bus, _OWN
    manager = DBusAddress("/org/freedesktop/login1", _NAME, "org.freedesktop.login1.Manager")
    return bus, _reply(bus, new_method_call(manager, "GetSession", "s", (number,)))[0]


def _reply(bus: Any, question: Any) -> Any:
    from jeepney import MessageType
    from jeepney.wrappers import DBusErrorResponse

    reply = bus.send_and_get_reply(question, timeout=_ANSWER_S)
    if reply.header.message_type is MessageType.error:
        raise DBusErrorResponse(reply)
    return reply.body
