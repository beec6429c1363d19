"""Frames as picture files."""

from __future__ import annotations

import io
import itertools
import zlib
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from agent.core.errors import ActionError
from agent.core.frame import Frame, PictureFormat, PictureStyle
from agent.core.geometry import Region
from agent.core.run import now
from agent.vision import encode as encoders
from agent.vision.encode import encode
from agent.vision.frame import pixels
from tests.vision.rendered import Style, orders_window

LOSSLESS = [*(PictureStyle(compression=level) for level in range(10)), PictureStyle(format="webp", lossless=True)]
EACH = [PictureStyle(), PictureStyle(format="jpeg"), PictureStyle(format="webp"), LOSSLESS[-1]]
ONLY_RED = Region(30, 20, 20, 10)


def frame_of(picture: np.ndarray, x: int = 0, y: int = 0) -> Frame:
    """A frame of h × w × 3, blue, green, red; the fourth byte is whatever it happens to be."""
    height, width = picture.shape[:2]
    whole = np.random.default_rng(5).integers(0, 256, (height, width, 4), np.uint8)
    whole[:, :, :3] = picture
    return Frame(whole.tobytes(), Region(x, y, width, height), now())


def noise(region: Region, seed: int = 0) -> Frame:
    """Random pixels."""
    shape = (region.height, region.width, 3)
    return frame_of(np.random.default_rng(seed).integers(0, 256, shape, np.uint8), region.x, region.y)


def photo(width: int = 640, height: int = 400) -> Frame:
    """Soft waves of colour with the grain of a camera."""
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    waves = [128 + 90 * np.sin(across / 90 + down / 150), 128 + 80 * np.cos(down / 70), 128 + 60 * np.sin(across / 80)]
    grain = np.random.default_rng(1).normal(0, 3, (height, width, 3))
    return frame_of(np.clip(np.stack(waves, axis=-1) + grain, 0, 255).astype(np.uint8))


@pytest.fixture(scope="module")
def window() -> Iterator[Frame]:
    yield orders_window(Style()).frame


@st.composite
def regions(draw: st.DrawFn) -> Region:
    place, size = st.integers(-300, 300), st.integers(1, 130)
    return Region(draw(place), draw(place), draw(size), draw(size))


def opened(data: bytes) -> np.ndarray:
    """The picture as any other program sees it."""
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == "RGB"
        return np.asarray(image)


def rgb(frame: Frame) -> np.ndarray:
    return pixels(frame)[:, :, 2::-1]


@settings(deadline=None)  # the first example loads OpenCV
@given(regions(), st.integers(0, 9), st.sampled_from(LOSSLESS))
def test_a_lossless_picture_shows_what_the_frame_shows(region: Region, seed: int, style: PictureStyle) -> None:
    frame = noise(region, seed)
    assert (opened(encode(frame, style)) == rgb(frame)).all()


@pytest.mark.parametrize("style", LOSSLESS, ids=str)
def test_windows_and_photos_come_back_pixel_by_pixel(window: Frame, style: PictureStyle) -> None:
    for frame in (window, photo()):
        assert (opened(encode(frame, style)) == rgb(frame)).all()


@pytest.mark.parametrize("format_name", ["jpeg", "webp"])
def test_a_picture_that_loses_something_looks_the_same(window: Frame, format_name: PictureFormat) -> None:
    shown = opened(encode(window, PictureStyle(format=format_name, quality=90)))
    assert np.abs(shown.astype(int) - rgb(window)).mean() < 3


def png_sizes(frame: Frame) -> list[int]:
    """By compression, 0 to 9."""
    return [len(encode(frame, PictureStyle(compression=level))) for level in range(10)]


def test_more_compression_never_makes_a_larger_png_of_a_window(window: Frame) -> None:
    sizes = png_sizes(window)
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 3 * window.region.width * window.region.height  # stored as it is
    assert sizes[9] < 0.85 * sizes[1]


def test_more_compression_makes_a_smaller_png_of_a_photo_too() -> None:
    sizes = png_sizes(photo())
    # Grain can hardly be compressed: from level 2 on all are within a few per cent.
    assert all(more < 1.01 * less for less, more in itertools.pairwise(sizes))
    assert sizes[0] > 1.5 * sizes[1] > 1.5 * sizes[9]


@pytest.mark.parametrize("format_name", ["jpeg", "webp"])
def test_more_quality_makes_a_larger_picture(window: Frame, format_name: PictureFormat) -> None:
    sizes = [len(encode(window, PictureStyle(format=format_name, quality=quality))) for quality in (10, 50, 80, 100)]
    assert sizes == sorted(sizes)


def test_the_quick_png_is_hardly_larger_than_pillows(window: Frame) -> None:
    file = io.BytesIO()
    Image.fromarray(rgb(window)).save(file, "PNG")
    assert len(encode(window)) < 1.3 * file.tell()


