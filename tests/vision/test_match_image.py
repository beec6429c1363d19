"""Pictures found on the screen: pixel by pixel, by likeness, and not at all."""

from __future__ import annotations

import os
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from agent.core.errors import ActionError, Stop
from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.run import now
from agent.vision.candidate import Candidate
from agent.vision.encode import encode
from agent.vision.frame import crop, pixels
from agent.vision.match_image import ALIKE, EXACT, SCALED, Seen, find_image
from agent.vision.template import Origin, Template
from tests.vision.rendered import Rendered, Style, orders_window


@pytest.fixture(scope="module")
def window() -> Rendered:
    return orders_window(Style(size=(1000, 640), seed=2))


def frame_of(picture: np.ndarray, x: int = 0, y: int = 0) -> Frame:
    """A frame of blue, green, red (and anything) values."""
    height, width = picture.shape[:2]
    bgra = np.zeros((height, width, 4), np.uint8)
    bgra[:, :, : picture.shape[2]] = picture
    return Frame(bgra.tobytes(), Region(x, y, width, height), now())


def template_of(frame: Frame, region: Region) -> Template:
    return Template(pixels(crop(frame, region))[:, :, :3].copy())


def places(frame: Frame, template: Template, min_score: float = 0.8) -> list[tuple[int, int]]:
    return [(each.rect.x, each.rect.y) for each in find_image(frame, template, min_score=min_score).matches]


def button(window: Rendered, text: str) -> Region:
    return next(truth.rect for truth in window.truths if truth.text == text and truth.kind == "QPushButton")


