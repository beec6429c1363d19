"""`MacSession`: whether this person's session is in front and unlocked."""

from __future__ import annotations

from typing import Any

from agent.core.devices import DesktopState
from agent.core.errors import DesktopAway


class MacSession:
    """Asks the window server.

    https://developer.apple.com/documentation/coregraphics/cgsessioncopycurrentdictionary(); the key for the lock is
    not documented, but has been there since macOS 10.6.
    """

    def __init__(self, quartz: Any) -> None:
        self._quartz = quartz

    def state(self) -> DesktopState:
        """How it is now."""
        session = self._quartz.CGSessionCopyCurrentDictionary()
        if session is None or not session.get("kCGSSessionOnConsoleKey", True):
            return DesktopState.gone(
                DesktopAway(
                    "Another user is in front, or nobody is signed in at the screen.",
                    "Switch back to it; what waits for the desktop then goes on.",
                )
            )
        if session.get("CGSSessionScreenIsLocked"):
            return DesktopState.locked(
                DesktopAway("The screen is locked.", "Unlock it; what waits for the desktop then goes on.")
            )
        return DesktopState()
