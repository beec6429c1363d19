"""macOS: thin wrappers of Quartz and AppKit (pyobjc). They could not be run where they were written.

macOS asks the person once to allow screen recording and accessibility for the program.
"""

from __future__ import annotations

from agent.core.devices import Devices


def open_macos() -> Devices:
    """The devices of this desktop session."""
    import AppKit
    import Quartz

    from agent.devices import pyautogui_pointer
    from agent.devices.apps import SystemApps
    from agent.devices.capture import MssScreen
    from agent.devices.macos.input import MacInput
    from agent.devices.macos.windows import MacWindows

    windows = MacWindows(Quartz, AppKit)
    acts = MacInput(Quartz, pyautogui_pointer.load(), windows)
    return Devices(MssScreen(), acts, windows, SystemApps())
