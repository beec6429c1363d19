"""Looking again: the answer is always that of a fresh search, and what is remembered is bounded."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.errors import ActionError, Stop
from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.run import now
from agent.core.target import Scales
from agent.vision.encode import encode
from agent.vision.frame import crop, pixels
from agent.vision.image_search import ImageSearch
from agent.vision.match_image import ALIKE, EXACT, find_image
from agent.vision.template import Origin, Template
from tests.vision.rendered import Rendered, Style, orders_window

ICON = np.random.default_rng(6).integers(0, 256, (9, 13, 3), np.uint8)


@pytest.fixture(scope="module")
def window() -> Rendered:
    return orders_window(Style(size=(700, 460), seed=2))


def frame_of(picture: np.ndarray, scale: float = 1.0) -> Frame:
    height, width = picture.shape[:2]
    bgra = np.zeros((height, width, 4), np.uint8)
    bgra[:, :, :3] = picture[:, :, :3]
    return Frame(bgra.tobytes(), Region(-20, 30, width, height), now(), scale)


def template_of(window: Rendered, text: str) -> Template:
    place = next(truth.rect for truth in window.truths if truth.text == text and truth.kind == "QPushButton")
    return Template(pixels(crop(window.frame, place))[:, :, :3].copy())


@dataclass(frozen=True)
class Stroke:
    """Something that is painted: a plain, some noise, the icon, or what is more or less like it."""

    kind: str
    y: int
    x: int
    height: int
    width: int
    seed: int

    def paint(self, picture: np.ndarray) -> None:
        chance = np.random.default_rng(self.seed)
        if self.kind == "plain":
            stroke = np.full((self.height, self.width, 3), self.seed, np.uint8)
        elif self.kind == "noise":
            stroke = chance.integers(0, 256, (self.height, self.width, 3), np.uint8)
        else:
            sigma = {"icon": 0, "alike": 12, "far": 60}[self.kind]
            stroke = np.clip(ICON + chance.normal(0, sigma, ICON.shape), 0, 255).astype(np.uint8)
        part = picture[self.y : self.y + len(stroke), self.x : self.x + stroke.shape[1]]
        part[:] = stroke[: len(part), : part.shape[1]]


KINDS = st.sampled_from(["plain", "noise", "icon", "alike", "far"])
STROKES = st.builds(
    Stroke, KINDS, st.integers(0, 50), st.integers(0, 70), st.integers(1, 40), st.integers(1, 40), st.integers(0, 255)
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(STROKES, max_size=3), min_size=2, max_size=6), st.sampled_from(["same", "likely"]))
def test_looking_again_sees_what_a_fresh_look_sees(paintings: list[list[Stroke]], scales: Scales) -> None:
    search, picture = ImageSearch(), np.full((80, 100, 3), 230, np.uint8)
    template = Template(ICON, origin=Origin(scale=0.8))
    for painting in paintings:
        for stroke in painting:
            stroke.paint(picture)
        frame = frame_of(picture)
        for min_score in (0.8, 0.6):
            seen = search.find(frame, template, min_score=min_score, scales=scales)
            assert seen == find_image(frame, template, min_score=min_score, scales=scales)


def test_what_comes_and_goes_is_always_seen_as_it_is_now() -> None:
    """Alike, then pixel by pixel, then alike again: what was scored before the middle frame is old."""
    search, template, picture = ImageSearch(), Template(ICON), np.full((80, 100, 3), 230, np.uint8)
    for kind in ("plain", "alike", "icon", "far", "alike", "icon", "plain", "alike"):
        for y, x in ((5, 6), (40, 70)):
            Stroke(kind, y, x, 20, 20, 7 + y).paint(picture)
            frame = frame_of(picture)
            assert search.find(frame, template, min_score=0.8) == find_image(frame, template, min_score=0.8)


def test_on_a_window_that_changes_each_answer_is_that_of_a_fresh_search(window: Rendered) -> None:
    search, chance = ImageSearch(), np.random.default_rng(2)
    picture = pixels(window.frame).copy()
    templates = [template_of(window, "Speichern"), template_of(window, "OK"), Template(ICON)]
    for _ in range(12):
        for _ in range(2):
            y, x = chance.integers(0, 440), chance.integers(0, 640)
            other_y, other_x = chance.integers(0, 400), chance.integers(0, 600)
            part = picture[other_y : other_y + 60, other_x : other_x + 90].copy()
            target = picture[y : y + 60, x : x + 90]
            target[:] = part[: len(target), : target.shape[1]]
        frame = frame_of(picture)
        for template in templates:
            assert search.find(frame, template, min_score=0.8) == find_image(frame, template, min_score=0.8)


def test_a_still_screen_is_not_searched_at_all(window: Rendered) -> None:
    search, template = ImageSearch(), template_of(window, "Abbrechen")
    first = search.find(frame_of(pixels(window.frame)), template, min_score=0.8)
    assert search.find(frame_of(pixels(window.frame)), template, min_score=0.8) is first


def test_what_appears_beside_a_similar_place_is_found_pixel_by_pixel(window: Rendered) -> None:
    search, template = ImageSearch(), template_of(window, "Abbrechen")
    picture = pixels(window.frame) ^ np.uint8(3)
    assert [each.rank for each in search.find(frame_of(picture), template, min_score=0.8).matches] == [ALIKE]
    picture[: template.height, : template.width, :3] = template.colours
    seen = search.find(frame_of(picture), template, min_score=0.8)
    assert [(each.rank, each.rect.x, each.rect.y) for each in seen.matches] == [(EXACT, -20, 30)]


def test_another_region_is_another_search(window: Rendered) -> None:
    search, template = ImageSearch(), template_of(window, "Abbrechen")
    assert search.find(window.frame, template, min_score=0.8).matches
    part = crop(window.frame, Region(0, 0, 700, 200))
    assert not search.find(part, template, min_score=0.8).matches


def test_what_is_remembered_is_bounded(window: Rendered) -> None:
    most = 3 * len(window.frame.pixels)
    search = ImageSearch(most_bytes=most)
    for number in range(8):
        icon = np.random.default_rng(number).integers(0, 256, (20, 20, 3), np.uint8)
        search.find(window.frame, Template(icon), min_score=0.8)
        assert 0 < search.size <= most
    search.clear()
    assert search.size == 0


def test_a_stopped_search_leaves_nothing_half_done(window: Rendered) -> None:
    search, template = ImageSearch(), Template(ICON)

    def stop() -> None:
        raise Stop

    picture = pixels(window.frame).copy()
    search.find(frame_of(picture), template, min_score=0.8)
    picture[50:80, 50:90] = 0
    with pytest.raises(Stop):
        search.find(frame_of(picture), template, min_score=0.8, check=stop)
    assert search.size == 0
    picture[51 : 51 + len(ICON), 51 : 51 + ICON.shape[1], :3] = ICON
    assert search.find(frame_of(picture), template, min_score=0.8).matches


def test_many_threads_may_search_at_once(window: Rendered) -> None:
    search, template = ImageSearch(), template_of(window, "Öffnen")
    expected, found = find_image(window.frame, template, min_score=0.8), []
    threads = [
        threading.Thread(target=lambda: found.append(search.find(window.frame, template, min_score=0.8)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8


def test_a_file_is_decoded_once_until_it_changes(window: Rendered, tmp_path: Path) -> None:
    search, path = ImageSearch(), tmp_path / "part.png"
    path.write_bytes(encode(crop(window.frame, Region(0, 0, 30, 20))))
    first = search.load(path)
    assert search.load(path) is first
    path.write_bytes(encode(crop(window.frame, Region(0, 0, 31, 20))))
    os.utime(path, ns=(1, 1))  # a clock that has not moved on since would hide the change
    assert search.load(path).width == 31


def test_a_file_that_is_gone_is_named_although_it_was_known(window: Rendered, tmp_path: Path) -> None:
    search, path = ImageSearch(), tmp_path / "part.png"
    path.write_bytes(encode(window.frame))
    search.load(path)
    path.unlink()
    with pytest.raises(ActionError, match="There is no image file"):
        search.load(path)