def test_a_photo_is_compressed_by_the_differences_of_its_rows(window: Frame) -> None:
    def filters(frame: Frame) -> set[int]:
        data = encode(frame)
        at = data.index(b"IDAT")
        rows = zlib.decompress(data[at + 4 :][: int.from_bytes(data[at - 4 : at], "big")])
        return set(rows[:: 1 + 3 * frame.region.width])

    assert (filters(window), filters(photo())) == ({0}, {2})


def test_without_isal_the_png_is_the_same_picture(window: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "isal", None)
    encoders._quickest.cache_clear()
    try:
        assert (opened(encode(window)) == rgb(window)).all()
    finally:
        encoders._quickest.cache_clear()


@settings(deadline=None)  # the first example loads OpenCV
@given(regions(), st.lists(regions(), max_size=3))
def test_masks_hide_their_pixels_and_no_others(region: Region, masks: list[Region]) -> None:
    frame = noise(region)
    before = bytes(frame.pixels)
    shown = opened(encode(frame, masks=masks))
    hidden = np.zeros(shown.shape[:2], bool)
    for mask in masks:
        part = region.intersection(mask)
        hidden[part.y - region.y : part.bottom - region.y, part.x - region.x : part.right - region.x] = True
    assert (shown[hidden] == 0).all()
    assert (shown[~hidden] == rgb(frame)[~hidden]).all()
    assert frame.pixels == before


@pytest.mark.parametrize("style", EACH, ids=str)
@pytest.mark.parametrize("scale", [0.05, 0.3, 1.0, 2.5])
def test_nothing_under_a_mask_is_left_in_any_format_and_scale(style: PictureStyle, scale: float) -> None:
    picture = np.full((60, 90, 3), 40, np.uint8)
    place = np.s_[ONLY_RED.y : ONLY_RED.bottom, ONLY_RED.x : ONLY_RED.right]
    picture[place] = (0, 0, 255)
    frame, style = frame_of(picture), style.model_copy(update={"scale": scale})
    assert opened(encode(frame, style))[:, :, 0].max() > 41
    black = picture.copy()
    black[place] = 0
    assert encode(frame, style, [ONLY_RED]) == encode(frame_of(black), style)


@settings(deadline=None)  # the first example loads OpenCV
@given(regions(), st.floats(0.05, 4.0), st.sampled_from(EACH))
def test_a_scaled_picture_has_the_scaled_size(region: Region, scale: float, style: PictureStyle) -> None:
    shown = opened(encode(noise(region), style.model_copy(update={"scale": scale})))
    assert shown.shape[:2] == (max(1, round(region.height * scale)), max(1, round(region.width * scale)))


def test_a_smaller_picture_is_the_mean_of_the_pixels_not_a_choice_of_them() -> None:
    board = np.indices((40, 40)).sum(axis=0) % 2 * np.uint8(255)
    frame = frame_of(np.repeat(board[:, :, None], 3, axis=2))
    assert np.abs(opened(encode(frame, PictureStyle(scale=0.5))).astype(int) - 127).max() <= 1


def test_from_quality_90_on_a_jpeg_keeps_the_colour_of_each_pixel() -> None:
    stripes = np.zeros((40, 40, 3), np.uint8)
    stripes[:, ::2, 2] = 255
    frame = frame_of(stripes)

    def loss(quality: int) -> float:
        shown = opened(encode(frame, PictureStyle(format="jpeg", quality=quality))).astype(int)
        return float(np.abs(shown - rgb(frame)).mean())

    assert loss(90) < loss(89) / 3


@pytest.mark.parametrize("style", EACH, ids=str)
def test_a_frame_without_pixels_has_no_picture(style: PictureStyle) -> None:
    with pytest.raises(ActionError, match="nothing of it lies on the screen"):
        encode(Frame(b"", Region(9000, 0, 0, 0), now()), style)


def test_what_a_format_cannot_hold_is_said() -> None:
    frame = noise(Region(0, 0, 16_384, 2))
    with pytest.raises(ActionError, match=r"A WEBP picture of 16384 × 2 pixels is too large\."):
        encode(frame, PictureStyle(format="webp"))
    assert opened(encode(frame, PictureStyle(format="jpeg"))).shape == (2, 16_384, 3)


def test_an_enlarged_picture_that_no_reader_of_ours_would_take_is_not_made() -> None:
    frame = Frame(bytes(4 * 3000 * 3000), Region(0, 0, 3000, 3000), now())
    with pytest.raises(ActionError, match="12000 × 12000 pixels is too large"):
        encode(frame, PictureStyle(scale=4))


def test_a_desktop_in_its_own_size_is_never_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "_MOST_PIXELS", 100)
    assert opened(encode(noise(Region(0, 0, 20, 20)))).shape == (20, 20, 3)
