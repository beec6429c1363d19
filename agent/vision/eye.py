"""`ScreenEye`: reads and finds on the screen, each answer from a fresh capture."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from agent.core.context import Check, Monitor, ReadMode, Screen, Windows
from agent.core.frame import Frame
from agent.core.geometry import Point, Region
from agent.core.target import Match, Target, WindowInfo, WindowQuery
from agent.core.text import TextRead
from agent.vision import refusal
from agent.vision.candidate import Candidate, best, from_top_left
from agent.vision.memory import ReadMemory

if TYPE_CHECKING:
    from agent.vision.reader import TextReader

_AS_GOOD = 0.05
"""Candidates of one rank whose scores differ by less are equally good: no reason to prefer one."""
_MONITORS_S = 2.0
"""Asking for the monitors costs more than a capture, and they rarely change."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where to look: a part of the screen, and of which window when the target names one."""

    region: Region | None
    window: WindowInfo | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """What a look gave: candidates that are good enough, from the top left, or the nearest miss."""

    candidates: tuple[Candidate, ...]
    place: str
    """Where was looked, for a person."""
    window: WindowInfo | None = None
    closest: Candidate | None = None
    off_screen: bool = False


class ScreenEye:
    """The `Eye` for real pixels. Thread-safe.

    Which candidate is meant:

    - A text that fills a cell or button excludes those that contain it as a part (see `match_text`); a picture that
      is there pixel by pixel excludes similar ones (see `match_image`). What remains is what `find_all` returns, and
      what `occurrence` counts, from the top left in reading order.
    - Without `occurrence` the one of the best rank is meant (exact before similar). Others of that rank with a score
      within 0.05 of it are equally good, and then the target is ambiguous.
    - With `window`, the pixels of the topmost window that fits are searched; candidates under another window do not
      count, and when nothing else is there, the error names the window that covers it.
    - `region` and `point` are in screen coordinates in any case; with `window` too, what both share is searched.
    """

    def __init__(
        self,
        screen: Screen,
        windows: Windows,
        *,
        languages: str,
        min_confidence: float,
        tessdata: str = "",
        reader: TextReader | None = None,
    ) -> None:
        """`languages` (``deu+eng``) and `min_confidence` (0 to 100) are what `read` takes by default."""
        self._screen = screen
        self._windows = windows
        self._languages = languages
        self._min_confidence = min_confidence
        self._memory = ReadMemory(reader, tessdata=tessdata)
        self._monitors: tuple[float, tuple[Monitor, ...]] = (float("-inf"), ())

    def find(self, target: Target, *, check: Check = lambda: None) -> Match:
        """The one match. Raises TargetNotFound (closest candidate in the hint), AmbiguousTarget, WindowNotFound.

        Also WrongWindow, when all that fits lies under another window than the one the target names.
        """
        if target.anchor is not None:
            return self._pick_anchored(target, check)
        found = self._look(target, check)
        leader = best(found.candidates)
        if found.off_screen:
            raise refusal.off_screen(target, found.place)
        if leader is None:
            raise refusal.not_found(target, found.place, found.closest)
        if target.occurrence is None:
            meant = [each for each in found.candidates if _as_good(each, leader)]
        elif target.occurrence <= len(found.candidates):
            meant = [found.candidates[target.occurrence - 1]]
        else:
            raise refusal.too_few(target, found.place, len(found.candidates))
        matches = self._uncovered(target, [self._match(each, target, found.window) for each in meant])
        if len(matches) > 1:
            raise refusal.ambiguous(target, [match.point for match in matches])
        return matches[0]

    def find_all(self, target: Target, *, check: Check = lambda: None) -> tuple[Match, ...]:
        """Every match from the top left; empty when there is none. `target.occurrence` is not looked at."""
        if target.anchor is not None:
            return self._anchored(target, check)
        found = self._look(target, check)
        return tuple(self._match(candidate, target, found.window) for candidate in found.candidates)

    def read(
        self,
        region: Region | None = None,
        *,
        languages: str | None = None,
        mode: ReadMode = "block",
        min_confidence: float | None = None,
        check: Check = lambda: None,
    ) -> TextRead:
        """The text of a region, of the whole virtual desktop for None. Raises OcrLanguageMissing, NoDisplay."""
        check()
        return self._memory.read(
            self._screen.capture(region),
            languages=languages or self._languages,
            mode=mode,
            min_confidence=self._min_confidence if min_confidence is None else min_confidence,
            check=check,
        )

    def png(self, frame: Frame, *, masks: Sequence[Region] = ()) -> bytes:
        """The frame as a PNG file, with the masked regions (screen coordinates) painted over."""
        from agent.vision.frame import png

        return png(frame, masks)

    def changed(self, before: Frame, after: Frame) -> Region | None:
        """The smallest region around all pixels that differ, in screen coordinates; None when none does."""
        from agent.vision.frame import changed

        return changed(before, after)

    # --- looking ---

    def _look(self, target: Target, check: Check) -> _Found:
        check()
        scope = self._scope(target)
        if target.texts or target.image is not None:
            return self._look_at_pixels(target, scope, check)
        if target.point is not None:
            rect, method = Region(target.point.x, target.point.y, 1, 1), "point"
        else:
            rect, method = scope.region or Region(0, 0, 0, 0), "region"
        if rect.is_empty or (scope.region is not None and scope.region.intersection(rect).is_empty):
            return _Found((), _place(scope, scope.region or rect), scope.window)
        return _Found((Candidate(rect, 1.0, 0, method),), str(rect), scope.window)

    def _look_at_pixels(self, target: Target, scope: _Scope, check: Check) -> _Found:
        frame = self._screen.capture(scope.region)
        place = _place(scope, frame.region)
        if frame.region.is_empty:
            return _Found((), place, scope.window, off_screen=True)
        check()
        if target.image is not None:
            possible, closest = self._pictures(target, frame, check)
        else:
            possible, closest = self._texts(target, frame, check)
        return _Found(tuple(from_top_left(possible)), place, scope.window, closest)

    def _pictures(self, target: Target, frame: Frame, check: Check) -> tuple[list[Candidate], Candidate | None]:
        from agent.vision.match_image import find_image
        from agent.vision.template import Template

        template = Template.load(Path(target.image or ""))
        seen = find_image(frame, template, min_score=target.min_confidence, check=check)
        return list(seen.matches), seen.closest

    def _texts(self, target: Target, frame: Frame, check: Check) -> tuple[list[Candidate], Candidate | None]:
        from agent.vision.match_text import find_text

        # Doubtful words too: that one is like the phrase is more than its confidence says.
        read = self._memory.read(frame, languages=self._languages, mode="block", min_confidence=0, check=check)
        possible = find_text(read, target.texts)
        good = [candidate for candidate in possible if candidate.score >= target.min_confidence]
        leader = best(good)
        if leader is None:
            return [], max(possible, key=lambda candidate: candidate.score, default=None)
        return [candidate for candidate in good if candidate.part == leader.part], None

    # --- anchors ---

    def _anchored(self, target: Target, check: Check) -> tuple[Match, ...]:
        """The matches of the anchor, moved; all of them unless the anchor's own `occurrence` chooses."""
        anchor = _anchor(target)
        matches = self.find_all(anchor, check=check)
        if anchor.occurrence is not None:
            matches = matches[anchor.occurrence - 1 : anchor.occurrence]
        return tuple(self._moved(match, target.offset) for match in matches)

    def _pick_anchored(self, target: Target, check: Check) -> Match:
        anchor = _anchor(target)
        if target.occurrence is not None and anchor.occurrence is None:
            anchor = anchor.model_copy(update={"occurrence": target.occurrence})
        match = self._moved(self.find(anchor, check=check), target.offset)
        return self._uncovered(target, [match])[0]

    def _moved(self, match: Match, offset: tuple[int, int]) -> Match:
        point = match.point.moved(*offset)
        return match.model_copy(update={"point": point, "monitor": self._monitor(point)})

    # --- where ---

    def _scope(self, target: Target) -> _Scope:
        if target.window is None:
            return _Scope(target.region)
        window = self._window(target.window)
        region = window.region if target.region is None else window.region.intersection(target.region)
        return _Scope(region, window)

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


def _as_good(candidate: Candidate, leader: Candidate) -> bool:
    return candidate.rank == leader.rank and candidate.score > leader.score - _AS_GOOD


def _place(scope: _Scope, region: Region) -> str:
    return str(scope.window) if scope.window is not None else str(region)
