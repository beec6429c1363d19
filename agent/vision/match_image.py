"""Finding a picture in a frame: pixel by pixel first, by likeness of the grey values when that finds nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.core.context import Check
from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.vision.candidate import Candidate, best
from agent.vision.frame import pixels
from agent.vision.template import Template

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Scores = NDArray[np.float32]
    Spots = NDArray[np.intp]

EXACT, ALIKE = 0, 1
"""The ranks of a candidate."""
_MOST = 1_000
"""Matches that are told apart; a picture that is there more often says nothing."""
_MOST_SPOTS = 20_000
"""Spots that are looked at closely; where there are more, the picture is next to nothing."""
_PROBES = 16
_BAND = 1080
"""Rows that are correlated at once, some 30 ms for full HD, so that a stop is heard in between."""
_FLAT = 2.0
"""A picture whose grey values deviate less than this has no shape that could be compared."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a search saw: all matches, and the nearest miss when there is none."""

    matches: tuple[Candidate, ...]
    closest: Candidate | None = None


def find_image(frame: Frame, template: Template, *, min_score: float, check: Check = lambda: None) -> Seen:
    """Every place where the template is shown.

    Places that are the same pixel by pixel (rank `EXACT`) are all there is when there are any. Only otherwise
    (rank `ALIKE`) the grey values are correlated, and the score is that correlation, or less where the colours
    are farther apart than its shape says: a greyed-out button is not the button.
    """
    height, width = template.colours.shape[:2]
    if height > frame.region.height or width > frame.region.width:
        return Seen(())
    picture = pixels(frame)
    check()
    spots = _exact_spots(picture, template)
    if len(spots):
        return Seen(tuple(_candidate(frame, template, spot, 1.0, EXACT) for spot in _apart(template, spots)))
    scores = _correlated(picture, template, check)
    spots = _highest(scores, min_score)
    alike = []
    for spot in _apart(template, spots):
        check()
        score = min(1.0, float(scores[spot]), _colour_likeness(picture, template, spot))
        alike.append(_candidate(frame, template, spot, score, ALIKE))
    matches = tuple(candidate for candidate in alike if candidate.score >= min_score)
    return Seen(matches, None if matches else best(alike))


def _candidate(frame: Frame, template: Template, spot: tuple[int, int], score: float, rank: int) -> Candidate:
    height, width = template.colours.shape[:2]
    rect = Region(frame.region.x + spot[1], frame.region.y + spot[0], width, height)
    return Candidate(rect, score, rank, "image-exact" if rank == EXACT else "image")


def _apart(template: Template, spots: Spots) -> list[tuple[int, int]]:
    """The spots, as (y, x) in their order, without those that lie less than half a template from an earlier one."""
    height, width = template.colours.shape[:2]
    down, right = (height + 1) // 2, (width + 1) // 2
    taken: dict[tuple[int, int], tuple[int, int]] = {}
    """By a grid in which a cell has room for one: only the cells around a spot need a look."""
    for y, x in spots.tolist():
        row, column = y // down, x // right
        around = (taken.get((row + dy, column + dx)) for dy in (-1, 0, 1) for dx in (-1, 0, 1))
        if not any(other and abs(other[0] - y) < down and abs(other[1] - x) < right for other in around):
            taken[row, column] = (y, x)
            if len(taken) == _MOST:
                break
    return list(taken.values())


# --- pixel by pixel ---


def _exact_spots(picture: Pixels, template: Template) -> Spots:
    """The corners (n × 2: y, x) from which every pixel that counts is the same, row by row.

    The template's rarest colour is looked up on the whole screen; what is left after that is compared pixel by
    pixel. So a search that costs 30 ms as a correlation takes one or two.
    """
    import numpy as np

    if template.counts is None and (template.colours == template.colours[0, 0]).all():
        return _filled_spots(picture, template)
    height, width = template.colours.shape[:2]
    (y, x), *others = _probes(picture, template)
    inside = picture[y : y + picture.shape[0] - height + 1, x : x + picture.shape[1] - width + 1]
    same = _where(inside, template.colours[y, x])
    top, left = np.divmod(np.flatnonzero(same), same.shape[1])
    for y, x in others:
        fits = (picture[top + y, left + x, :3] == template.colours[y, x]).all(axis=1)
        top, left = top[fits], left[fits]
    spots = np.stack((top, left), axis=1)[:_MOST_SPOTS]
    return spots[[_same(picture, template, y, x) for y, x in spots.tolist()]] if len(spots) else spots


def _filled_spots(picture: Pixels, template: Template) -> Spots:
    """As `_exact_spots`, for a template of one colour, which has no rare pixel to begin with."""
    import cv2
    import numpy as np

    height, width = template.colours.shape[:2]
    sums = cv2.integral(_where(picture, template.colours[0, 0]).view(np.uint8))
    filled = sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width] + sums[:-height, :-width]
    places = np.flatnonzero(filled == height * width)[:_MOST_SPOTS]
    return np.stack(np.divmod(places, filled.shape[1]), axis=1)


