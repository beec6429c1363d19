"""`Look`: what one frame shows of one template, and the same for the next frame with only the changes searched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.core.devices import Check
from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.vision.exact import MOST_SPOTS, exact_spots
from agent.vision.frame import pixels
from agent.vision.likeness import CLOSE, Shape, grey_of
from agent.vision.template import Template

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Scores = NDArray[np.float32]
    Spots = NDArray[np.intp]

_MOST = 1_000
"""Matches that are told apart; a picture that is there more often says nothing."""
_MOST_RIVALS = 5_000
"""Places that are compared to say which one is the nearest miss; only on a plain or a pattern are there more."""
_WORTH_IT = 0.5
"""When more than this share of the places must be searched again, all of them are."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the template may be: its top left pixel in the frame's picture."""

    y: int
    x: int
    shape: float
    """The correlation of the grey values."""
    score: float
    """That, or less where the colours are farther apart than the shape says: a greyed-out button is not the button."""


class Look:
    """A template on a frame that is at least as large. Not thread-safe."""

    def __init__(self, template: Template, frame: Frame, check: Check = lambda: None) -> None:
        self.template = template
        self.frame = frame
        self._picture = pixels(frame)
        self._exact = exact_spots(self._picture, template, check)
        self._shape: Shape | None = None
        self._grey: Pixels | None = None
        self._scores: Scores | None = None

    @property
    def size(self) -> int:
        """Bytes that it keeps besides the frame."""
        return sum(each.nbytes for each in (self._exact, self._grey, self._scores) if each is not None)

    @property
    def is_exact(self) -> bool:
        """Whether the template is there pixel by pixel."""
        return len(self._exact) > 0

    def exact(self) -> list[Place]:
        """The places where it is, from the top left."""
        return [Place(y, x, 1.0, 1.0) for y, x in self._apart(self._exact.tolist())]

    def alike(self, min_score: float, check: Check = lambda: None) -> tuple[list[Place], Place | None]:
        """The places with at least this score, the most similar first; the nearest miss when there is none.

        The nearest miss is, of the places whose shape alone would do, the one with the best score; where there is
        none, the one with the most similar shape on the whole screen. It is the true one, as the matches are.
        """
        scores = self._all_scores(check)
        shaped = [
            place for place in self._measured(_at_least(scores, min_score - CLOSE), check) if place.shape >= min_score
        ]
        places = [place for place in shaped if place.score >= min_score]
        if places:
            chosen = set(self._apart([(place.y, place.x) for place in places]))
            return [place for place in places if (place.y, place.x) in chosen], None
        if shaped:
            return [], max(shaped, key=lambda place: place.score)
        rivals = _at_least(scores, float(scores.max()) - 2 * CLOSE)[:_MOST_RIVALS]
        return [], self._measured(rivals, check)[0]

    def moved_on(self, frame: Frame, changed: Sequence[Region], check: Check = lambda: None) -> Look:
        """The look at the next frame of the same region, equal to a new one. This one is of no use afterwards.

        `changed` are the rectangles (screen coordinates) that hold all pixels in which the frames differ.
        """
        parts = [part for part in map(self._touched, changed) if not part.is_empty]
        places = self._places()
        area = sum(part.width * part.height for part in parts)
        if area > _WORTH_IT * places.width * places.height or len(self._exact) == MOST_SPOTS:
            return Look(self.template, frame, check)
        after = object.__new__(Look)
        after.template, after.frame, after._picture = self.template, frame, pixels(frame)
        after._shape, after._grey, after._scores = self._shape, self._grey, self._scores
        after._exact = after._searched_again(self._exact, parts, check)
        if after.is_exact:
            after._grey = after._scores = None  # nobody will ask for them as long as it is
        elif after._scores is not None:
            after._score_again(parts, changed, check)
        return after

    # --- the parts that changed ---

    def _places(self) -> Region:
        """All places of the template, as a rectangle of their top left pixels from the picture's corner."""
        height, width = self.template.height, self.template.width
        return Region(0, 0, self._picture.shape[1] - width + 1, len(self._picture) - height + 1)

    def _touched(self, changed: Region) -> Region:
        """The places at which the template would cover some of these pixels of the screen."""
        height, width = self.template.height, self.template.width
        left, top = changed.x - self.frame.region.x, changed.y - self.frame.region.y
        reach = Region(left - width + 1, top - height + 1, changed.width + width - 1, changed.height + height - 1)
        return self._places().intersection(reach)

    def _below(self, places: Region) -> tuple[slice, slice]:
        """The pixels that the template covers at any of these places."""
        height, width = self.template.height, self.template.width
        return slice(places.y, places.bottom + height - 1), slice(places.x, places.right + width - 1)

    def _searched_again(self, before: Spots, parts: Iterable[Region], check: Check) -> Spots:
        import numpy as np

        kept = [before]
        for part in parts:
            kept = [spots[~_inside(spots, part)] for spots in kept]
            found = exact_spots(self._picture[self._below(part)], self.template, check)
            kept.append(found + np.array((part.y, part.x)))
        spots = np.concatenate(kept)
        return spots[np.lexsort((spots[:, 1], spots[:, 0]))][:MOST_SPOTS]

    def _score_again(self, parts: Iterable[Region], changed: Iterable[Region], check: Check) -> None:
        grey, scores = self._grey, self._scores
        if grey is None or scores is None:
            raise ValueError("nothing has been scored yet")
        for each in changed:
            part = each.intersection(self.frame.region).moved(-self.frame.region.x, -self.frame.region.y)
            rows, columns = slice(part.y, part.bottom), slice(part.x, part.right)
            if not part.is_empty:
                grey[rows, columns] = grey_of(self._picture[rows, columns])
        for part in parts:
            scores[part.y : part.bottom, part.x : part.right] = self._form().scores(grey[self._below(part)], check)

    # --- scores ---

    def _form(self) -> Shape:
        if self._shape is None:
            self._shape = Shape(self.template)
        return self._shape

    def _all_scores(self, check: Check) -> Scores:
        if self._grey is None:
            self._grey = grey_of(self._picture)
        if self._scores is None:
            self._scores = self._form().scores(self._grey, check)
        return self._scores

    def _measured(self, spots: Iterable[tuple[int, int]], check: Check) -> list[Place]:
        """The true scores of the spots, the most similar first and equal ones from the top left."""
        if self._grey is None:
            raise ValueError("nothing has been scored yet")
        form, places = self._form(), []
        for number, (y, x) in enumerate(spots):
            if number % 256 == 0:
                check()
            shape = min(1.0, form.at(self._grey, y, x))
            places.append(Place(y, x, shape, max(0.0, min(shape, form.colours_at(self._picture, y, x)))))
        return sorted(places, key=lambda place: (-place.shape, place.y, place.x))

    def _apart(self, spots: Iterable[Sequence[int]]) -> list[tuple[int, int]]:
        """The spots in their order, without those that lie less than half a template, down and across, from one before.

        So of two that overlap by more than half of both sides the better one stays; side by side or one above the
        other, half a template apart, both are matches.
        """
        height, width = self.template.height, self.template.width
        down, right = (height + 1) // 2, (width + 1) // 2
        taken: dict[tuple[int, int], tuple[int, int]] = {}
        """By a grid in which a cell has room for one: only the cells around a spot need a look."""
        for y, x in spots:
            row, column = y // down, x // right
            around = (taken.get((row + dy, column + dx)) for dy in (-1, 0, 1) for dx in (-1, 0, 1))
            if not any(other and abs(other[0] - y) < down and abs(other[1] - x) < right for other in around):
                taken[row, column] = (y, x)
                if len(taken) == _MOST:
                    break
        return list(taken.values())


def _at_least(scores: Scores, least: float) -> list[tuple[int, int]]:
    """The spots (y, x) with at least this score, from the top left; where there are too many, the best ones."""
    import numpy as np

    flat = scores.ravel()
    places = np.flatnonzero(flat >= least)
    if len(places) > MOST_SPOTS:
        # Of those that cannot be told from each other the first ones.
        order = np.argsort(-np.floor(flat[places] / CLOSE), kind="stable")
        places = np.sort(places[order[:MOST_SPOTS]])
    rows, columns = np.divmod(places, scores.shape[1])
    return list(zip(rows.tolist(), columns.tolist(), strict=True))


def _inside(spots: Spots, part: Region) -> NDArray[np.bool_]:
    rows, columns = spots[:, 0], spots[:, 1]
    return (rows >= part.y) & (rows < part.bottom) & (columns >= part.x) & (columns < part.right)
