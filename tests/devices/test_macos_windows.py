"""The windows of macOS against doubles of Quartz, AppKit and the accessibility interface.

It shows that we call macOS as documented, not that macOS does what is documented: nothing of it ran there.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from agent.core.errors import ActionError, DeviceError, WindowNotFound
from agent.core.geometry import Region
from agent.devices.macos.elements import Elements
from agent.devices.macos.windows import MacWindows

PLACE = Region(10, 40, 300, 200)


class Services:
    """ApplicationServices with one program (id 7) that has these windows; a value is what it stands for."""

    def __init__(self, *windows: dict[str, Any]) -> None:
        self.windows = windows
        self.pressed: list[object] = []
        self.refuses = False

    def AXUIElementCreateApplication(self, pid: int) -> dict[str, Any]:  # noqa: N802 - Apple's name, here and below
        return {"AXWindows": self.windows if pid == 7 else None}

    def AXUIElementCopyAttributeValue(self, element: dict[str, Any], name: str, _: None) -> tuple[int, Any]:  # noqa: N802
        return (0, element[name]) if element.get(name) is not None else (-25212, None)

    def AXUIElementSetAttributeValue(self, element: dict[str, Any], name: str, value: object) -> int:  # noqa: N802
        if self.refuses:
            return -25200
        element[name] = value
        return 0

    def AXUIElementPerformAction(self, element: object, action: str) -> int:  # noqa: N802
        self.pressed.append((element, action))
        return 0

    def AXValueCreate(self, kind: int, value: tuple[int, int]) -> tuple[int, int]:  # noqa: N802
        assert kind in (1, 2)
        return value

    def AXValueGetValue(self, value: tuple[int, int] | None, kind: int, _: None) -> tuple[bool, Any]:  # noqa: N802
        return value is not None and kind == 1, SimpleNamespace(x=(value or (0, 0))[0], y=(value or (0, 0))[1])


class Quartz:
    """The window server, which tells where the program's window is."""

    kCGWindowListOptionOnScreenOnly, kCGWindowListExcludeDesktopElements, kCGNullWindowID = 1, 16, 0  # noqa: N815

    def __init__(self, window: dict[str, Any]) -> None:
        self._window = window

    def CGWindowListCopyWindowInfo(self, options: int, relative: int) -> list[dict[str, Any]]:  # noqa: N802
        (x, y), (width, height) = self._window["AXPosition"], self._window["AXSize"]
        bounds = {"X": x, "Y": y, "Width": width, "Height": height}
        known = {"kCGWindowNumber": 5, "kCGWindowLayer": 0, "kCGWindowOwnerPID": 7, "kCGWindowBounds": bounds}
        return [known | {"kCGWindowName": "Orders"}]


@pytest.fixture
def window() -> dict[str, Any]:
    return {"AXTitle": "Orders", "AXPosition": (10, 40), "AXSize": (300, 200), "AXCloseButton": "the red button"}


@pytest.fixture
def services(window: dict[str, Any]) -> Services:
    return Services({"AXTitle": "Orders", "AXPosition": (500, 40)}, window)


@pytest.fixture
def windows(window: dict[str, Any], services: Services) -> MacWindows:
    workspace = SimpleNamespace(frontmostApplication=lambda: None)
    appkit = SimpleNamespace(NSWorkspace=SimpleNamespace(sharedWorkspace=lambda: workspace))
    return MacWindows(Quartz(window), appkit, Elements(services))


def test_a_window_is_minimised_and_comes_back(windows: MacWindows, window: dict[str, Any]) -> None:
    windows.set_state(5, "minimised")
    assert (window["AXMinimized"], window["AXFullScreen"]) == (True, False)
    windows.set_state(5, "fullscreen")
    assert (window["AXMinimized"], window["AXFullScreen"]) == (False, True)


def test_a_window_is_moved(windows: MacWindows, services: Services) -> None:
    assert windows.move(5, Region(-200, 60, 400, 300)) == Region(-200, 60, 400, 300)
    assert services.windows[0]["AXPosition"] == (500, 40), "the other one of the same title"


def test_a_window_is_closed_by_its_own_button(windows: MacWindows, services: Services) -> None:
    windows.close(5)
    assert services.pressed == [("the red button", "AXPress")]


def test_what_macos_cannot_or_will_not_do_is_a_sentence(windows: MacWindows, services: Services) -> None:
    with pytest.raises(ActionError, match="knows no maximised windows"):
        windows.set_state(5, "maximised")
    services.refuses = True
    with pytest.raises(ActionError, match='"Orders" does not let its AXPosition be changed'):
        windows.move(5, PLACE)
    with pytest.raises(WindowNotFound):
        windows.close(6)


def test_a_program_that_may_not_be_seen_into_is_a_matter_of_permission(windows: MacWindows, services: Services) -> None:
    services.windows = ()
    with pytest.raises(ActionError, match=r"does not let .* be changed") as caught:
        windows.close(5)
    assert "Accessibility" in caught.value.hint


def test_the_missing_package_is_named(window: dict[str, Any]) -> None:
    workspace = SimpleNamespace(frontmostApplication=lambda: None)
    appkit = SimpleNamespace(NSWorkspace=SimpleNamespace(sharedWorkspace=lambda: workspace))
    with pytest.raises(DeviceError, match="needs the package ApplicationServices"):
        MacWindows(Quartz(window), appkit, Elements(None)).move(5, PLACE)
