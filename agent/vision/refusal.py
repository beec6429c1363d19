"""Why a target was not found: the errors of the eye, with what a person needs to put it right."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from agent.core.errors import AmbiguousTarget, TargetNotFound, WindowNotFound, WrongWindow
from agent.core.geometry import Point
from agent.core.target import Target, WindowInfo, WindowQuery
from agent.vision.candidate import Candidate

_MOST_TOLD = 5


def not_found(target: Target, where: str, closest: Candidate | None) -> TargetNotFound:
    """Nothing in `where` (a window or region) is like the target; `closest` came nearest."""
    if target.texts:
        return _no_text(target, where, closest)
    if target.image is not None:
        return _no_image(target, where, closest)
    return TargetNotFound(
        "{target} does not lie in {where}.",
        "Correct the place, or name another window.",
        target=target,
        where=where,
    )


def _no_text(target: Target, where: str, closest: Candidate | None) -> TargetNotFound:
    if closest is None:
        return TargetNotFound(
            "No text {target} in {where}.",
            "Nothing like it was read there. Is what shows it open and in sight?",
            target=target,
            where=where,
        )
    return TargetNotFound(
        "No text {target} in {where}.",
        "Closest was {closest} ({score}) at {place}. Lower the confidence or pick a larger region.",
        target=target,
        where=where,
        closest=f'"{closest.text}"',
        score=f"{closest.score:.2f}",
        place=closest.rect.center,
    )


def _no_image(target: Target, where: str, closest: Candidate | None) -> TargetNotFound:
    name = Path(target.image or "").name
    if closest is None:
        return TargetNotFound(
            "The image {target} is not in {where}.",
            "It is larger than that place. Pick a larger region, or cut a smaller image.",
            target=name,
            where=where,
        )
    return TargetNotFound(
        "The image {target} is not in {where}.",
        "Closest was {score} alike at {place}. Lower the confidence, pick a larger region, "
        "or cut the image again on this screen.",
        target=name,
        where=where,
        score=f"{closest.score:.2f}",
        place=closest.rect.center,
    )


def off_screen(target: Target, where: str) -> TargetNotFound:
    """Nothing of the place to look at is on any monitor."""
    return TargetNotFound(
        "{target} was not searched, because nothing of {where} lies on the screen.",
        "Choose a region on one of the monitors, or move the window there.",
        target=target,
        where=where,
    )


def too_few(target: Target, where: str, count: int) -> TargetNotFound:
    """There are fewer matches than the occurrence that was asked for."""
    return TargetNotFound(
        "Occurrence {occurrence} of {target} is not in {where}: matches there: {count}.",
        "Lower the occurrence, or pick a larger region.",
        occurrence=target.occurrence,
        target=target,
        where=where,
        count=count,
    )


def ambiguous(target: Target, points: Sequence[Point]) -> AmbiguousTarget:
    """Several places are equally good."""
    return AmbiguousTarget(
        "{target} is there {count} times: at {places}.",
        "Say which by occurrence (counted from the top left), or narrow it by region or window.",
        target=target,
        count=len(points),
        places=_some([f"({point})" for point in points]),
    )


def no_window(query: WindowQuery, windows: Sequence[WindowInfo]) -> WindowNotFound:
    """No open window fits."""
    titles = [window.title for window in windows if window.title]
    if not titles:
        return WindowNotFound(
            "There is no window {window}; no window is open at all.", "Start the program first.", window=query
        )
    return WindowNotFound(
        "There is no window {window}.",
        "These are open: {open}. Correct the title (* stands for any text), or start the program first.",
        window=query,
        open=_some([f'"{title}"' for title in _closest_first(query, titles)]),
    )


def minimised(window: WindowInfo) -> WindowNotFound:
    """The only window that fits shows nothing."""
    return WindowNotFound(
        "The window {window} is minimised, so nothing of it can be seen.",
        "Bring it to the front first (window.focus).",
        window=window,
    )


def covered(target: Target, point: Point, cover: WindowInfo | None) -> WrongWindow:
    """Another window lies over the place."""
    return WrongWindow(
        "At {target} ({point}) lies {cover} over the window that was named.",
        "Bring the window to the front first (window.focus), or close what lies over it.",
        target=target,
        point=point,
        cover=cover,
    )


def _closest_first(query: WindowQuery, titles: Sequence[str]) -> list[str]:
    wanted = (query.title or query.regex or query.process or query.class_name or "").casefold()[:200]
    return sorted(titles, key=lambda title: -difflib.SequenceMatcher(None, wanted, title.casefold()[:200]).ratio())


def _some(texts: Sequence[str]) -> str:
    return ", ".join(texts[:_MOST_TOLD]) + (", …" if len(texts) > _MOST_TOLD else "")
