"""A place to act on: found, its window in front, and nothing lying over it. No input goes anywhere else.

The trusted input guard. Before each input:

1. The desktop is there: neither locked nor lost (else `DesktopAway`, and the engine lets the step wait).
2. The intended window is there, and it is the one that was meant: the same id, process and class. An id alone is given
   to the next program once its window is gone.
3. For keys: it is the window that gets them now.
4. For the mouse: it (or a menu of it) is what lies at the point; nothing covers it.
5. Its program has no more rights than we have (Windows would swallow the input in silence).

`guard` is these rules, and every action that presses anything calls it just before: through `find_place`, `find_field`
and `to_front`, or itself before it presses again. The devices hold the last of it up to the press (their `into`): of
each character, each click. For a secret they also look, at each character, whether the window is still what the secret
was released for; where it may go at all is the credential's binding (`agent.core.binding`), and no action can pass by
that (`agent.core.door`). After the input, `agent.actions.expectation` says whether it has had its effect.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.context import Context
from agent.core.errors import Elevated, WindowNotFound, WrongWindow
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
        context.require_desktop()
        match = context.find(target)
        point = match.point.moved(*offset)
        return Place(match, point, context.windows.at(point))
    window = to_front(context, query)
    for _ in range(_TRIES):
        match = context.find(target)
        point = match.point.moved(*offset)
        if match.window_id not in (0, window.id):  # another one that fits came to lie on top meanwhile
            window = next((each for each in context.windows.list() if each.id == match.window_id), window)
        there = guard(context, window, point, target)
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
    window = place.window
    if not _is_active(context, window):
        context.windows.focus(window.id)
        place = find_place(context, target)  # it may lie elsewhere, now that its window is on top
        if place.window is None or not _is_same(window, place.window):
            raise _covered(target, place.point, window, place.window)
    return place, guard(context, window)


def to_front(context: Context, query: WindowQuery) -> WindowInfo:
    """The topmost window that fits, active now. Raises WindowNotFound, WrongWindow."""
    context.require_desktop()
    window = find_window(context, query)
    if not _is_active(context, window):
        context.windows.focus(window.id)
    return guard(context, window)


def guard(context: Context, window: WindowInfo, point: Point | None = None, target: Target | None = None) -> WindowInfo:
    """The check before each input (the rules are above): of keys without a point, of the mouse with one.

    Returns the window as it is now. Raises WrongWindow, which says what is there instead, and DesktopAway.
    """
    context.require_desktop()
    there = context.windows.active() if point is None else context.windows.at(point)
    if there is not None and _is_same(window, there):
        _check_rights(there)
        return there
    if there is not None and there.id == window.id:
        raise WrongWindow(
            "The window {window} is gone, and {there} of another program has come in its place.",
            "Start the step again when the program that is meant is there.",
            window=window,
            there=there,
        )
    if point is None:
        raise WrongWindow(
            "{front} has the keyboard instead of {window}, so nothing was pressed.",
            "Keep other programs from coming to the front.",
            front=there or "No window",
            window=window,
        )
    raise _covered(target, point, window, there)


def _check_rights(window: WindowInfo) -> None:
    if window.elevated:
        raise Elevated(
            "{window} ({process}) runs with more rights than this program, so Windows would swallow the input.",
            "Start this program as administrator too, or start {process} without administrator rights.",
            window=window,
            process=window.process or window.pid,
        )


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


def _is_active(context: Context, window: WindowInfo) -> bool:
    active = context.windows.active()
    return active is not None and _is_same(window, active)


def _is_same(one: WindowInfo, other: WindowInfo) -> bool:
    return (one.id, one.pid, one.class_name) == (other.id, other.pid, other.class_name)


def _covered(target: Target | None, point: Point, window: WindowInfo, there: WindowInfo | None) -> WrongWindow:
    return WrongWindow(
        "At {target} ({point}) lies {there} instead of the window {window}, so nothing was clicked.",
        "Close or move what covers it; for a menu or dialog of its own, name that window.",
        target=target or "the place",
        point=point,
        there=there or "no window",
        window=window,
    )
