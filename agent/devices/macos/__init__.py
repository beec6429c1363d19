"""macOS: thin wrappers of Quartz and AppKit (pyobjc). They could not be run where they were written.

macOS asks the person once to allow screen recording and accessibility for the program.
"""

from __future__ import annotations

from typing import Any

from agent.core.devices import Devices
from agent.core.errors import NoDisplay


def open_macos() -> Devices:
    """The devices of this desktop session. Raises NoDisplay without the library that speaks to macOS."""
    try:
        import AppKit
        import Quartz
    except ImportError as error:
        raise NoDisplay(
            "The library pyobjc is missing.", "Install it: pip install pyobjc-framework-Quartz pyobjc-framework-Cocoa."
        ) from error

    from agent.devices import pyautogui_pointer
    from agent.devices.apps import SystemApps
    from agent.devices.askers import SystemAskers
    from agent.devices.capture import MssScreen
    from agent.devices.macos.clipboard import MacClipboard
    from agent.devices.macos.elements import Elements
    from agent.devices.macos.input import MacInput
    from agent.devices.macos.session import MacSession
    from agent.devices.macos.windows import MacWindows
    from agent.devices.person.watched import WatchedPerson

    windows = MacWindows(Quartz, AppKit, Elements(_services()))
    acts = MacInput(Quartz, pyautogui_pointer.load(), windows)
    session, askers, clipboard = MacSession(Quartz), SystemAskers(), MacClipboard(AppKit)
    return Devices(MssScreen(), acts, windows, SystemApps(), session, askers, WatchedPerson(), clipboard)


def _services() -> Any:
    try:
        import ApplicationServices
    except ImportError:
        return None
    return ApplicationServices
