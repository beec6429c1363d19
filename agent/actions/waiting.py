"""The one wait engine: for something to appear, vanish, change or stand still, with time left to say why it did not.

A look is made when what is watched has changed, not all the time: on a still screen nothing is read or searched.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TypeVar

from agent.core.context import Context, Watch
from agent.core.devices import Check
from agent.core.errors import (
    ActionError,
    AmbiguousTarget,
    NotInTime,
    TargetNotFound,
    TimeUp,
    WindowNotFound,
    WrongWindow,
)
from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.target import Match, Target, WindowQuery

T = TypeVar("T")
Unseen = TargetNotFound | AmbiguousTarget | WindowNotFound | WrongWindow | NotInTime
"""Why a target cannot be pointed at, as the last look told it."""

EVERY_S = 0.1
"""Between two looks where nothing can be watched. People do not notice it, and it leaves the processor alone."""
_SPARE_S = 0.1
"""A wait ends so long before the step's own timeout, which could not tell what was seen last."""
_LAST_S = 0.04
"""So much longer may the look take that is made when the time is over."""
_ELEMENT_S = 0.5
"""A UI element may come without any pixel changing."""


@dataclass(frozen=True, slots=True)
class Watched:
    """Where the answer can change: a region, a window, the part of it in a region, or (without both) all of the screen.

    `every_s`: look again after so long even when nothing has changed there.
    """

    region: Region | None = None
    window: WindowQuery | None = None
    every_s: float = float("inf")

    @classmethod
    def of(cls, target: Target) -> Watched:
        """The place where this target is looked for, and all that it is measured from."""
        every_s = _ELEMENT_S if "element" in target.kinds else float("inf")
        if target.anchor is None:
            return cls(target.region, target.window, every_s)
        anchor = cls.of(target.anchor)
        window = target.window if target.kinds else target.window or anchor.window
        both_there = anchor.window in (None, window)
        return cls(window=window if both_there else None, every_s=min(every_s, anchor.every_s))


def wait_for(
    context: Context, look: Callable[[], T | None], *, most_s: float | None = None, watched: Watched | None = None
) -> T | None:
    """Call `look` until it gives something, and return that; None when the time is up.

    The time is what the step has left, less a tenth of a second in which the caller tells what it saw last; `most_s`
    shortens it. There is always one look, which may take as long as the step has; then a look is broken off (TimeUp
    goes through it) when the time is over, and one more is made at the end. Without `watched` it looks all the time.
    """
    step_end = _end(context)
    end = step_end if most_s is None else min(step_end, context.now() + most_s)
    seen, whole = _look(context, look, step_end)
    if seen is not None or context.now() >= end:
        return seen
    with _watch(context, watched) as watch:
        every_s = EVERY_S if watched is None else watched.every_s
        looked_at = context.now()
        while seen is None and whole and (left := end - context.now()) > 0:
            again_in = max(0.0, looked_at + every_s - context.now())
            if watch.wait(min(left, again_in), check=context.check) or again_in < left:
                seen, whole = _look(context, look, end)
                looked_at = context.now()
    return seen if seen is not None or not whole else _look(context, look, end + _LAST_S)[0]


def check_wait(context: Context, seconds: float) -> None:
    """Raise ActionError when the step's timeout would cut this wait short."""
    if seconds >= context.remaining():
        raise ActionError(
            "The wait of {seconds} s is longer than the step's timeout of {timeout} s.",
            "Raise the timeout of this node.",
            seconds=seconds,
            timeout=round(context.remaining()),
        )


def _end(context: Context) -> float:
    """When waiting must end so that the step can still say what it saw."""
    left = context.remaining()
    return context.now() + left - min(_SPARE_S, left / 4)


def _look(context: Context, look: Callable[[], T | None], end: float) -> tuple[T | None, bool]:
    """What a look gives before `end`, and whether it came to its own end."""
    try:
        with context.within(end - context.now()):
            return look(), True
    except TimeUp:
        return None, False


class _Clockwork:
    """Watches nothing: only the time passes."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def wait(self, seconds: float, *, check: Check = lambda: None) -> bool:
        self._context.sleep(seconds)
        return False


def _watch(context: Context, watched: Watched | None) -> AbstractContextManager[Watch]:
    return nullcontext(_Clockwork(context)) if watched is None else context.watch(watched.region, window=watched.window)


# --- targets ---


def wait_until_there(context: Context, target: Target, *, most_s: float | None = None) -> Match:
    """The match, as soon as the target can be pointed at.

    Raises what the last look said: `Unseen`, NotInTime only when not even the first look came to an end.
    """
    reason: Unseen = NotInTime(
        "Looking for {target} took longer than the step has time.",
        "Raise the step's timeout, or look in a window or region only.",
        target=target,
    )

    def look() -> Match | None:
        nonlocal reason
        try:
            return context.find(target)
        except (TargetNotFound, AmbiguousTarget, WindowNotFound, WrongWindow) as error:
            reason = error
            return None

    match = wait_for(context, look, most_s=most_s, watched=Watched.of(target))
    if match is None:
        raise reason
    return match


def wait_until_gone(context: Context, target: Target, *, most_s: float | None = None) -> bool:
    """Whether the target (each of them) is gone in time. One that is only covered is not gone."""

    def look() -> bool | None:
        return None if is_there(context, target) else True

    return wait_for(context, look, most_s=most_s, watched=Watched.of(target)) or False


def is_there(context: Context, target: Target) -> bool:
    """Whether the target is on the screen now, once or more often."""
    try:
        context.find(target)
    except (AmbiguousTarget, WrongWindow):
        return True
    except (TargetNotFound, WindowNotFound):
        return False
    return True


# --- pixels ---


def wait_until_changed(
    context: Context, region: Region, *, share: float = 0.0, most_s: float | None = None
) -> float | None:
    """Wait until more than `share` (0 to 1) of the pixels are not as they are now; that share, or None in time."""
    before = context.screen.capture(region)

    def look() -> float | None:
        found = context.difference(before, context.screen.capture(region))
        return found if found > share else None

    return wait_for(context, look, most_s=most_s, watched=Watched(region))


def wait_until_stable(
    context: Context, place: Callable[[], Region | None], quiet_s: float, *, share: float = 0.0, watched: Watched
) -> float | None:
    """Wait until for `quiet_s` at most `share` of the pixels have differed from the first picture of that time.

    Returns when that time began, in seconds from now; None when it never came. `place` is asked at each look, for a
    window may move. Compared with the first picture, not the one before, a change that creeps along counts too.
    """
    started, end = context.now(), _end(context)
    quiet: tuple[float, Frame] | None = None
    with _watch(context, watched) as watch:
        while True:
            now = context.now()
            frame = context.screen.capture(place())
            if quiet is None or context.difference(quiet[1], frame) > share:
                quiet = now, frame
            elif now >= quiet[0] + quiet_s:
                return quiet[0] - started
            if now >= end:
                return None
            watch.wait(min(end, quiet[0] + quiet_s) - now, check=context.check)
