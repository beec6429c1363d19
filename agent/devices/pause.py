"""Waiting that can be stopped."""

from __future__ import annotations

import time

from agent.core.devices import Check

_SLICE_S = 0.02


def pause(seconds: float, check: Check) -> None:
    """Wait so long, and let `check` end it at any moment."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        check()
        time.sleep(min(left, _SLICE_S))
