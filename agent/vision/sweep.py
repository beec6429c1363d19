"""`best_factor`: in which size a picture is most likely on the screen.

A guess that costs less than a search in every size, because a quarter of the pixels shows well enough how sizes rank.
Whether the picture is there is for a search at full resolution to say: the guess may miss a size, but it makes nothing
look more alike than it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.core.devices import Check
from agent.core.frame import Frame
from agent.vision.frame import pixels
from agent.vision.likeness import Shape, grey_of
from agent.vision.template import Template

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

_SMALLEST, _LARGEST = 0.5, 3.0
_USUAL = (1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0)
"""What systems offer in their settings; a template of one is shown in the ratio of two."""
_OFF = 2.0
"""Pixels by which neighbouring sizes differ over the template's longer side: no part of it is far from its place."""
_FINEST, _COARSEST = 0.01, 0.05
_REDUCED = 0.5
_LEAST_SIDE = 8
"""Pixels that the shorter side must have to be told from others; smaller sizes are not tried."""
_FINALISTS = 6


@dataclass(frozen=True, slots=True)
class _Guess:
    factor: float
    score: float
    y: int
    x: int
    """The top left pixel, at full resolution."""


def best_factor(frame: Frame, template: Template, check: Check = lambda: None) -> float:
    """The factor from 0.5 to 3 with the most similar place; 1.0 where none fits on the frame. Takes about a second."""
    import cv2
    import numpy as np

    grey = grey_of(pixels(frame))
    size = max(1, round(frame.region.width * _REDUCED)), max(1, round(frame.region.height * _REDUCED))
    small = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    guesses = []
    for factor in factors(template):
        check()
        guess = _guess(grey, small, template, factor)
        if guess is not None:
            guesses.append(guess)
    finalists = sorted(guesses, key=lambda guess: -guess.score)[:_FINALISTS]
    refined = [_refined(grey, template, guess, check) for guess in finalists]
    return max(refined, key=lambda guess: guess.score).factor if refined else 1.0


def factors(template: Template) -> list[float]:
    """The sizes that are tried: so close that a place in between is still recognised, and those that are usual."""
    step = _step(template)
    number = math.ceil(math.log(_LARGEST / _SMALLEST) / step)
    even = [_SMALLEST * (_LARGEST / _SMALLEST) ** (index / number) for index in range(number + 1)]
    usual = {shown / cut for shown in _USUAL for cut in _USUAL}
    return sorted({round(factor, 4) for factor in (*even, *usual) if _SMALLEST <= factor <= _LARGEST} - {1.0})


def _step(template: Template) -> float:
    return min(max(_OFF / max(template.height, template.width), _FINEST), _COARSEST)


def _guess(grey: Pixels, small: Pixels, template: Template, factor: float) -> _Guess | None:
    """The most similar place of one size, at half the resolution unless the template is too small for that."""
    shorter = min(template.height, template.width) * factor
    if shorter < _LEAST_SIDE:
        return None
    reduction = _REDUCED if shorter * _REDUCED >= _LEAST_SIDE else 1.0
    found = _highest(small if reduction < 1 else grey, template.scaled(factor * reduction))
    if found is None:
        return None
    score, y, x = found
    return _Guess(factor, score, round(y / reduction), round(x / reduction))


def _refined(grey: Pixels, template: Template, guess: _Guess, check: Check) -> _Guess:
    """The best size near a guess, at full resolution around its place."""
    best = None
    step = _step(template)
    for factor in _around(guess.factor, step):
        check()
        best = _better(best, _near(grey, template, factor, guess))
    if best is None:
        return guess
    for factor in _around(best.factor, step / 4):
        best = _better(best, _near(grey, template, factor, guess))
    return best


def _around(factor: float, step: float) -> Iterable[float]:
    """The factor itself first: of sizes that are equally like, the one that was tried before."""
    return (factor, factor * (1 - step / 2), factor * (1 + step / 2), factor * (1 - step / 4), factor * (1 + step / 4))


def _better(best: _Guess | None, other: _Guess | None) -> _Guess:
    """The one with the higher score."""
    options = [each for each in (best, other) if each is not None]
    return max(options, key=lambda each: each.score)


def _near(grey: Pixels, template: Template, factor: float, guess: _Guess) -> _Guess | None:
    """The most similar place within a few pixels of the guess."""
    scaled = template.scaled(factor)
    height, width = scaled.height, scaled.width
    around = math.ceil(_OFF) + 4
    top, left = max(0, guess.y - around), max(0, guess.x - around)
    found = _highest(grey[top : guess.y + height + around, left : guess.x + width + around], scaled)
    return None if found is None else _Guess(factor, found[0], top + found[1], left + found[2])


def _highest(grey: Pixels, template: Template) -> tuple[float, int, int] | None:
    """The best score with its place (y, x); None when the template is larger than the picture."""
    import cv2

    if template.height > grey.shape[0] or template.width > grey.shape[1]:
        return None
    _, score, _, (x, y) = cv2.minMaxLoc(Shape(template).scores(grey))
    return float(score), y, x
