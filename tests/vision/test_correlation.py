"""Sums of products, block by block: those of OpenCV, whatever the sizes are."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.vision.correlation import Correlation


def all_products(weights: np.ndarray, picture: np.ndarray, threads: int) -> np.ndarray:
    """Every place is given by just one block."""
    height, width = weights.shape
    found = np.full((picture.shape[0] - height + 1, picture.shape[1] - width + 1), np.nan, np.float32)
    correlation = Correlation(weights, picture.shape, threads=threads)
    for rows, columns in correlation.blocks():
        assert np.isnan(found[rows, columns]).all()
        part = picture[rows.start : rows.stop + height - 1, columns.start : columns.stop + width - 1]
        found[rows, columns] = correlation.products(part)
    return found


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_every_place_has_its_products_once(data: st.DataObject) -> None:
    rows, columns = data.draw(st.integers(1, 700)), data.draw(st.integers(1, 700))
    height, width = data.draw(st.integers(1, rows)), data.draw(st.integers(1, columns))
    chance = np.random.default_rng(data.draw(st.integers(0, 99)))
    picture = chance.integers(0, 256, (rows, columns), np.uint8)
    weights = chance.normal(0, 1, (height, width)).astype(np.float32)
    theirs = cv2.matchTemplate(picture.astype(np.float32), weights, cv2.TM_CCORR)
    ours = all_products(weights, picture, data.draw(st.sampled_from([1, 2, 4])))
    assert np.abs(ours - theirs).max() < 1e-3 * np.sqrt(weights.size) * 256


@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("template", [(32, 32), (40, 100), (200, 300), (900, 1700), (1080, 1920), (1, 1)])
def test_blocks_hold_the_template_and_are_no_larger_than_need_be(template: tuple[int, int], threads: int) -> None:
    block = Correlation(np.ones(template, np.float32), (1080, 1920), threads=threads).block
    assert all(t <= side <= whole for t, side, whole in zip(template, block, (1080, 1920), strict=True))
