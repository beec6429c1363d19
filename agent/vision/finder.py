"""`Finder`: from a target to the one place on the screen that is meant, or to an error that says why there is none."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent.core.devices import Check, Monitor, Screen, Windows
from agent.core.frame import Frame
from agent.core.geometry import Point, Region
from agent.core.target import Match, Target, WindowInfo, WindowQuery
from agent.vision import refusal
from agent.vision.candidate import Candidate
from agent.vision.choice import Beside, equally_good, in_order, narrowed
from agent.vision.evidence import Verdict, weighed
from agent.vision.senses import Senses

_MONITORS_S = 2.0
"""Asking for the monitors costs more than a capture, and they rarely change."""


class Glance:
    """One moment: each part of the screen is captured once, so that an anchor and its target are of one picture."""

    def __init__(self, screen: Screen, check: Check) -> None:
        self.check = check
        self._screen = screen
        self._frames: dict[Region | None, Frame] = {}

    def frame(self, region: Region | None) -> Frame:
        """The pixels of the region, of the whole screen for None."""
        self.check()
        if region not in self._frames:
            self._frames[region] = self._screen.capture(region)
        return self._frames[region]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look: a part of the screen, and of which window when the target names one."""

    region: Region | None
    window: WindowInfo | None = None

    def __str__(self) -> str:
        return str(self.window or self.region or "")


@dataclass(frozen=True, slots=True)
class Found:
    """What a look gave."""

    verdict: Verdict
    """Its candidates from the top left, or from the anchor."""
    place: str
    """Where was looked, for a person."""
    window: WindowInfo | None = None
    frame: Frame | None = None
    closest: tuple[Candidate, ...] = ()
    """The nearest misses, the best first, when nothing was seen."""
    elsewhere: tuple[Candidate, ...] = ()
    """What fits but lies in another direction."""
    beside: Beside | None = None
    off_screen: bool = False