def _probes(picture: Pixels, template: Template) -> list[tuple[int, int]]:
    """Pixels of the template to compare first (y, x): the one whose colour is rarest on the screen leads."""
    import numpy as np

    counts = template.counts if template.counts is not None else np.ones(template.colours.shape[:2], np.bool_)
    places = np.flatnonzero(counts)
    places = places[:: max(1, len(places) // 2048)]  # enough to choose from
    kinds = _kinds(template.colours.reshape(-1, 3)[places])
    on_screen = np.bincount(_kinds(picture[::13, ::13].reshape(-1, 4)), minlength=4096)
    in_template = np.bincount(kinds, minlength=4096)
    order = np.lexsort((in_template[kinds], on_screen[kinds]))
    chosen = places[order[np.linspace(0, len(order) - 1, min(_PROBES, len(order))).astype(np.intp)]]
    return [divmod(place, template.colours.shape[1]) for place in chosen.tolist()]


def _kinds(colours: Pixels) -> NDArray[np.uint16]:
    """Each colour (n × 3 or more) as a number below 4096: the upper four bits of each channel."""
    import numpy as np

    upper = colours[:, :3].astype(np.uint16) >> 4
    return np.asarray((upper[:, 0] << 8) | (upper[:, 1] << 4) | upper[:, 2], np.uint16)


def _where(picture: Pixels, colour: Pixels) -> NDArray[np.bool_]:
    """Which pixels have exactly this colour."""
    import numpy as np

    blue, green, red = colour.tolist()
    # The four bytes as one number; the shift drops the one that means nothing. Twice as quick as cv2.inRange.
    return np.asarray((picture.view("<u4")[:, :, 0] << 8) == np.uint32((red << 24) | (green << 16) | (blue << 8)))


def _same(picture: Pixels, template: Template, y: int, x: int) -> bool:
    height, width = template.colours.shape[:2]
    same = picture[y : y + height, x : x + width, :3] == template.colours
    return bool((same if template.counts is None else same[template.counts]).all())


# --- by likeness ---


def _correlated(picture: Pixels, template: Template, check: Check) -> Scores:
    """How alike the template and the screen are at each corner: 1 is the same shape, 0 or less is none.

    At full resolution, for a search on reduced pictures misses one text-like template in four.
    """
    import numpy as np

    height = len(template.colours)
    bands = []
    for top in range(0, len(picture) - height + 1, _BAND):
        check()
        bands.append(_scores(picture[top : top + _BAND + height - 1], template))
    return np.concatenate(bands) if len(bands) > 1 else bands[0]


def _scores(picture: Pixels, template: Template) -> Scores:
    import cv2
    import numpy as np

    screen = np.empty(picture.shape[:2], np.uint8)
    cv2.cvtColor(picture, cv2.COLOR_BGRA2GRAY, screen)
    wanted = np.empty(template.colours.shape[:2], np.uint8)
    cv2.cvtColor(template.colours, cv2.COLOR_BGR2GRAY, wanted)
    mask = None if template.counts is None else template.counts.astype(np.uint8)
    counted = wanted if template.counts is None else wanted[template.counts]
    if counted.std() < _FLAT:  # the correlation divides by this deviation
        squares = cv2.matchTemplate(screen, wanted, cv2.TM_SQDIFF, mask=mask)
        # Twenty grey levels off are no likeness at all to speak of: 0.6.
        return np.asarray(1 - np.sqrt(np.maximum(squares, 0) / counted.size) / 50, np.float32)
    scores = cv2.matchTemplate(screen, wanted, cv2.TM_CCOEFF_NORMED, mask=mask)
    if mask is not None:  # then an even background gives 0 / 0
        scores[~(np.abs(scores) < 1.1)] = 0
    return np.asarray(scores, np.float32)


def _highest(scores: Scores, min_score: float) -> Spots:
    """The corners (n × 2: y, x) with at least this score, the best first; just the best one when there is none."""
    import cv2
    import numpy as np

    _, highest, _, (x, y) = cv2.minMaxLoc(scores)
    if highest < min_score:
        return np.array([(y, x)], np.intp)
    flat = scores.ravel()
    places = np.flatnonzero(flat >= min_score)
    places = places[np.argsort(-flat[places], kind="stable")[:_MOST_SPOTS]]
    return np.stack(np.divmod(places, scores.shape[1]), axis=1)


def _colour_likeness(picture: Pixels, template: Template, spot: tuple[int, int]) -> float:
    """1 where all colours are the same, 0 where they are half of the whole range apart (root mean square)."""
    import numpy as np

    (y, x), (height, width) = spot, template.colours.shape[:2]
    difference = picture[y : y + height, x : x + width, :3].astype(np.float32) - template.colours
    counted = difference if template.counts is None else difference[template.counts]
    return max(0.0, 1 - float(np.sqrt(np.mean(counted**2))) / 128)
