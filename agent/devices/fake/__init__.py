"""A whole machine in memory: for tests, dry runs and everything that must not touch the real screen.

::

    desktop = FakeDesktop()
    form = desktop.windows.open("Sign in", Region(100, 100, 400, 300))
    desktop.input.type_text("Grüße", into=form.id)
    assert form.typed == "Grüße"

Give a window an `on_click`, `on_type` or `on_hotkey`, and it behaves like an application.
"""

from __future__ import annotations

from agent.core.devices import Devices
from agent.core.geometry import Region
from agent.devices.fake.apps import FakeApps, FakeProcess
from agent.devices.fake.askers import FakeAskers
from agent.devices.fake.clipboard import FakeClipboard
from agent.devices.fake.eye import FakeEye
from agent.devices.fake.input import FakeInput
from agent.devices.fake.person import FakePerson
from agent.devices.fake.screen import FULL_HD, FakeScreen
from agent.devices.fake.session import FakeSession
from agent.devices.fake.vault import FakeVault
from agent.devices.fake.windows import FakeWindow, FakeWindows

__all__ = [
    "FULL_HD",
    "FakeApps",
    "FakeAskers",
    "FakeClipboard",
    "FakeDesktop",
    "FakeEye",
    "FakeInput",
    "FakePerson",
    "FakeProcess",
    "FakeScreen",
    "FakeSession",
    "FakeVault",
    "FakeWindow",
    "FakeWindows",
    "fake_devices",
]


class FakeDesktop:
    """The fakes together, each under its own type; `devices` is what the engine takes."""

    def __init__(self, region: Region = FULL_HD) -> None:
        self.screen = FakeScreen(region)
        self.windows = FakeWindows()
        self.input = FakeInput(self.windows)
        self.apps = FakeApps()
        self.askers = FakeAskers()
        self.eye = FakeEye(windows=self.windows, screen=self.screen)
        self.session = FakeSession()
        self.person = FakePerson()
        self.clipboard = FakeClipboard()
        self.devices = Devices(
            self.screen,
            self.input,
            self.windows,
            self.apps,
            self.session,
            askers=self.askers,
            person=self.person,
            clipboard=self.clipboard,
        )


def fake_devices() -> Devices:
    """A machine with an empty white screen and no windows."""
    return FakeDesktop().devices
