"""Windows: thin wrappers of ``user32``. They cannot run on the machines where they were written.

Their tests run against a double of ``user32`` that follows the documentation (tests/devices/user32.py).
"""

from __future__ import annotations

from agent.core.devices import Devices


def open_windows() -> Devices:
    """The devices of this desktop session."""
    from agent.devices import pyautogui_pointer
    from agent.devices.apps import SystemApps
    from agent.devices.askers import SystemAskers
    from agent.devices.capture import MssScreen
    from agent.devices.person.watched import WatchedPerson
    from agent.devices.windows.clipboard import WindowsClipboard
    from agent.devices.windows.clipboard import libraries as clipboard_libraries
    from agent.devices.windows.input import WindowsInput
    from agent.devices.windows.integrity import Integrity
    from agent.devices.windows.scale import MonitorScale
    from agent.devices.windows.session import WindowsSession
    from agent.devices.windows.user32 import libraries
    from agent.devices.windows.windows import WindowsWindows

    user32, dwmapi = libraries()
    windows = WindowsWindows(user32, dwmapi, Integrity.of_this_system())
    acts = WindowsInput(user32, pyautogui_pointer.load(), windows)
    screen = MssScreen(MonitorScale.of_this_system())
    clipboard = WindowsClipboard(*clipboard_libraries())
    session, askers = WindowsSession.of_this_system(), SystemAskers()
    return Devices(screen, acts, windows, SystemApps(), session, askers, WatchedPerson(), clipboard)