@pytest.mark.parametrize("size", [(12, 12), (32, 32), (100, 40), (300, 200)])
def test_every_crop_with_text_in_it_is_found_where_it_was_cut(window: Rendered, size: tuple[int, int]) -> None:
    chance = np.random.default_rng(size[0])
    whole = Region(0, 0, window.frame.region.width - size[0], window.frame.region.height - size[1])
    for truth in window.truths:
        dx, dy = chance.integers(-5, 6, 2).tolist()
        middle = truth.rect.center.moved(dx - size[0] // 2, dy - size[1] // 2)
        place = Region(min(max(middle.x, 0), whole.width), min(max(middle.y, 0), whole.height), *size)
        template = template_of(window.frame, place)
        if (template.colours == template.colours[0, 0]).all():
            continue  # the middle of a wide cell: it is everywhere
        found = [each.rect for each in find_image(window.frame, template, min_score=0.8).matches]
        for other in found:
            assert (pixels(crop(window.frame, other))[:, :, :3] == template.colours).all()
        # On a bare border the same pixels are elsewhere too, half a template off or less.
        assert place in found or any(not other.intersection(place).is_empty for other in found)
        assert place in found or len(found) > 1


@settings(deadline=None)  # the first example loads OpenCV
@given(st.data())
def test_a_crop_of_noise_is_found_at_its_place_and_nowhere_else(data: st.DataObject) -> None:
    frame = frame_of(np.random.default_rng(7).integers(0, 256, (60, 80, 3), np.uint8), x=-30, y=12)
    width, height = data.draw(st.integers(3, 80)), data.draw(st.integers(3, 60))
    x, y = data.draw(st.integers(0, 80 - width)) - 30, data.draw(st.integers(0, 60 - height)) + 12
    template = template_of(frame, Region(x, y, width, height))
    assert places(frame, template) == [(x, y)]


def test_the_fourth_byte_of_a_pixel_does_not_matter(window: Rendered) -> None:
    memory = bytearray(window.frame.pixels)
    memory[3::4] = np.random.default_rng(1).integers(0, 256, len(memory) // 4, np.uint8).tobytes()
    place = button(window, "Abbrechen")
    template = template_of(window.frame, place)
    assert places(Frame(memory, window.frame.region, now()), template) == [(place.x, place.y)]


def test_all_places_are_found_from_the_top_left_and_each_once() -> None:
    icon = np.random.default_rng(3).integers(0, 256, (10, 14, 3), np.uint8)
    picture = np.full((100, 100, 3), 240, np.uint8)
    for x, y in ((70, 5), (5, 50), (19, 50)):
        picture[y : y + 10, x : x + 14] = icon
    assert places(frame_of(picture), Template(icon)) == [(70, 5), (5, 50), (19, 50)]


def test_a_noisy_screen_is_searched_by_likeness(window: Rendered) -> None:
    noise = np.random.default_rng(5).normal(0, 8, (*pixels(window.frame).shape[:2], 3))
    noisy = frame_of(np.clip(pixels(window.frame)[:, :, :3] + noise, 0, 255).astype(np.uint8))
    place = button(window, "Speichern unter …")
    seen = find_image(noisy, template_of(window.frame, place), min_score=0.8)
    assert [(each.rect, each.rank, each.method) for each in seen.matches] == [(place, ALIKE, "image")]
    assert 0.8 < seen.matches[0].score < 1


def test_a_greyed_out_button_is_not_the_button(window: Rendered) -> None:
    place = button(window, "Anmelden")
    picture = pixels(window.frame)[:, :, :3].copy()
    part = picture[place.y : place.bottom, place.x : place.right]
    part[:] = 239 - (239 - part.astype(int)) * 0.3  # the same shape with a third of the contrast
    seen = find_image(frame_of(picture), template_of(window.frame, place), min_score=0.9)
    assert not seen.matches
    assert seen.closest is not None


def test_of_what_is_not_alike_enough_the_closest_place_is_told(window: Rendered) -> None:
    place = button(window, "Öffnen")
    noise = np.random.default_rng(9).normal(0, 60, (place.height, place.width, 3))
    template = template_of(window.frame, place)
    other = Template(np.clip(template.colours + noise, 0, 255).astype(np.uint8))
    seen = find_image(window.frame, other, min_score=0.8)
    assert not seen.matches
    assert seen.closest is not None
    assert seen.closest.rect == place
    assert 0.3 < seen.closest.score < 0.8


def test_the_closest_place_of_something_on_a_blank_screen_is_the_first_one() -> None:
    other = np.random.default_rng(9).integers(0, 256, (30, 60, 3), np.uint8)
    seen = find_image(frame_of(np.full((400, 500, 3), 250, np.uint8)), Template(other), min_score=0.8)
    assert seen == Seen((), Candidate(Region(0, 0, 60, 30), 0.0, ALIKE, "image"))


def test_a_place_of_the_wrong_colours_does_not_hide_a_right_one_beside_it(window: Rendered) -> None:
    """Two similar places overlap by more than half, and the more similar one is too pale."""
    place = button(window, "Anmelden")
    template = template_of(window.frame, place)
    picture = np.full((place.height + 20, place.width + 20, 3), 239, np.uint8)
    pale = 239 - (239 - template.colours.astype(int)) * 0.4
    picture[: place.height, : place.width] = pale
    picture[18 : place.height + 18, 4 : place.width + 4] = template.colours ^ 6
    seen = find_image(frame_of(picture), template, min_score=0.8)
    assert [(each.rect.x, each.rect.y) for each in seen.matches] == [(4, 18)]


def test_one_colour_is_found_where_it_fills_the_rectangle() -> None:
    picture = np.full((90, 90, 3), 255, np.uint8)
    picture[30:50, 40:70] = (10, 20, 200)
    template = Template(np.full((20, 30, 3), (10, 20, 200), np.uint8))
    assert places(frame_of(picture), template) == [(40, 30)]


def test_one_colour_that_is_not_there_is_compared_by_its_value() -> None:
    picture = np.full((60, 60, 3), 255, np.uint8)
    picture[30:40, 10:30] = 103
    template = Template(np.full((10, 20, 3), 100, np.uint8))
    assert places(frame_of(picture), template) == [(10, 30)]
    assert not places(frame_of(picture), template, min_score=0.99)


def test_a_pattern_with_thousands_of_places_ends_soon() -> None:
    board = np.where(np.indices((400, 400)).sum(axis=0) % 2, 255, 0).astype(np.uint8)
    frame = frame_of(np.repeat(board[:, :, None], 3, axis=2))
    assert 0 < len(places(frame, template_of(frame, Region(0, 0, 6, 6)))) <= 1000


@pytest.mark.parametrize("noisy", [False, True])
def test_transparent_pixels_fit_any_background(tmp_path: Path, noisy: bool) -> None:
    icon = np.random.default_rng(4).integers(0, 256, (24, 24, 4), np.uint8)
    icon[:, :, 3] = 0
    icon[6:18, 4:20, 3] = 255
    Image.fromarray(icon, "RGBA").save(tmp_path / "icon.png")
    picture = np.full((120, 160, 3), (200, 120, 40), np.uint8)
    picture[56:68, 74:90] = icon[6:18, 4:20, 2::-1]
    if noisy:
        picture = picture ^ np.uint8(3)
    seen = find_image(frame_of(picture), Template.load(tmp_path / "icon.png"), min_score=0.8)
    assert [(each.rect, each.rank) for each in seen.matches] == [(Region(70, 50, 24, 24), ALIKE if noisy else EXACT)]


@pytest.mark.parametrize("colour", [(10, 20, 200), (255, 255, 255)])
def test_a_template_of_one_pixel_is_a_colour(colour: tuple[int, int, int]) -> None:
    picture = np.full((20, 30, 3), 100, np.uint8)
    picture[7, 11] = picture[7, 20] = colour
    template = Template(np.full((1, 1, 3), colour, np.uint8))
    assert places(frame_of(picture), template) == [(11, 7), (20, 7)]
    assert not places(frame_of(np.full((20, 30, 3), 100, np.uint8)), template)


def test_a_template_as_large_as_the_screen_has_one_place(window: Rendered) -> None:
    assert places(window.frame, template_of(window.frame, window.frame.region)) == [(0, 0)]


@pytest.mark.parametrize(("dx", "dy", "expected"), [(7, 0, 2), (6, 0, 1), (0, 5, 2), (0, 4, 1), (6, 5, 2)])
def test_places_are_two_when_they_lie_half_a_template_apart(dx: int, dy: int, expected: int) -> None:
    plain = Template(np.full((10, 14, 3), (0, 200, 0), np.uint8))
    picture = np.full((40, 50, 3), 255, np.uint8)
    for x, y in ((5, 5), (5 + dx, 5 + dy)):
        picture[y : y + 10, x : x + 14] = plain.colours
    assert len(places(frame_of(picture), plain)) == expected


def test_a_template_that_knows_its_scale_is_searched_in_the_size_of_this_screen(window: Rendered) -> None:
    place = button(window, "Abbrechen")
    template = replace(template_of(window.frame, place), origin=Origin(scale=1.0))
    height, width = pixels(window.frame).shape[:2]
    larger = cv2.resize(pixels(window.frame), (width * 3 // 2, height * 3 // 2), interpolation=cv2.INTER_CUBIC)
    frame = replace(frame_of(larger[:, :, :3]), scale=1.5)
    seen = find_image(frame, template, min_score=0.8)
    assert [(each.rank, each.method) for each in seen.matches] == [(SCALED, "image-scaled")]
    assert seen.scale == 1.5
    assert abs(seen.matches[0].rect.x - place.x * 1.5) <= 1
    assert seen.matches[0].rect.width == round(place.width * 1.5)
    assert not find_image(frame, template, min_score=0.8, scales="same").matches


def test_what_is_there_pixel_by_pixel_is_found_whatever_scale_the_template_says(window: Rendered) -> None:
    place = button(window, "Abbrechen")
    template = replace(template_of(window.frame, place), origin=Origin(scale=2.0))
    seen = find_image(window.frame, template, min_score=0.8)
    assert [(each.rect, each.rank) for each in seen.matches] == [(place, EXACT)]
    assert seen.scale == 1


def test_a_template_larger_than_the_screen_is_found_in_its_smaller_size(window: Rendered) -> None:
    part = template_of(window.frame, Region(0, 0, 300, 120)).scaled(2)
    frame = crop(window.frame, Region(0, 0, 400, 200))
    seen = find_image(frame, replace(part, origin=Origin(scale=2.0)), min_score=0.8)
    assert [(each.rect, each.rank) for each in seen.matches] == [(Region(0, 0, 300, 120), SCALED)]
    assert seen.scale == 0.5


def test_a_template_larger_than_the_screen_is_not_there() -> None:
    seen = find_image(frame_of(np.zeros((5, 5, 3), np.uint8)), Template(np.zeros((6, 2, 3), np.uint8)), min_score=0.0)
    assert seen.matches == ()


def test_a_stop_is_heard_during_the_search(window: Rendered) -> None:
    calls = 0

    def check() -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise Stop

    other = Template(np.random.default_rng(9).integers(0, 256, (30, 60, 3), np.uint8))
    with pytest.raises(Stop):
        find_image(window.frame, other, min_score=0.8, check=check)


def test_a_saved_frame_can_be_searched(window: Rendered, tmp_path: Path) -> None:
    place = button(window, "Öffnen")
    (tmp_path / "open.png").write_bytes(encode(crop(window.frame, place)))
    assert places(window.frame, Template.load(tmp_path / "open.png")) == [(place.x, place.y)]


def test_a_missing_image_is_named(tmp_path: Path) -> None:
    with pytest.raises(ActionError, match=r"There is no image file .*nowhere\.png"):
        Template.load(tmp_path / "nowhere.png")


def test_a_folder_and_a_pipe_are_no_image_files(tmp_path: Path) -> None:
    with pytest.raises(ActionError, match="There is no image file"):
        Template.load(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.png")
        with pytest.raises(ActionError, match="There is no image file"):
            Template.load(tmp_path / "pipe.png")


def test_a_name_that_no_file_can_have_is_missing() -> None:
    with pytest.raises(ActionError, match="There is no image file"):
        Template.load(Path("a\0b.png"))


@pytest.mark.parametrize("cut", [0, 7, 20, 40, 60, 200])
def test_a_cut_off_image_is_damaged(window: Rendered, tmp_path: Path, cut: int) -> None:
    (tmp_path / "cut.png").write_bytes(encode(window.frame)[:cut])
    with pytest.raises(ActionError, match="cannot be read"):
        Template.load(tmp_path / "cut.png")


def test_a_text_is_no_image(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("<svg/>")
    with pytest.raises(ActionError, match="cannot be read"):
        Template.load(tmp_path / "text.png")


@pytest.mark.parametrize("side", [10_000, 60_000])
def test_a_decompression_bomb_is_refused(tmp_path: Path, side: int) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    (tmp_path / "bomb.png").write_bytes(bomb)
    with pytest.raises(ActionError, match="more pixels than any screen"):
        Template.load(tmp_path / "bomb.png")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(65 * 2**20)
    with pytest.raises(ActionError, match="65 MB"):
        Template.load(tmp_path / "huge.png")


def test_an_image_without_a_visible_pixel_is_refused(tmp_path: Path) -> None:
    Image.new("RGBA", (5, 5), (1, 2, 3, 0)).save(tmp_path / "glass.png")
    with pytest.raises(ActionError, match="transparent all over"):
        Template.load(tmp_path / "glass.png")
