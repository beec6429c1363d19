"""Image files: read as they look; what they may not be is tested with the templates (test_match_image)."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from agent.core.errors import ActionError
from agent.vision.image_file import load_image

RED, BLUE = (255, 0, 0), (0, 0, 255)


def two_dots(mode: str = "RGB") -> Image.Image:
    """A red pixel beside a blue one."""
    image = Image.new("RGB", (2, 1), RED)
    image.putpixel((1, 0), BLUE)
    return image.convert(mode)


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.gif", "a.tif", "a.webp"])
def test_every_format_gives_red_green_blue_alpha(tmp_path: Path, name: str) -> None:
    two_dots().save(tmp_path / name, **({"lossless": True} if name.endswith("webp") else {}))
    assert load_image(tmp_path / name).tolist() == [[[*RED, 255], [*BLUE, 255]]]


def test_transparency_is_kept(tmp_path: Path) -> None:
    Image.new("RGBA", (1, 1), (1, 2, 3, 4)).save(tmp_path / "a.png")
    assert load_image(tmp_path / "a.png").tolist() == [[[1, 2, 3, 4]]]


def test_a_photo_is_turned_as_its_camera_was_held(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: turn it by 90° clockwise to see it upright
    two_dots().save(tmp_path / "a.png", exif=exif)
    assert load_image(tmp_path / "a.png")[:, :, :3].tolist() == [[[*RED]], [[*BLUE]]]


def test_sixteen_bit_greys_keep_their_shades(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 0x4000, 0x8000, 0xFFFF]], np.uint16)).save(tmp_path / "a.png")
    assert load_image(tmp_path / "a.png")[0, :, 0].tolist() == [0, 0x40, 0x80, 0xFF]


def test_more_pixels_than_our_limit_are_refused_even_when_pillow_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("1", (10_000, 10_000)).save(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)  # as a plug-in may have done
    with pytest.raises(ActionError, match="more pixels than any screen"):
        load_image(tmp_path / "a.png")


def test_a_bomb_is_refused_whatever_was_done_to_warnings(tmp_path: Path) -> None:
    Image.new("1", (10_000, 10_000)).save(tmp_path / "a.png")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ActionError, match="more pixels than any screen"):
            load_image(tmp_path / "a.png")
