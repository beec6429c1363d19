"""`FakeSession`: a desktop that is locked or lost when a test says so."""

from __future__ import annotations

from agent.core.devices import DesktopState
from agent.core.errors import DesktopAway


class FakeSession:
    """Ready, until `lock` or `lose`; `come_back` ends both."""

    def __init__(self) -> None:
        self.now = DesktopState()

    def state(self) -> DesktopState:
        """How it is now."""
        return self.now

    def lock(self) -> None:
        """The person locks the screen."""
        self.now = DesktopState.locked(
            DesktopAway("The screen is locked.", "Unlock it; what waits for the desktop then goes on.")
        )

    def lose(self) -> None:
        """The desktop is gone."""
        self.now = DesktopState.gone(
            DesktopAway(
                "The display {display} is gone.",
                "The desktop session has ended or the X server has crashed. "
                "Sign in again; what waits for it then goes on.",
                display=":fake",
            )
        )

    def come_back(self) -> None:
        """It is there again."""
        self.now = DesktopState()
