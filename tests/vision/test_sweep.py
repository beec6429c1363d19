"""In which size a picture is on the screen, when nobody says."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest

from agent.core.errors import Stop
from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.run import now
from agent.vision.frame import crop, pixels
from agent.vision.match_image import SCALED, find_image
from agent.vision.sweep import best_factor, factors
from agent.vision.template import Template
from tests.vision.rendered import Rendered, Style, orders_window


@pytest.fixture(scope="module")
def window() -> Rendered:
    return orders_window(Style(size=(520, 400), seed=2))


def template_of(window: Rendered, text: str) -> Template:
    place = next(truth.rect for truth in window.truths if truth.text == text and truth.kind == "QPushButton")
    return Template(pixels(crop(window.frame, place))[:, :, :3].copy())


def resized(frame: Frame, factor: float) -> Frame:
    size = round(frame.region.width * factor), round(frame.region.height * factor)
    picture = cv2.resize(pixels(frame), size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)
    return Frame(picture.tobytes(), Region(0, 0, *size), now())


@pytest.mark.parametrize("factor", [0.6, 0.83, 1.5, 2.2])
def test_the_size_is_found_and_the_place_with_it(window: Rendered, factor: float) -> None:
    template = template_of(window, "Speichern unter …")
    seen = find_image(resized(window.frame, factor), template, min_score=0.8, scales="sweep")
    assert seen.scale == pytest.approx(factor, rel=0.02)
    assert [(each.rank, each.method) for each in seen.matches] == [(SCALED, "image-scaled")]
    place = next(truth.rect for truth in window.truths if truth.text == "Speichern unter …")
    assert abs(seen.matches[0].rect.x - factor * place.x) <= 3
    assert abs(seen.matches[0].rect.y - factor * place.y) <= 3


def test_nothing_is_swept_unless_asked(window: Rendered) -> None:
    frame = resized(window.frame, 1.5)
    assert not find_image(frame, template_of(window, "Speichern unter …"), min_score=0.8).matches


def test_a_sweep_makes_nothing_more_alike_than_it_is(window: Rendered) -> None:
    other = Template(np.random.default_rng(9).integers(0, 256, (30, 60, 3), np.uint8))
    assert not find_image(window.frame, other, min_score=0.8, scales="sweep").matches


def test_the_sizes_go_from_half_to_three_times_in_steps_that_suit_the_template() -> None:
    small, large = (factors(Template(np.zeros((side, side, 3), np.uint8))) for side in (30, 200))
    for tried in (small, large):
        assert (tried[0], tried[-1]) == (0.5, 3.0)
        assert {1.25, 1.5, 2.0, round(1.5 / 1.25, 4)} <= set(tried)
        assert 1.0 not in tried  # it has been searched before
    steps = [max(b / a - 1 for a, b in itertools.pairwise(tried)) for tried in (small, large)]
    assert steps[0] <= 0.06
    assert steps[1] <= 0.02
    assert len(small) < len(large)


def test_where_no_size_fits_the_size_stays(window: Rendered) -> None:
    frame = crop(window.frame, Region(0, 0, 20, 10))
    template = template_of(window, "Speichern unter …")
    assert best_factor(frame, template) == 1.0
    assert not find_image(frame, template, min_score=0.8, scales="sweep").matches


def test_a_stop_is_heard_between_the_sizes(window: Rendered) -> None:
    def stop() -> None:
        raise Stop

    with pytest.raises(Stop):
        best_factor(window.frame, template_of(window, "OK"), stop)
