"""Waiting for something to become true, with time left to say why it did not."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from agent.core.context import Context

T = TypeVar("T")

EVERY_S = 0.1
"""Between two looks. People do not notice it, and it leaves the processor alone."""

_MARGIN_S = 0.2


def wait_for(context: Context, look: Callable[[], T | None], *, most_s: float | None = None) -> T | None:
    """Call `look` until it gives something, and return that; None when the time is up.

    The time is what the step has left, less what one more look may take: so the caller can still tell what it
    saw last, where the step's own timeout could not. `most_s` shortens it. There is always one look.
    """
    started = time.monotonic()
    while True:
        before = time.monotonic()
        seen = look()
        if seen is not None:
            return seen
        now = time.monotonic()
        left = context.remaining() - (now - before) - _MARGIN_S
        if most_s is not None:
            left = min(left, most_s - (now - started))
        if left <= 0:
            return None
        context.sleep(min(EVERY_S, left))
