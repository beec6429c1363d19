"""What the devices need of the system, and how to get it."""

from __future__ import annotations

import ctypes.util
import importlib.util
import os
import shutil
import sys

from agent.core.devices import Session
from agent.core.errors import AgentError
from agent.core.requirement import Requirement


def of_this_system() -> tuple[Requirement, ...]:
    """One line for each thing that the devices need here."""
    display, *session = _display()
    if sys.platform != "linux":
        return (_pyautogui(), display, *session)
    # With a screen there is no need for a virtual one.
    virtual = () if display.ok else (_program("Xvfb", "Virtual display"), _program("openbox", "Window manager"))
    return (_libxcb(), display, *session, *virtual)


def _libxcb() -> Requirement:
    found = ctypes.util.find_library("xcb")
    return Requirement("X11 library", found is not None, found or "libxcb", "Install it: apt install libxcb1")


def _display() -> tuple[Requirement, ...]:
    """The display and, where there is one, whether it can be used now."""
    from agent.devices import open_devices

    try:
        devices = open_devices()
        monitors = devices.screen.monitors()
    except AgentError as error:
        return (Requirement.unmet("Display", error),)
    place = os.environ.get("DISPLAY", "")
    sizes = ", ".join(f"{monitor.region.width}×{monitor.region.height}" for monitor in monitors)
    return Requirement("Display", True, f"{place} {sizes}".strip()), _session(devices.session)


def _session(session: Session) -> Requirement:
    state = session.state()
    if state.reason is not None:
        return Requirement("Desktop session", False, fault=state.reason)
    return Requirement("Desktop session", True, "OK")


def _program(name: str, purpose: str) -> Requirement:
    found = shutil.which(name)
    remedies = {
        "Xvfb": "To run without a screen, install it: apt install xvfb",
        "openbox": "To run without a screen, install it: apt install openbox",
    }
    return Requirement(purpose, found is not None, found or name, remedies[name])


def _pyautogui() -> Requirement:
    found = importlib.util.find_spec("pyautogui") is not None
    return Requirement("Mouse and keys", found, "pyautogui", "Install it: pip install pyautogui")
