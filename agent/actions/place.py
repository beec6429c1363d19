"""A place to act on: found, its window in front, and nothing lying over it. No input goes anywhere else."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.context import Context
from agent.core.errors import WindowNotFound, WrongWindow
from agent.core.geometry import Point, Region
from agent.core.target import Match, Target, WindowInfo, WindowQuery

_TRIES = 3
"""A window may move once while it comes to the front; one that keeps moving is not clicked."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to act. `window` is the one that gets it; None only where there is none, such as the bare desktop."""

    match: Match
    point: Point
    window: WindowInfo | None


def within(target: Target, window: WindowQuery | None) -> Target:
    """The target, looked for in `window` unless it names a window of its own."""
    if window is None or named_window(target) is not None:
        return target
    return target.model_copy(update={"window": window})


def named_window(target: Target) -> WindowQuery | None:
    """The window that the target, or the anchor it is measured from, asks for."""
    if target.window is None and target.anchor is not None:
        return named_window(target.anchor)
    return target.window


def find_place(context: Context, target: Target, offset: tuple[int, int] = (0, 0)) -> Place:
    """Find the target and make sure that a click there reaches the window it names, if it names one.

    That window is brought to the front first, because a covered one shows other pixels. Raises WrongWindow when
    something lies over the place, and everything that finding raises.
    """
    query = named_window(target)
    if query is None:
        match = context.find(target)
        point = match.point.moved(*offset)
        return Place(match, point, context.windows.at(point))
    window = to_front(context, query)
    for _ in range(_TRIES):
        match = context.find(target)
        point = match.point.moved(*offset)
        there = context.windows.at(point)
        if there is None or there.id != (match.window_id or window.id):
            raise _covered(target, point, window, there)
        if there.region == window.region:
            return Place(match, point, there)
        window = there  # it moved after the look: look again
    raise WrongWindow(
        "The window {window} keeps moving, so {target} was not touched.",
        "Wait until the window stands still.",
        window=window,
        target=target,
    )


def find_field(context: Context, target: Target) -> tuple[Place, WindowInfo]:
    """`find_place` for typing: there must be a window, it is in front, and it is returned as the guard."""
    place = find_place(context, target)
    if place.window is None:
        raise WrongWindow(
            "There is no window at {target} ({point}), so nothing was typed.",
            "Pick a target inside a window.",
            target=target,
            point=place.point,
        )
    if not _is_active(context, place.window):
        context.windows.focus(place.window.id)
        again = find_place(context, target)  # it may lie elsewhere, now that its window is on top
        if again.window is None or again.window.id != place.window.id:
            raise _covered(target, again.point, place.window, again.window)
        return again, again.window
    return place, place.window


def to_front(context: Context, query: WindowQuery) -> WindowInfo:
    """The topmost window that fits, active now. Raises WindowNotFound, WrongWindow."""
    window = find_window(context, query)
    if _is_active(context, window):
        return window
    context.windows.focus(window.id)
    return next((each for each in context.windows.list() if each.id == window.id), window)


def find_window(context: Context, query: WindowQuery) -> WindowInfo:
    """The topmost window that fits. Raises WindowNotFound, which lists what is open."""
    window = context.window(query)
    if window is None:
        raise no_window(context, query)
    return window


def no_window(context: Context, query: WindowQuery) -> WindowNotFound:
    """The error for a window that is not there."""
    titles = [str(window) for window in context.windows.list() if window.title]
    if not titles:
        return WindowNotFound(
            "There is no window {window}; no window is open at all.", "Start the program first.", window=query
        )
    return WindowNotFound(
        "There is no window {window}.",
        "These are open: {open}. Correct the title (* stands for any text), or start the program first.",
        window=query,
        open=", ".join(titles[:12]),
    )


def part_of(whole: Region, part: Region | None) -> Region:
    """`part`, which is counted from the corner of `whole`, on the screen; all of it for None."""
    return whole if part is None else part.moved(whole.x, whole.y)


def check_in_front(context: Context, window: WindowInfo) -> None:
    """Raise WrongWindow unless this window gets the keystrokes now."""
    active = context.windows.active()
    if active is None or active.id != window.id:
        raise WrongWindow(
            "{front} has the keyboard instead of {window}, so nothing was pressed.",
            "Keep other programs from coming to the front.",
            front=active or "No window",
            window=window,
        )


def _is_active(context: Context, window: WindowInfo) -> bool:
    active = context.windows.active()
    return active is not None and active.id == window.id


def _covered(target: Target, point: Point, window: WindowInfo | None, there: WindowInfo | None) -> WrongWindow:
    return WrongWindow(
        "At {target} ({point}) lies {there} instead of the window {window}, so nothing was clicked.",
        "Close or move what covers it; for a menu or dialog of its own, name that window.",
        target=target,
        point=point,
        there=there or "no window",
        window=window or "meant",
    )
