"""`weighed`: what several kinds of evidence (text, image, UI element) say together of where a target is.

The rules, in this order:

1. Places of different kinds are one place when the middle of one lies in the other, or when they share at least half
   of the smaller one. A text in its button, a button in the picture that was cut around it.
2. Every kind that points anywhere must point to the place that is meant. One that does so only elsewhere contradicts
   the others: then nothing is chosen (`Verdict.apart`).
3. A kind that points nowhere is missing, and takes a tenth of the confidence, be it that the picture is not the same
   in another theme or that this machine has no way to look up UI elements.
4. The confidence is the mean of those that agree, after that tenth; below the target's `min_confidence` the place is
   doubtful, not found (`Verdict.doubtful`). No kind's own candidates were below it to begin with.
5. The place (rectangle and middle) is that of the text, else of the image, else of the element: a text stays when
   the theme or the size changes, so that an offset keeps its meaning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.core.geometry import Region
from agent.core.target import Kind
from agent.vision.candidate import Candidate

MISSING = 0.9
"""What each missing kind makes of the confidence: certain text alone is 0.9 of two kinds, 0.81 of three."""
_ORDER: tuple[Kind, ...] = ("text", "image", "element")
_JOINING: tuple[Kind, ...] = ("element", "image", "text")
"""The largest first: an icon and its text lie apart, but both in their button."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen of one kind."""

    kind: Kind
    candidates: tuple[Candidate, ...] = ()
    """Each is good enough by itself."""
    closest: tuple[Candidate, ...] = ()
    """What came nearest when there is none, the best first."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the evidence says; at most one of the three has something in it."""

    candidates: tuple[Candidate, ...] = ()
    """The places that are meant."""
    doubtful: tuple[Candidate, ...] = ()
    """The places that would be meant, if what was seen were enough."""
    apart: tuple[Candidate, ...] = ()
    """Places to which different kinds point."""
    missing: tuple[Kind, ...] = ()
    """The kinds that point nowhere."""


def weighed(evidence: Sequence[Evidence], min_confidence: float) -> Verdict:
    """What all of it says together. A single kind is its own verdict."""
    seen = {each.kind: each.candidates for each in evidence if each.candidates}
    missing = tuple(each.kind for each in evidence if not each.candidates)
    places = _joined(seen)
    if not places:
        return Verdict(apart=tuple(place for kind in _ORDER for place in seen.get(kind, ())), missing=missing)
    candidates = tuple(_together(place, MISSING ** len(missing)) for place in places)
    sure = tuple(_distinct([each for each in candidates if each.score >= min_confidence]))
    return Verdict(candidates=sure, doubtful=() if sure else tuple(_distinct(candidates)), missing=missing)


def _joined(seen: dict[Kind, tuple[Candidate, ...]]) -> list[dict[Kind, Candidate]]:
    """Every place to which all of these kinds point."""
    places: list[dict[Kind, Candidate]] = []
    for number, kind in enumerate(kind for kind in _JOINING if kind in seen):
        if number == 0:
            places = [{kind: each} for each in seen[kind]]
        else:
            places = [
                {**place, kind: each}
                for place in places
                for each in seen[kind]
                if any(is_one_place(each.rect, other.rect) for other in place.values())
            ]
    return places


def is_one_place(one: Region, other: Region) -> bool:
    """Whether both are the same thing on the screen (rule 1)."""
    if one.contains(other.center) or other.contains(one.center):
        return True
    shared = one.intersection(other)
    smaller = min(one.width * one.height, other.width * other.height)
    return not shared.is_empty and 2 * shared.width * shared.height >= smaller


def _together(place: dict[Kind, Candidate], factor: float) -> Candidate:
    kinds = [place[kind] for kind in _ORDER if kind in place]
    if len(kinds) == 1 and factor == 1:
        return kinds[0]
    first = kinds[0]
    return Candidate(
        first.rect,
        factor * sum(each.score for each in kinds) / len(kinds),
        sum(each.rank for each in kinds),
        "+".join(each.method for each in kinds),
        first.text,
        first.part,
        first.lines,
    )


def _distinct(candidates: Sequence[Candidate]) -> list[Candidate]:
    """One for each rectangle, the best: a text lies in its button, and also in the group around that."""
    chosen: dict[Region, Candidate] = {}
    for each in sorted(candidates, key=lambda candidate: (candidate.rank, -candidate.score)):
        chosen.setdefault(each.rect, each)
    return list(chosen.values())