class Finder:
    """Finds targets. Thread-safe. Which candidate is meant, `agent.vision.ScreenEye` says."""

    def __init__(self, screen: Screen, windows: Windows, senses: Senses) -> None:
        self._screen = screen
        self._windows = windows
        self._senses = senses
        self._monitors: tuple[float, tuple[Monitor, ...]] = (float("-inf"), ())

    def find(self, target: Target, *, check: Check = lambda: None) -> Match:
        """See `agent.vision.ScreenEye.find`."""
        return self._find(target, Glance(self._screen, check))

    def find_all(self, target: Target, *, check: Check = lambda: None) -> tuple[Match, ...]:
        """See `agent.vision.ScreenEye.find_all`."""
        return self._find_all(target, Glance(self._screen, check))

    def _find(self, target: Target, glance: Glance) -> Match:
        if target.anchor is not None and target.relation is None:
            return self._find_at_anchor(target, glance)
        beside = None
        if target.relation is not None:
            beside = Beside(_place_of(self._find(_anchor(target), glance)), target.relation)
        found = self._look(target, glance, beside)
        matches = self._uncovered(target, [self._match(each, target, found.window) for each in _meant(target, found)])
        if len(matches) > 1:
            raise refusal.ambiguous(target, matches, found.frame)
        return matches[0]

    def _find_all(self, target: Target, glance: Glance) -> tuple[Match, ...]:
        if target.anchor is None:
            return self._matches(target, glance, None)
        anchors = self._find_all(_anchor(target), glance)
        if (chosen := target.anchor.occurrence) is not None:
            anchors = anchors[chosen - 1 : chosen]
        if target.relation is None:
            return tuple(self._moved(match, target.offset) for match in anchors)
        besides = [Beside(_place_of(anchor), target.relation) for anchor in anchors]
        matches = [match for beside in besides for match in self._matches(target, glance, beside)]
        return tuple({match.rect: match for match in matches}.values())

    def _matches(self, target: Target, glance: Glance, beside: Beside | None) -> tuple[Match, ...]:
        found = self._look(target, glance, beside)
        if found.verdict.apart:  # nothing can be said, not even that it is not there
            raise refusal.apart(target, found.verdict.apart, found.frame)
        return tuple(self._match(candidate, target, found.window) for candidate in found.verdict.candidates)

    # --- looking ---

    def _look(self, target: Target, glance: Glance, beside: Beside | None) -> Found:
        glance.check()
        scope = self._scope(target)
        if target.kinds:
            return self._look_for_evidence(target, scope, glance, beside)
        if target.point is not None:
            rect, method = Region(target.point.x, target.point.y, 1, 1), "point"
        else:
            rect, method = scope.region or Region(0, 0, 0, 0), "region"
        if rect.is_empty or (scope.region is not None and scope.region.intersection(rect).is_empty):
            return Found(Verdict(), str(scope) or str(rect), scope.window)
        return Found(Verdict((Candidate(rect, 1.0, 0, method),)), str(rect), scope.window)

    def _look_for_evidence(self, target: Target, scope: Scope, glance: Glance, beside: Beside | None) -> Found:
        if target.kinds == ("element",) and not self._senses.sees_elements:
            raise refusal.no_elements(target)
        frame = glance.frame(scope.region)
        place = str(scope) or str(frame.region)
        if frame.region.is_empty:
            return Found(Verdict(), place, scope.window, off_screen=True)
        evidence = self._senses.look(target, frame, scope.window, glance.check)
        there = [narrowed(each, target, beside) for each in evidence]
        verdict = weighed(there, target.min_confidence)
        return Found(
            replace(verdict, candidates=in_order(verdict.candidates, beside)),
            place,
            scope.window,
            frame,
            closest=tuple(sorted((miss for each in there for miss in each.closest), key=lambda miss: -miss.score)),
            elsewhere=tuple(each for some in evidence for each in some.candidates) if beside is not None else (),
            beside=beside,
        )

    # --- anchors ---

    def _find_at_anchor(self, target: Target, glance: Glance) -> Match:
        anchor = _anchor(target)
        if target.occurrence is not None and anchor.occurrence is None:
            anchor = anchor.model_copy(update={"occurrence": target.occurrence})
        match = self._moved(self._find(anchor, glance), target.offset)
        return self._uncovered(target, [match])[0]

    def _moved(self, match: Match, offset: tuple[int, int]) -> Match:
        point = match.point.moved(*offset)
        return match.model_copy(update={"point": point, "monitor": self._monitor(point)})

    # --- where ---

    def _scope(self, target: Target) -> Scope:
        query = _window_of(target)
        if query is None:
            return Scope(target.region)
        window = self._window(query)
        region = window.region if target.region is None else window.region.intersection(target.region)
        return Scope(region, window)

    def _window(self, query: WindowQuery) -> WindowInfo:
        """The topmost window that fits and can be seen."""
        windows = self._windows.list()
        fitting = [window for window in windows if query.fits(window)]
        visible = next((window for window in fitting if not window.minimized), None)
        if visible is not None:
            return visible
        raise refusal.minimised(fitting[0]) if fitting else refusal.no_window(query, windows)

    def _match(self, candidate: Candidate, target: Target, window: WindowInfo | None) -> Match:
        point = candidate.rect.center.moved(*target.offset)
        return Match(
            rect=candidate.rect,
            point=point,
            confidence=round(candidate.score, 4),
            method=candidate.method,
            monitor=self._monitor(point),
            text=candidate.text,
            window_id=window.id if window is not None else 0,
        )

    def _monitor(self, point: Point) -> int:
        """The index of the monitor that holds the point; 0, the primary, where none does."""
        asked_at, monitors = self._monitors
        if time.monotonic() - asked_at > _MONITORS_S:
            monitors = self._screen.monitors()
            self._monitors = (time.monotonic(), monitors)
        return next((index for index, each in enumerate(monitors) if each.region.contains(point)), 0)

    def _uncovered(self, target: Target, matches: list[Match]) -> list[Match]:
        """Those whose point lies in the window that was named. Raises WrongWindow when all are under another one."""
        over = [self._windows.at(match.point) if match.window_id else None for match in matches]
        free = [
            match for match, window in zip(matches, over, strict=True) if window is None or window.id == match.window_id
        ]
        if not free:
            raise refusal.covered(target, matches[0].point, over[0])
        return free


# --- which one ---


def _meant(target: Target, found: Found) -> Sequence[Candidate]:
    """The candidates that are equally good. Raises TargetNotFound, AmbiguousTarget."""
    verdict = found.verdict
    meant = equally_good(verdict.candidates, found.beside)
    if found.off_screen:
        raise refusal.off_screen(target, found.place)
    if verdict.apart:
        raise refusal.apart(target, verdict.apart, found.frame)
    if verdict.doubtful:
        raise refusal.doubtful(target, verdict, found.frame)
    if not meant and found.beside is not None:
        raise refusal.not_beside(target, found.beside.anchor, found.elsewhere, found.closest)
    if not meant:
        raise refusal.not_found(target, found.place, found.closest)
    if target.occurrence is not None:
        if target.occurrence > len(verdict.candidates):
            raise refusal.too_few(target, found.place, verdict.candidates)
        return (verdict.candidates[target.occurrence - 1],)
    return meant


# --- anchors and windows of a target ---


def _anchor(target: Target) -> Target:
    """The target's anchor, searched where the target says unless the anchor itself says where."""
    anchor = target.anchor
    if anchor is None:
        raise ValueError("the target has no anchor")
    limits = {
        "window": anchor.window or target.window,
        "region": anchor.region or (target.region if anchor.point is None else None),
    }
    return anchor.model_copy(update=limits)


def _window_of(target: Target) -> WindowQuery | None:
    """The window in which to look: the target's own, else that of its anchor."""
    if target.window is None and target.anchor is not None:
        return _window_of(target.anchor)
    return target.window


def _place_of(match: Match) -> Region:
    """The place from which a direction is taken: what was found, or the point that an offset leads to."""
    return match.rect if match.point == match.rect.center else Region(match.point.x, match.point.y, 1, 1)
