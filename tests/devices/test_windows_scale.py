"""The scale of Windows' monitors, with a double of the two functions that tell it."""

from __future__ import annotations

from typing import Any

import pytest

from agent.core.geometry import Region
from agent.devices.windows.scale import MonitorScale


class User32:
    """Two monitors, 2 left of 1."""

    def MonitorFromRect(self, rect: Any, flags: int) -> int:  # noqa: N802 - Windows' name
        assert flags == 2
        place = rect._obj
        assert place.left < place.right
        return 2 if (place.left + place.right) / 2 < 0 else 1


class Shcore:
    """Its dots per inch by monitor; an unknown one is an error."""

    def __init__(self, dpi: dict[int, int]) -> None:
        self.dpi = dpi

    def GetDpiForMonitor(self, monitor: int, kind: int, across: Any, down: Any) -> int:  # noqa: N802 - Windows' name
        assert kind == 0
        if monitor not in self.dpi:
            return -2147024809  # E_INVALIDARG
        across._obj.value = down._obj.value = self.dpi[monitor]
        return 0


@pytest.mark.parametrize(("x", "scale"), [(0, 1.25), (-1920, 2.0)])
def test_each_monitor_has_its_own_scale(x: int, scale: float) -> None:
    assert MonitorScale(User32(), Shcore({1: 120, 2: 192}))(Region(x, 0, 1920, 1080)) == scale


def test_a_monitor_that_was_just_unplugged_counts_as_normal() -> None:
    assert MonitorScale(User32(), Shcore({}))(Region(0, 0, 1920, 1080)) == 1.0
