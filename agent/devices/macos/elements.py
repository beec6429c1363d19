"""`Elements`: a window as macOS's accessibility interface knows it, which can do what the window server cannot.

https://developer.apple.com/documentation/applicationservices/axuielement_h. Could not be run where it was written.
"""

from __future__ import annotations

from typing import Any

from agent.core.errors import ActionError, DeviceError
from agent.core.geometry import Region
from agent.core.target import WindowInfo

_POINT, _SIZE = 1, 2
"""kAXValueCGPointType and kAXValueCGSizeType."""
_NEAR = 2
"""Points by which the two interfaces may differ in where a window lies."""


class Elements:
    """Finds and changes windows. The person must have allowed it for this program (accessibility)."""

    def __init__(self, services: Any) -> None:
        """`services` is pyobjc's module ApplicationServices; None where it is not installed."""
        self._services = services

    def change(self, window: WindowInfo, attribute: str, value: object) -> None:
        """Set an attribute, such as ``AXMinimized``."""
        self._set(self._element(window), window, attribute, value)

    def place(self, window: WindowInfo, region: Region) -> None:
        """Put it there."""
        element = self._element(window)
        make = self._services.AXValueCreate
        self._set(element, window, "AXPosition", make(_POINT, (region.x, region.y)))
        self._set(element, window, "AXSize", make(_SIZE, (region.width, region.height)))

    def close(self, window: WindowInfo) -> None:
        """Press the button in its frame that closes it."""
        button = self._attribute(self._element(window), "AXCloseButton")
        if button is None or self._services.AXUIElementPerformAction(button, "AXPress"):
            raise ActionError(
                "{window} has no button that closes it.", "End the program with app.close.", window=window
            )

    def _set(self, element: Any, window: WindowInfo, attribute: str, value: object) -> None:
        if self._services.AXUIElementSetAttributeValue(element, attribute, value):
            raise ActionError(
                "{window} does not let its {attribute} be changed.",
                "The program does not offer it.",
                window=window,
                attribute=attribute,
            )

    def _element(self, window: WindowInfo) -> Any:
        """The two interfaces share no number: a window is the one of its program with this title at this corner."""
        if self._services is None:
            raise DeviceError(
                "Changing windows needs the package ApplicationServices.",
                "Install it: pip install pyobjc-framework-ApplicationServices",
            )
        program = self._services.AXUIElementCreateApplication(window.pid)
        for element in self._attribute(program, "AXWindows") or ():
            value = self._attribute(element, "AXPosition")
            known, place = self._services.AXValueGetValue(value, _POINT, None)
            near = known and max(abs(place.x - window.region.x), abs(place.y - window.region.y)) <= _NEAR
            if near and self._attribute(element, "AXTitle") in (window.title, None):
                return element
        raise ActionError(
            "macOS does not let {window} be changed.",
            "Allow this program under System Settings, Privacy & Security, Accessibility.",
            window=window,
        )

    def _attribute(self, element: Any, name: str) -> Any:
        error, value = self._services.AXUIElementCopyAttributeValue(element, name, None)
        return None if error else value
