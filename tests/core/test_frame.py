"""How a frame becomes a picture file, and what work has cost."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from agent.core.frame import PictureStyle, format_of
from agent.core.spent import Spent


@pytest.mark.parametrize(
    ("name", "format_name"),
    [("a.png", "png"), ("a.b.JPG", "jpeg"), ("a/b.jpeg", "jpeg"), ("x.webp", "webp"), ("png", None), ("a.tif", None)],
)
def test_the_ending_of_a_name_tells_the_format(name: str, format_name: str | None) -> None:
    assert format_of(name) == format_name


@pytest.mark.parametrize(
    ("style", "name", "whole"),
    [
        (PictureStyle(), "a", "a.png"),
        (PictureStyle(), "a.PNG", "a.PNG"),
        (PictureStyle(format="jpeg"), "v1.2", "v1.2.jpg"),
        (PictureStyle(format="jpeg"), "a.jpeg", "a.jpeg"),
        (PictureStyle(format="webp"), "a.png", "a.png.webp"),
    ],
)
def test_a_name_gets_the_ending_that_it_lacks(style: PictureStyle, name: str, whole: str) -> None:
    assert style.file_name(name) == whole


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "gif"},
        {"compression": -1},
        {"compression": 10},
        {"quality": 0},
        {"quality": 101},
        {"scale": 0.04},
        {"scale": 4.1},
        {"scale": float("nan")},
        {"format": "jpeg", "lossless": True},
        {"colour": "grey"},
    ],
)
def test_a_style_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PictureStyle.model_validate(wrong)


def test_equal_styles_are_one_key() -> None:
    assert {PictureStyle(scale=0.5): 1}[PictureStyle(scale=0.5)] == 1
    assert PictureStyle(scale=0.5) != PictureStyle()


def test_what_was_spent_adds_up() -> None:
    spent = Spent().plus(0.002, 10).plus(0.006, 5).plus(0.001)
    assert (spent.count, spent.size) == (3, 15)
    assert (spent.mean_ms, spent.most_ms, spent.last_ms) == pytest.approx((3.0, 6.0, 1.0))
    assert Spent().mean_ms == 0.0
