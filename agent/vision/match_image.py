"""Finding a picture in a frame: pixel by pixel first, by likeness of the grey values when that finds nothing.

It is right first, then fast: every place of the screen is compared at full resolution, because a search on reduced
pictures misses one text-like template in four. `tests/benchmarks/image_proof.py` compares it with OpenCV's own
correlation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agent.core.devices import Check
from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.target import Scales
from agent.vision.candidate import Candidate
from agent.vision.look import Look, Place
from agent.vision.template import Template, likely_factor

EXACT, ALIKE, SCALED = 0, 1, 2
"""The ranks of a candidate."""
_METHODS = {EXACT: "image-exact", ALIKE: "image", SCALED: "image-scaled"}
_SAME_SIZE = 0.02
"""A factor so near to 1 changes a template of 50 pixels by one."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a search besides the template."""

    min_score: float
    scales: Scales


@dataclass(frozen=True, slots=True)
class Seen:
    """What a search saw: all matches, and the nearest miss when there is none."""

    matches: tuple[Candidate, ...]
    closest: Candidate | None = None
    scale: float = 1.0
    """How many times larger than the template the matches, or the nearest miss, are."""


def find_image(
    frame: Frame, template: Template, *, min_score: float, scales: Scales = "likely", check: Check = lambda: None
) -> Seen:
    """Every place where the template is shown.

    Places that are the same pixel by pixel (rank `EXACT`) are all there is when there are any. Only otherwise
    (rank `ALIKE`) the grey values are correlated, and the score is that correlation, or less where the colours
    are farther apart than its shape says: a greyed-out button is not the button. Of places that overlap by more than
    half, down and across, the most similar one counts.

    `scales` says in which sizes, in this order, until one is there:

    - ``same``: only as large as it is.
    - ``likely``: before it is compared by likeness as large as it is, so too in the size that a template which says
      at which scale it was cut out should have on this screen.
    - ``sweep``: at last in all sizes from 50 to 300 %, which takes a second (see `agent.vision.sweep`).

    A place in another size (rank `SCALED`) is scored as any other, by the template made larger or smaller.
    """
    return search(frame, template, Question(min_score, scales), lambda wanted: Look(wanted, frame, check), check)


def search(frame: Frame, template: Template, question: Question, see: Callable[[Template], Look], check: Check) -> Seen:
    """As `find_image`; `see` makes, or remembers, the looks at the frame."""
    check()
    misses = []
    for look, factor in _looks(frame, template, question.scales, see, check):
        seen = _seen(look, factor, question.min_score, check)
        if seen.matches:
            return seen
        misses.append(seen)
    return max(misses, key=lambda seen: seen.closest.score if seen.closest else -1, default=Seen(()))


def _looks(
    frame: Frame, template: Template, scales: Scales, see: Callable[[Template], Look], check: Check
) -> Iterator[tuple[Look, float]]:
    """The looks that may find it, with the size that each is for."""
    plain = see(template) if _fits(template, frame) else None
    factor = 1.0 if scales == "same" else likely_factor(template, frame)
    if abs(factor - 1) > _SAME_SIZE and (plain is None or not plain.is_exact):
        scaled = template.scaled(factor)
        if _fits(scaled, frame):
            yield see(scaled), factor
    if plain is not None:
        yield plain, 1.0
    if scales == "sweep":
        from agent.vision.sweep import best_factor

        factor = best_factor(frame, template, check)
        scaled = template.scaled(factor)
        if _fits(scaled, frame):
            yield see(scaled), factor


def _seen(look: Look, factor: float, min_score: float, check: Check) -> Seen:
    rank = SCALED if factor != 1 else EXACT if look.is_exact else ALIKE
    if look.is_exact:
        places, closest = look.exact(), None
    else:
        places, closest = look.alike(min_score, check)
    matches = tuple(_candidate(look, place, rank) for place in places)
    return Seen(matches, None if closest is None else _candidate(look, closest, rank), factor)


def _candidate(look: Look, place: Place, rank: int) -> Candidate:
    x, y = look.frame.region.x + place.x, look.frame.region.y + place.y
    rect = Region(x, y, look.template.width, look.template.height)
    return Candidate(rect, place.score, rank, _METHODS[rank])


def _fits(template: Template, frame: Frame) -> bool:
    return template.height <= frame.region.height and template.width <= frame.region.width
