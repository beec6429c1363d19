"""Why a target was not found: the errors of the eye, with what a person needs to put it right."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path

from agent.core.errors import AmbiguousTarget, DeviceError, TargetNotFound, WindowNotFound, WrongWindow
from agent.core.frame import Frame
from agent.core.geometry import Point, Region
from agent.core.relation import Relation
from agent.core.target import Kind, Match, Target, WindowInfo, WindowQuery
from agent.vision.candidate import Candidate
from agent.vision.evidence import Verdict

_MOST_TOLD = 5
_NOTHING_CLOSE: Mapping[tuple[Kind, ...], str] = {
    ("text",): "Nothing like it was read there. Is what shows it open and in sight?",
    ("image",): "It is larger than that place. Pick a larger region, or cut a smaller image.",
    ("element",): "Correct its name, role or path, or name another window.",
    (): "Correct the place, or name another window.",
}
_NOTHING = "Nothing like it is there. Is what shows it open and in sight?"
_NOT_BESIDE: Mapping[Relation, str] = {
    "right_of": "The anchor {anchor} is at {at}, but there is no {target} right of it.",
    "left_of": "The anchor {anchor} is at {at}, but there is no {target} left of it.",
    "above": "The anchor {anchor} is at {at}, but there is no {target} above it.",
    "below": "The anchor {anchor} is at {at}, but there is no {target} below it.",
    "near": "The anchor {anchor} is at {at}, but there is no {target} beside it.",
}


_Misses = Sequence[Candidate]
"""Near misses, the best first."""


def not_found(target: Target, where: str, closest: _Misses) -> TargetNotFound:
    """Nothing in `where` (a window or region) is like the target."""
    hint, values = _hint(target, closest)
    values |= {"target": target, "where": where}
    if target.kinds == ("text",):
        return TargetNotFound("No text {target} in {where}.", hint, **values)
    if target.kinds == ("image",):
        name = Path(target.image or "").name
        return TargetNotFound("The image {target} is not in {where}.", hint, **values | {"target": name})
    if target.kinds == ("element",):
        return TargetNotFound("No UI element {target} in {where}.", hint, **values)
    if target.kinds:
        return TargetNotFound("{target} is not in {where}.", hint, **values)
    return TargetNotFound("{target} does not lie in {where}.", hint, **values)


def _hint(target: Target, closest: _Misses) -> tuple[str, dict[str, object]]:
    """The hint that says what came nearest, and its values."""
    values: dict[str, object] = {}
    if not closest:
        hint = _NOTHING_CLOSE[target.kinds] if len(target.kinds) < 2 else _NOTHING
        return hint, values
    first, *others = closest
    if len(target.kinds) > 1:
        hint = "Closest was: {closest}. Lower the confidence, pick a larger region, or leave out what is not there."
        return hint, {"closest": ", ".join(map(_miss, closest))}
    values |= {"score": f"{first.score:.2f}", "place": first.rect.center}
    if target.kinds == ("image",):
        hint = (
            "Closest was {score} alike at {place}. Lower the confidence, pick a larger region, "
            "or cut the image again on this screen."
        )
        return hint, values
    values["closest"] = f'"{first.text}"'
    hint = "Closest was {closest} ({score}) at {place}. Lower the confidence or pick a larger region."
    if others:
        values["others"] = ", ".join(map(_miss, others))
        hint = (
            "Closest was {closest} ({score}) at {place}, then {others}. Lower the confidence or pick a larger region."
        )
    return hint, values


def _miss(candidate: Candidate) -> str:
    """A near miss in a list: ``"Speichen" 0.89 (412,88)``."""
    name = f'"{candidate.text}"' if candidate.text else candidate.method
    return f"{name} {candidate.score:.2f} ({candidate.rect.center})"


def not_beside(target: Target, anchor: Region, elsewhere: _Misses, closest: _Misses) -> TargetNotFound:
    """The anchor is there, but nothing that fits lies in the direction that was asked for."""
    hint, values = _hint(target, closest)
    if elsewhere:
        hint = "It is at {places} instead. Correct the relation, or the anchor."
        values = {"places": _some([f"({each.rect.center})" for each in elsewhere])}
    own = target.model_copy(update={"anchor": None, "relation": None})
    values |= {"target": own, "anchor": target.anchor, "at": anchor.center}
    return TargetNotFound(_NOT_BESIDE[target.relation or "near"], hint, **values)


def off_screen(target: Target, where: str) -> TargetNotFound:
    """Nothing of the place to look at is on any monitor."""
    return TargetNotFound(
        "{target} was not searched, because nothing of {where} lies on the screen.",
        "Choose a region on one of the monitors, or move the window there.",
        target=target,
        where=where,
    )


def too_few(target: Target, where: str, candidates: Sequence[Candidate]) -> TargetNotFound:
    """There are fewer matches than the occurrence that was asked for."""
    return TargetNotFound(
        "Occurrence {occurrence} of {target} is not in {where}: matches there: {count}.",
        "They are at {places}. Lower the occurrence, or pick a larger region.",
        occurrence=target.occurrence,
        target=target,
        where=where,
        count=len(candidates),
        places=_some([f"({each.rect.center})" for each in candidates]),
    )


def no_elements(target: Target) -> DeviceError:
    """UI elements cannot be looked up here, and the target says nothing else."""
    return DeviceError(
        "The UI element {target} cannot be looked up: on this machine the program cannot see UI elements yet.",
        "Give the target a text or an image as well, or instead.",
        target=target,
    )


def ambiguous(target: Target, matches: Sequence[Match], frame: Frame | None) -> AmbiguousTarget:
    """Several places are equally good."""
    return AmbiguousTarget(
        "{target} is there {count} times: at {places}.",
        "Say which by occurrence (counted from the anchor), or by another anchor."
        if target.relation is not None
        else "Say which by occurrence (counted from the top left), or narrow it by region or window.",
        candidates=[match.rect for match in matches],
        frame=frame,
        target=target,
        count=len(matches),
        places=_some([f"({match.point})" for match in matches]),
    )


def apart(target: Target, candidates: Sequence[Candidate], frame: Frame | None) -> AmbiguousTarget:
    """Text, image and element of one target are at different places."""
    return AmbiguousTarget(
        "What belongs to {target} does not lie together: {places}.",
        "Leave out what is wrong, or cut the image again so that it shows the text.",
        candidates=[each.rect for each in candidates],
        frame=frame,
        target=target,
        places=_some([f"{each.method} ({each.rect.center})" for each in candidates]),
    )


def doubtful(target: Target, verdict: Verdict, frame: Frame | None) -> AmbiguousTarget:
    """Too little of what belongs to the target was seen."""
    best, *_ = places = sorted(verdict.doubtful, key=lambda each: -each.score)
    return AmbiguousTarget(
        "{target} may be at {places}, but that is not sure enough ({score} of {needed}): of what belongs to it, "
        "{missing} is not there.",
        "Cut the image again on this screen, leave out what is not there, or lower the confidence.",
        candidates=[each.rect for each in places],
        frame=frame,
        target=target,
        places=_some([f"({each.rect.center})" for each in places]),
        score=f"{best.score:.2f}",
        needed=f"{target.min_confidence:.2f}",
        missing=", ".join(verdict.missing),
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
