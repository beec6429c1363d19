"""Waiting that can be stopped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from agent.core.devices import Check
from agent.core.errors import Disturbed

_SLICE_S = 0.02


def pause(seconds: float, check: Check) -> None:
    """Wait so long, and let `check` end it at any moment."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        check()
        time.sleep(min(left, _SLICE_S))


@contextmanager
def halted_after(done: int) -> Iterator[None]:
    """When the person comes in between in here, so much of the call has been carried out (see `Disturbed`).

    Of several that lie around each other, the innermost knows best.
    """
    try:
        yield
    except Disturbed as halt:
        if halt.done is None:
            halt.done = done
        raise
