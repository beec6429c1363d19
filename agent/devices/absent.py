"""A machine without a screen: programs can be started there, whatever sees or acts raises the reason."""

from __future__ import annotations

from typing import Any, NoReturn, cast

from agent.core.clipboard import Clipboard
from agent.core.devices import Devices, Input, Screen, Windows
from agent.core.errors import NoDisplay
from agent.devices.apps import SystemApps


def without_display(reason: NoDisplay) -> Devices:
    """Devices for workflows that need no desktop; the others get `reason` at their first look."""
    absent = _Absent(reason)
    return Devices(
        cast(Screen, absent),
        cast(Input, absent),
        cast(Windows, absent),
        SystemApps(),
        clipboard=cast(Clipboard, absent),
    )


class _Absent:
    """Stands for any device that needs a display."""

    def __init__(self, reason: NoDisplay) -> None:
        self._reason = reason

    def release_all(self) -> None:
        """Nothing can be held."""

    def __getattr__(self, name: str) -> Any:
        def refuse(*args: Any, **kwargs: Any) -> NoReturn:
            raise self._reason

        return refuse
