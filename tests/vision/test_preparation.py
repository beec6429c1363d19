"""What is done to a picture before it is read: each option does what it says, and nothing when it says nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from pydantic import ValidationError

from agent.core.errors import OcrFailed
from agent.core.ocr import OcrSettings
from agent.vision.preparation import grey_of, prepared, scaled, sharpened, with_contrast, without_noise

Picture = NDArray[np.uint8]
PICTURES = arrays(np.uint8, st.tuples(st.integers(1, 30), st.integers(1, 30), st.just(4)))


def coloured(blue: int, green: int, red: int) -> Picture:
    """A small picture of one colour (BGRA)."""
    picture = np.zeros((4, 5, 4), np.uint8)
    picture[:] = (blue, green, red, 0)
    return picture


def test_each_channel_can_become_the_grey() -> None:
    picture = coloured(10, 20, 30)
    greys = {name: int(grey_of(picture, name)[0, 0]) for name in ("blue", "green", "red", "brightness")}
    assert greys == {"blue": 10, "green": 20, "red": 30, "brightness": 22}


def test_contrast_is_a_factor_around_the_mean() -> None:
    grey = np.array([[90, 110]], np.uint8)
    assert with_contrast(grey, 2).tolist() == [[80, 120]]
    assert with_contrast(grey, 0.5).tolist() == [[95, 105]]
    assert with_contrast(grey, 10).tolist() == [[0, 200]]


def test_a_speck_is_taken_out_and_a_stroke_stays() -> None:
    grey = np.full((20, 20), 255, np.uint8)
    grey[4, 4] = 0
    grey[:, 10:14] = 0
    clean = without_noise(grey, 1)
    assert clean[4, 4] == 255
    assert (clean[:, 10:14] == 0).all()


def test_sharpening_makes_an_edge_steeper() -> None:
    grey = np.repeat(np.array([[100, 100, 100, 120, 140, 140, 140]], np.uint8), 7, axis=0)
    sharp = sharpened(grey, 1)
    assert int(sharp[3, 4]) - int(sharp[3, 2]) > 40
    assert abs(int(sharp[3, 3]) - 120) <= 1


@pytest.mark.parametrize(("factor", "shape"), [(2, (20, 40)), (0.5, (5, 10)), (0.1, (1, 2)), (1.26, (13, 25))])
def test_the_scale_is_a_factor_of_both_sides(factor: float, shape: tuple[int, int]) -> None:
    assert scaled(np.zeros((10, 20), np.uint8), factor).shape == shape


def test_a_scale_that_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(OcrFailed, match=r"128 million"):
        scaled(np.zeros((1000, 2000), np.uint8), 8)


@given(PICTURES)
def test_options_that_change_nothing_change_nothing(picture: Picture) -> None:
    neutral = OcrSettings(grey="brightness", contrast=1, sharpen=0, denoise=0, scale=1)
    assert np.array_equal(prepared(picture, neutral), grey_of(picture, "brightness"))


@given(PICTURES, st.floats(0.1, 8), st.floats(0.1, 10), st.floats(0, 10), st.integers(0, 5))
def test_any_picture_can_be_prepared_in_any_way(
    picture: Picture, scale: float, contrast: float, sharpen: float, denoise: int
) -> None:
    settings = OcrSettings(scale=scale, contrast=contrast, sharpen=sharpen, denoise=denoise, grey="red")
    before = picture.copy()
    grey = prepared(picture, settings)
    assert grey.dtype == np.uint8
    assert grey.flags.c_contiguous
    assert grey.shape == tuple(max(1, round(side * scale)) for side in picture.shape[:2])
    assert np.array_equal(picture, before)  # the caller's picture is left alone


@pytest.mark.parametrize(
    "wrong",
    [
        *[
            {"psm": 0},
            {"psm": 14},
            {"oem": 4},
            {"dpi": 5},
            {"scale": 0},
            {"scale": 9},
            {"contrast": 0},
            {"denoise": -1},
        ],
        *[{"languages": "../deu"}, {"languages": ""}, {"min_confidence": 101}, {"mode": "page"}],
        {"pms": 7},
    ],
    ids=str,
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        OcrSettings.model_validate(wrong)


@pytest.mark.parametrize("option", ["psm", "oem", "dpi", "contrast", "sharpen", "denoise", "scale"])
def test_with_any_option_the_reader_does_not_decide(option: str) -> None:
    assert OcrSettings(languages="eng", mode="line", min_confidence=0).decides_itself
    settings = OcrSettings.model_validate({option: 1 if option != "dpi" else 96})
    assert not settings.decides_itself
