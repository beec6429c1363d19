"""`Senses`: look for each kind of evidence of a target in a picture of the screen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from agent.core.devices import Check
from agent.core.element import ElementQuery, Elements
from agent.core.frame import Frame
from agent.core.target import Kind, Target, WindowInfo
from agent.vision.candidate import Candidate
from agent.vision.evidence import Evidence
from agent.vision.image_search import ImageSearch
from agent.vision.memory import ReadMemory

_MOST_CLOSEST = 3
"""Near misses that are told."""
_ALIKE = 0.6


class Senses:
    """Sees texts, images and UI elements. Thread-safe."""

    def __init__(self, memory: ReadMemory, *, languages: str, elements: Elements | None = None) -> None:
        """`elements` is None where this machine has no way to look them up: then none is ever seen."""
        self._memory = memory
        self._languages = languages
        self._elements = elements
        self._images = ImageSearch()

    @property
    def sees_elements(self) -> bool:
        """Whether UI elements can be looked up on this machine."""
        return self._elements is not None

    def look(self, target: Target, frame: Frame, window: WindowInfo | None, check: Check) -> list[Evidence]:
        """What there is of each kind that the target names."""
        evidence = []
        if target.texts:
            evidence.append(self._texts(target, frame, check))
        if target.image is not None:
            check()
            evidence.append(self._pictures(target, frame, check))
        if target.element is not None:
            check()
            evidence.append(self._looked_up(target.element, frame, window, check))
        return evidence

    def _texts(self, target: Target, frame: Frame, check: Check) -> Evidence:
        from agent.vision.match_text import find_text
        from agent.vision.phrase import Spelling

        # Doubtful words too: that one is like the phrase is more than its confidence says.
        read = self._memory.read(frame, languages=self._languages, mode="block", min_confidence=0, check=check)
        spelling = Spelling(target.match_case, target.fold_umlauts)
        found = find_text(read, target.texts, compare=target.compare, spelling=spelling, check=check)
        if not found and target.compare in ("exact", "contains"):  # what would have come closest?
            return Evidence("text", closest=_closest(find_text(read, target.texts, spelling=spelling)))
        return _judged("text", found, target.min_confidence)

    def _pictures(self, target: Target, frame: Frame, check: Check) -> Evidence:
        template = self._images.load(Path(target.image or ""))
        seen = self._images.find(frame, template, min_score=target.min_confidence, scales=target.scales, check=check)
        return Evidence("image", tuple(seen.matches), () if seen.closest is None else (seen.closest,))

    def _looked_up(self, query: ElementQuery, frame: Frame, window: WindowInfo | None, check: Check) -> Evidence:
        elements = self._elements.find(query, window, check=check) if self._elements is not None else ()
        visible = [each for each in elements if frame.region.contains(each.region.center)]
        return Evidence("element", tuple(Candidate(each.region, 1.0, 0, "element", each.name) for each in visible))


def _judged(kind: Kind, found: Sequence[Candidate], min_confidence: float) -> Evidence:
    good = tuple(candidate for candidate in found if candidate.score >= min_confidence)
    return Evidence(kind, good, () if good else _closest(found))


def _closest(found: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The best few, each text once; after the best only those that are alike enough to be meant."""
    chosen: dict[str, Candidate] = {}
    for each in sorted(found, key=lambda candidate: -candidate.score):
        if not chosen or each.score >= _ALIKE:
            chosen.setdefault(each.text, each)
    return tuple(chosen.values())[:_MOST_CLOSEST]
