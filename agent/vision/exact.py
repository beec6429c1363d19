"""Where a picture is shown pixel by pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.core.devices import Check
from agent.vision.template import Template

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Spots = NDArray[np.intp]

MOST_SPOTS = 20_000
"""Spots that are looked at closely; where there are more, the picture is next to nothing."""
_PROBES = 16
_STRIP = 64
"""Rows that are compared at once: they stay in the processor's cache."""


def exact_spots(picture: Pixels, template: Template, check: Check = lambda: None) -> Spots:
    """The corners (n × 2: y, x) from which every pixel that counts is the same, row by row.

    The template's rarest colour is looked up in the whole picture (h × w × 4); what is left after that is compared
    pixel by pixel. So a search that costs ten milliseconds as a correlation takes one. No place is left out, but after
    the first `MOST_SPOTS` it stops.
    """
    import numpy as np

    height, width = template.height, template.width
    if template.counts is None and (template.colours == template.colours[0, 0]).all():
        return _filled_spots(picture, template)
    (y, x), *others = _probes(picture, template)
    inside = picture[y : y + picture.shape[0] - height + 1, x : x + picture.shape[1] - width + 1]
    same = _where(inside, template.colours[y, x])
    top, left = np.divmod(np.flatnonzero(same), same.shape[1])
    for y, x in others:
        fits = (picture[top + y, left + x, :3] == template.colours[y, x]).all(axis=1)
        top, left = top[fits], left[fits]
    found = []
    for number, spot in enumerate(zip(top.tolist(), left.tolist(), strict=True)):
        if number % 256 == 0:
            check()
        if _same(picture, template, *spot):
            found.append(spot)
            if len(found) == MOST_SPOTS:
                break
    return np.array(found, np.intp).reshape(-1, 2)


def _filled_spots(picture: Pixels, template: Template) -> Spots:
    """As `exact_spots`, for a template of one colour, which has no rare pixel to begin with."""
    import cv2
    import numpy as np

    height, width = template.height, template.width
    sums = cv2.integral(_where(picture, template.colours[0, 0]).view(np.uint8))
    filled = sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width] + sums[:-height, :-width]
    places = np.flatnonzero(filled == height * width)[:MOST_SPOTS]
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
    return [divmod(place, template.width) for place in chosen.tolist()]


def _kinds(colours: Pixels) -> NDArray[np.uint16]:
    """Each colour (n × 3 or more) as a number below 4096: the upper four bits of each channel."""
    import numpy as np

    upper = colours[:, :3].astype(np.uint16) >> 4
    return np.asarray((upper[:, 0] << 8) | (upper[:, 1] << 4) | upper[:, 2], np.uint16)


def _where(picture: Pixels, colour: Pixels) -> NDArray[np.bool_]:
    """Which pixels have exactly this colour."""
    import numpy as np

    blue, green, red = colour.tolist()
    # The four bytes as one number; the shift drops the one that means nothing. Three times as quick as cv2.inRange.
    wanted = np.uint32((red << 24) | (green << 16) | (blue << 8))
    numbers = picture.view("<u4")[:, :, 0]
    same = np.empty(numbers.shape, np.bool_)
    shifted = np.empty((min(_STRIP, len(numbers)), numbers.shape[1]), np.uint32)
    for top in range(0, len(numbers), _STRIP):
        strip = slice(top, min(top + _STRIP, len(numbers)))
        part = shifted[: strip.stop - top]
        np.equal(np.left_shift(numbers[strip], 8, out=part), wanted, out=same[strip])
    return same


def _same(picture: Pixels, template: Template, y: int, x: int) -> bool:
    height, width = template.height, template.width
    same = picture[y : y + height, x : x + width, :3] == template.colours
    return bool((same if template.counts is None else same[template.counts]).all())
