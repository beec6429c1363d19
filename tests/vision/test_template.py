"""Templates: where they come from is kept in the file, and read back with care."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from agent.core.errors import ActionError
from agent.core.geometry import Region
from agent.vision.encode import encode
from agent.vision.frame import crop, pixels
from agent.vision.match_image import EXACT, find_image
from agent.vision.png_text import with_texts
from agent.vision.template import Origin, Template, likely_factor, save_template, theme_of
from tests.vision.rendered import Rendered, Style, orders_window

PLACE = Region(40, 60, 50, 30)


@pytest.fixture(scope="module")
def window() -> Rendered:
    return orders_window(Style(size=(700, 460), seed=2))


def test_a_saved_template_says_where_it_comes_from(window: Rendered, tmp_path: Path) -> None:
    path, frame = tmp_path / "part.png", replace(window.frame, scale=1.5)
    save_template(path, frame, PLACE)
    template = Template.load(path)
    assert (template.colours == pixels(crop(frame, PLACE))[:, :, :3]).all()
    assert template.origin == Origin(1.5, "light", (700, 460), datetime(2026, 1, 2, tzinfo=UTC))
    assert [each.rank for each in find_image(frame, template, min_score=0.8).matches][:1] == [EXACT]
    assert [file.name for file in tmp_path.iterdir()] == ["part.png"]


def test_what_is_known_better_is_said(window: Rendered, tmp_path: Path) -> None:
    save_template(tmp_path / "a.png", window.frame, PLACE, theme="dark", screen=Region(0, 0, 1920, 1080))
    origin = Template.load(tmp_path / "a.png").origin
    assert (origin.theme, origin.screen) == ("dark", (1920, 1080))


def test_a_template_outside_of_the_frame_is_not_saved(window: Rendered, tmp_path: Path) -> None:
    path = tmp_path / "part.png"
    path.write_bytes(b"what was there")
    with pytest.raises(ActionError, match="There is no picture of"):
        save_template(path, window.frame, Region(5000, 0, 20, 20))
    assert path.read_bytes() == b"what was there"
    assert [file.name for file in tmp_path.iterdir()] == ["part.png"]


@pytest.mark.parametrize("dark", [False, True])
def test_the_theme_is_measured(dark: bool) -> None:
    assert theme_of(orders_window(Style(size=(400, 300), dark=dark)).frame) == ("dark" if dark else "light")


@pytest.mark.parametrize(
    "texts",
    [
        {},
        {"Screen Scale": "nan", "Screen Theme": "pink", "Screen Size": "0x0", "Creation Time": "yesterday"},
        {"Screen Scale": "1e300", "Screen Theme": "", "Screen Size": "9999999x1", "Creation Time": "2026-01-02"},
        {"Screen Scale": "-1", "Screen Size": "١٢x٣", "Creation Time": "2026-01-02T03:04:05"},
        {"Screen Scale": "0x10", "Screen Size": "1920 x 1080", "Creation Time": "9" * 5000},
    ],
)
def test_an_origin_that_makes_no_sense_is_unknown(window: Rendered, tmp_path: Path, texts: dict[str, str]) -> None:
    (tmp_path / "a.png").write_bytes(with_texts(encode(crop(window.frame, PLACE)), {}))
    assert Origin.from_texts(texts) == Template.load(tmp_path / "a.png").origin == Origin()


def test_an_origin_is_written_and_read_back() -> None:
    for origin in (Origin(), Origin(scale=1.75), Origin(2.0, "dark", (3840, 2160), datetime.now(UTC))):
        assert Origin.from_texts(origin.to_texts()) == origin


@pytest.mark.parametrize(("cut_at", "shown_at", "factor"), [(1.0, 1.5, 1.5), (2.0, 1.0, 0.5), (None, 1.5, 1.0)])
def test_the_likely_size_is_the_ratio_of_the_scales(
    window: Rendered, cut_at: float | None, shown_at: float, factor: float
) -> None:
    template = Template(np.zeros((5, 5, 3), np.uint8), origin=Origin(scale=cut_at))
    assert likely_factor(template, replace(window.frame, scale=shown_at)) == factor


def test_a_scaled_template_counts_only_what_comes_from_pixels_that_count() -> None:
    counts = np.zeros((20, 30), np.bool_)
    counts[4:16, 6:24] = True
    template = Template(np.full((20, 30, 3), 9, np.uint8), counts)
    half = template.scaled(0.5)
    assert half.counts is not None
    assert half.counts.sum() == 6 * 9
    assert half.counts[2:8, 3:12].all()
    assert (template.scaled(0.001).height, template.scaled(0.001).width) == (1, 1)


def test_other_formats_have_no_origin(window: Rendered, tmp_path: Path) -> None:
    Image.fromarray(pixels(window.frame)[:, :, 2::-1]).save(tmp_path / "a.bmp")
    assert Template.load(tmp_path / "a.bmp").origin == Origin()
