"""The scores of all places: true to OpenCV's correlation and to whole numbers, with and without a mask."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from agent.core.errors import Stop
from agent.vision.frame import pixels
from agent.vision.likeness import CLOSE, Shape, grey_of
from agent.vision.template import Template
from tests.vision.rendered import Style, orders_window


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return pixels(orders_window(Style(size=(760, 520), seed=3)).frame)


def part_of(picture: np.ndarray, corner: tuple[int, int], size: tuple[int, int]) -> Template:
    (x, y), (width, height) = corner, size
    return Template(np.ascontiguousarray(picture[y : y + height, x : x + width, :3]))


def farthest(shape: Shape, grey: np.ndarray) -> float:
    """The largest difference between the map and the true scores, at some thousand places and the best ones."""
    scores = shape.scores(grey)
    places = [*np.argsort(scores.ravel())[-200:].tolist(), *range(0, scores.size, max(1, scores.size // 4000))]
    return max(abs(shape.at(grey, *divmod(place, scores.shape[1])) - scores.flat[place]) for place in places)


SIZES = [(1, 7), (3, 3), (32, 32), (100, 40), (300, 200), (700, 20), (20, 500)]


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("masked", [False, True])
def test_every_score_is_close_to_the_true_one(picture: np.ndarray, width: int, height: int, masked: bool) -> None:
    mask = np.random.default_rng(1).random((height, width)) < 0.7 if masked else None
    if mask is not None:
        mask[0, 0] = True
    shape = Shape(replace(part_of(picture, (14, 9), (width, height)), counts=mask))
    assert farthest(shape, grey_of(picture)) < CLOSE


@pytest.mark.parametrize("size", [(32, 32), (100, 40), (300, 200)])
def test_the_scores_are_those_of_opencv(picture: np.ndarray, size: tuple[int, int]) -> None:
    template, grey = part_of(picture, (60, 80), size), grey_of(picture)
    theirs = cv2.matchTemplate(grey, grey_of(template.colours), cv2.TM_CCOEFF_NORMED)
    # Where there is nothing OpenCV divides by next to nothing, and noise comes out.
    there = theirs > 0.2
    assert np.abs(Shape(template).scores(grey) - theirs)[there].max() < CLOSE


def test_scores_stay_true_beside_noise_on_a_plain_with_a_few_pixels_that_are_off_by_one() -> None:
    chance = np.random.default_rng(0)
    picture = np.full((500, 700, 4), 200, np.uint8)
    picture[:200] = chance.choice([0, 255], (200, 700, 1))
    picture[chance.integers(200, 500, 40), chance.integers(0, 700, 40)] ^= 1
    for noise in (12, 255):
        template = Template(chance.integers(0, noise + 1, (40, 100, 3), np.uint8))
        assert farthest(Shape(template), grey_of(picture)) < CLOSE


def test_a_plain_place_has_no_shape(picture: np.ndarray) -> None:
    scores = Shape(part_of(picture, (60, 80), (100, 40))).scores(np.full((60, 120), 77, np.uint8))
    assert np.abs(scores).max() < CLOSE


@pytest.mark.parametrize("value", [0, 100, 255])
def test_a_template_of_one_colour_is_scored_by_the_distance_of_its_grey(value: int) -> None:
    shape = Shape(Template(np.full((5, 6, 3), 100, np.uint8)))
    scores = shape.scores(np.full((20, 20), value, np.uint8))
    assert scores == pytest.approx(1 - abs(value - 100) / 50, abs=1e-6)
    assert shape.at(np.full((20, 20), value, np.uint8), 2, 3) == pytest.approx(1 - abs(value - 100) / 50)


def test_what_a_mask_leaves_out_does_not_matter(picture: np.ndarray) -> None:
    mask = np.zeros((40, 100), np.bool_)
    mask[5:30, 10:80] = True
    template = replace(part_of(picture, (60, 80), (100, 40)), counts=mask)
    changed = picture.copy()
    changed[80:85, 60:160] = 0
    changed[110:120, 60:160] = 255
    shape, grey = Shape(template), grey_of(changed)
    assert shape.at(grey, 80, 60) == pytest.approx(1)
    assert shape.scores(grey)[80, 60] == pytest.approx(1, abs=CLOSE)
    assert shape.colours_at(changed, 80, 60) == 1


def test_the_parts_of_a_large_picture_fit_together() -> None:
    picture = np.random.default_rng(2).integers(0, 256, (1300, 1200, 3), np.uint8)
    grey = grey_of(picture)
    for size in ((30, 60), (60, 30)):
        template = part_of(picture, (40, 700), size)
        theirs = cv2.matchTemplate(grey, grey_of(template.colours), cv2.TM_CCOEFF_NORMED)
        assert np.abs(Shape(template).scores(grey) - theirs).max() < CLOSE


def test_a_stop_is_heard_between_the_parts() -> None:
    calls = 0

    def check() -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise Stop

    grey = np.random.default_rng(2).integers(0, 256, (1300, 1200), np.uint8)
    with pytest.raises(Stop):
        Shape(Template(np.random.default_rng(3).integers(0, 256, (20, 20, 3), np.uint8))).scores(grey, check)
    assert calls == 2


def test_grey_is_the_same_in_a_part_as_in_the_whole() -> None:
    picture = np.random.default_rng(4).integers(0, 256, (200, 300, 4), np.uint8)
    whole = grey_of(picture)
    for x, y, width, height in ((3, 5, 17, 9), (1, 0, 299, 1), (100, 100, 33, 65), (7, 199, 1, 1)):
        part = picture[y : y + height, x : x + width]
        assert (grey_of(part) == whole[y : y + height, x : x + width]).all()
        assert (grey_of(np.ascontiguousarray(part[:, :, :3])) == whole[y : y + height, x : x + width]).all()
