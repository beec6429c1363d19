"""A picture of the screen: raw pixels and where they come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from agent.core.geometry import Region


@dataclass(frozen=True, slots=True)
class Frame:
    """One capture. `pixels` are `region.width × region.height` BGRA bytes, row by row, without padding.

    The alpha byte is meaningless (X servers leave it 0). `agent.vision.frame.pixels` gives a numpy view.
    """

    pixels: bytes | bytearray | memoryview = field(repr=False)
    region: Region
    taken_at: datetime
    scale: float = 1.0
    """Physical pixels for one logical pixel of the monitor (1.5 at 150 %)."""
