"""Places beside an anchor, targets of several kinds of evidence, and pictures of what could not be told apart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from agent.core.devices import Check
from agent.core.element import Element, ElementQuery
from agent.core.errors import AmbiguousTarget, DeviceError, TargetNotFound
from agent.core.frame import Frame
from agent.core.geometry import Point, Region
from agent.core.run import now
from agent.core.target import Target, WindowInfo, WindowQuery
from agent.core.text import Line, TextRead, Word
from agent.devices.fake import FakeScreen, FakeWindows
from agent.vision.encode import encode
from agent.vision.finder import Finder
from agent.vision.frame import crop, pixels
from agent.vision.memory import ReadMemory
from agent.vision.picture_of_candidates import numbered
from agent.vision.senses import Senses

SCREEN = Region(0, 0, 400, 300)
NAME, CITY = Region(10, 10, 60, 16), Region(10, 50, 60, 16)
"""Two labels below each other."""
EDIT_NAME, EDIT_CITY, EDIT_FAR = Region(200, 10, 40, 16), Region(200, 50, 40, 16), Region(300, 10, 40, 16)


def words_of(text: str, place: Region) -> Iterator[Word]:
    """The words of ``Edit_all`` side by side."""
    words = text.split("_")
    width = place.width // len(words)
    for number, word in enumerate(words):
        rect = Region(place.x + number * width, place.y, width - (len(words) > 1), place.height)
        yield Word(word, rect, 90.0)


class Memory(ReadMemory):
    """Reads the texts it was told of."""

    def __init__(self, places: dict[str, tuple[Region, ...]]) -> None:
        super().__init__()
        self.places = places

    def read(self, frame: Frame, **how: object) -> TextRead:
        lines = [
            Line(tuple(words_of(text, place)), place)
            for text, places in self.places.items()
            for place in places
            if frame.region.intersection(place) == place
        ]
        return TextRead(tuple(lines), frame.region)


class Tree:
    """A backend for UI elements that knows these."""

    def __init__(self, *elements: Element) -> None:
        self.elements = elements
        self.asked: list[WindowInfo | None] = []

    def find(
        self, query: ElementQuery, window: WindowInfo | None, *, check: Check = lambda: None
    ) -> tuple[Element, ...]:
        check()
        self.asked.append(window)
        fitting = tuple(each for each in self.elements if query.fits(each))
        return fitting if query.index is None else fitting[query.index - 1 : query.index]


class Desk:
    """A screen with texts on it, and perhaps elements."""

    def __init__(self, tree: Tree | None = None, **places: Region | tuple[Region, ...]) -> None:
        self.screen = FakeScreen(SCREEN)
        self.windows = FakeWindows()
        texts = {text: (place,) if isinstance(place, Region) else place for text, place in places.items()}
        self.finder = Finder(self.screen, self.windows, Senses(Memory(texts), languages="deu", elements=tree))

    def find(self, **target: object) -> Region:
        return self.finder.find(Target.model_validate(target)).rect

    def find_all(self, **target: object) -> list[Region]:
        return [match.rect for match in self.finder.find_all(Target.model_validate(target))]


@pytest.fixture
def form() -> Desk:
    return Desk(Name=NAME, City=CITY, Edit=(EDIT_FAR, EDIT_CITY, EDIT_NAME))


# --- beside an anchor ---


def test_the_nearest_in_the_direction_is_meant(form: Desk) -> None:
    assert form.find(text="Edit", anchor="Name", relation="right_of") == EDIT_NAME
    assert form.find(text="Edit", anchor="City", relation="right_of") == EDIT_CITY
    assert form.find(text="City", anchor="Name", relation="below") == CITY
    assert form.find(text="Name", anchor={"text": "Edit", "occurrence": 1}, relation="left_of") == NAME
    assert form.find(text="Name", anchor="City", relation="above") == NAME


def test_straight_ahead_comes_before_what_is_nearer_but_aside() -> None:
    ahead, aside = Region(200, 10, 40, 16), Region(100, 34, 40, 16)
    desk = Desk(Name=NAME, Edit=(ahead, aside))
    assert desk.find(text="Edit", anchor="Name", relation="right_of") == ahead
    assert desk.find(text="Edit", anchor="Name", relation="near") == aside


def test_anchor_and_target_are_of_one_picture(form: Desk) -> None:
    form.find(text="Edit", anchor="Name", relation="right_of")
    assert form.screen.captures == [SCREEN]


def test_two_that_are_equally_near_are_ambiguous() -> None:
    desk = Desk(Name=Region(100, 100, 60, 16), Edit=(Region(190, 92, 40, 16), Region(190, 108, 40, 16)))
    with pytest.raises(AmbiguousTarget, match="is there 2 times") as caught:
        desk.find(text="Edit", anchor="Name", relation="right_of")
    assert len(caught.value.candidates) == 2
    assert desk.find(text="Edit", anchor="Name", relation="right_of", occurrence=2).y == 108


def test_all_are_told_and_counted_from_the_anchor(form: Desk) -> None:
    assert form.find_all(text="Edit", anchor="Name", relation="right_of") == [EDIT_NAME, EDIT_FAR, EDIT_CITY]
    assert form.find(text="Edit", anchor="Name", relation="right_of", occurrence=2) == EDIT_FAR
    assert form.find_all(text="Edit", anchor="Nowhere", relation="right_of") == []


def test_a_part_beside_the_anchor_is_found_although_the_whole_text_is_elsewhere() -> None:
    desk = Desk(Name=NAME, Edit=Region(10, 200, 40, 16), Edit_all=Region(100, 10, 80, 16))
    assert desk.find_all(text="Edit") == [Region(10, 200, 40, 16)]
    assert desk.find(text="Edit", anchor="Name", relation="right_of") == Region(100, 10, 39, 16)


def test_what_was_found_is_told_when_nothing_lies_there(form: Desk) -> None:
    with pytest.raises(TargetNotFound) as caught:
        form.find(text="Edit", anchor="Name", relation="left_of")
    record = caught.value.record()
    assert str(record) == 'The anchor "Name" is at 40,18, but there is no "Edit" left of it.'
    assert record.hint.startswith("It is at {places} instead.")
    assert record.values["places"] == "(320,18), (220,58), (220,18)"


def test_the_near_miss_is_told_when_the_anchor_is_there(form: Desk) -> None:
    with pytest.raises(TargetNotFound, match='no "Edin" right of it') as caught:
        form.find(text="Edin", anchor="Name", relation="right_of", min_confidence=0.9)
    assert caught.value.values["closest"] == '"Edit"'


def test_a_missing_anchor_is_the_error(form: Desk) -> None:
    with pytest.raises(TargetNotFound, match='No text "Nome" in') as caught:
        form.find(text="Edit", anchor={"text": "Nome", "min_confidence": 0.9}, relation="right_of")
    assert caught.value.values["closest"] == '"Name"'


def test_the_target_is_searched_in_the_window_of_its_anchor(form: Desk) -> None:
    window = form.windows.open("Form", Region(0, 0, 280, 300))
    anchor = Target(text="Name", window=WindowQuery(title="Form"))
    match = form.finder.find(Target(text="Edit", anchor=anchor, relation="right_of"))
    assert (match.rect, match.window_id) == (EDIT_NAME, window.id)


def test_a_direction_may_be_taken_from_a_point(form: Desk) -> None:
    assert form.find(text="Edit", anchor={"point": Point(150, 58)}, relation="right_of") == EDIT_CITY
    away = {"anchor": "Name", "offset": (0, 40)}
    assert form.find(text="Edit", anchor=away, relation="right_of") == EDIT_CITY


# --- several kinds of evidence ---

SAVE = Region(100, 100, 90, 30)
LABEL = Region(120, 108, 40, 14)
BUTTON = Element(SAVE, "Save", "Button")


def with_picture(desk: Desk, tmp_path: Path, *places: Region) -> str:
    """The same noise at these places, and its file."""
    noise = np.random.default_rng(3).integers(0, 256, (30, 90, 4), np.uint8)
    memory = bytearray(desk.screen.capture().pixels)
    picture = np.frombuffer(memory, np.uint8).reshape(SCREEN.height, SCREEN.width, 4)
    for place in places:
        picture[place.y : place.bottom, place.x : place.right] = noise
    desk.screen.show(Frame(memory, SCREEN, now()))
    file = tmp_path / "save.png"
    file.write_bytes(encode(Frame(noise.tobytes(), Region(0, 0, 90, 30), now())))
    return str(file)


def test_the_picture_says_which_of_two_texts_is_meant(tmp_path: Path) -> None:
    desk = Desk(Save=(LABEL, Region(120, 208, 40, 14)))
    image = with_picture(desk, tmp_path, SAVE)
    match = desk.finder.find(Target(text="Save", image=image))
    assert (match.rect, match.method, match.confidence) == (LABEL, "text+image-exact", 1.0)


def test_what_is_missing_lowers_the_confidence(tmp_path: Path) -> None:
    desk = Desk(Save=LABEL)
    image = with_picture(desk, tmp_path)
    assert desk.finder.find(Target(text="Save", image=image)).confidence == 0.9
    target = Target(text="Save", image=image, min_confidence=0.95)
    with pytest.raises(AmbiguousTarget) as caught:
        desk.finder.find(target)
    assert str(caught.value) == (
        '"Save" + save.png may be at (140,115), but that is not sure enough (0.90 of 0.95): '
        "of what belongs to it, image is not there."
    )
    assert desk.finder.find_all(target) == ()


def test_a_text_and_a_picture_apart_are_never_chosen_from(tmp_path: Path) -> None:
    desk = Desk(Save=Region(10, 10, 40, 14))
    target = Target(text="Save", image=with_picture(desk, tmp_path, SAVE))
    for search in (desk.finder.find, desk.finder.find_all):
        with pytest.raises(
            AmbiguousTarget, match=r"does not lie together: text .30,17., image-exact .145,115"
        ) as caught:
            search(target)
        assert caught.value.candidates == (Region(10, 10, 40, 14), SAVE)
        assert caught.value.frame is not None and caught.value.frame.region == SCREEN


def test_nothing_of_several_kinds_tells_the_near_misses() -> None:
    desk = Desk(Tree(), Safe=LABEL)
    with pytest.raises(TargetNotFound) as caught:
        desk.find(text="Save", element="Save")
    assert str(caught.value) == '"Save" + ["Save"] is not in 0,0 400×300.'
    assert caught.value.values["closest"] == '"Safe" 0.75 (140,115)'


def test_an_element_is_found_in_the_window_that_is_named() -> None:
    tree = Tree(BUTTON, Element(Region(900, 0, 10, 10), "Save", "Button"))
    desk = Desk(tree)
    window = desk.windows.open("Form", SCREEN)
    match = desk.finder.find(Target(element=ElementQuery(name="Save"), window=WindowQuery(title="Form")))
    assert (match.rect, match.method, match.text, match.window_id) == (SAVE, "element", "Save", window.id)
    assert [asked.id for asked in tree.asked if asked] == [window.id]
    with pytest.raises(TargetNotFound, match=r'No UI element \[Edit "Save"\] in 0,0 400×300'):
        desk.find(element={"role": "Edit", "name": "Save"})


def test_without_a_way_to_see_elements_the_rest_has_to_do() -> None:
    desk = Desk(Save=LABEL)
    match = desk.finder.find(Target(text="Save", element=ElementQuery(name="Save")))
    assert (match.rect, match.confidence, match.method) == (LABEL, 0.9, "text")
    for search in (desk.finder.find, desk.finder.find_all):
        with pytest.raises(DeviceError, match="cannot see UI elements yet"):
            search(Target(element=ElementQuery(name="Save")))


# --- the picture of the candidates ---


def test_the_candidates_are_boxed_and_numbered() -> None:
    frame = FakeScreen(SCREEN).capture()
    places = [Region(50, 50, 60, 20), Region(200, 50, 60, 20), Region(395, 0, 5, 5)]
    before, after = pixels(frame), pixels(numbered(frame, places))
    assert (before == 255).all()
    for place in places:
        assert (after[place.y : place.bottom, place.x : place.right] == before[0, 0]).all() or place.x == 395
        around = place.grown(8)
        assert (crop_of(after, around)[..., 1] == 0).any()
    one, two = (crop_of(after, Region(place.x - 5, place.y - 30, 25, 25)) for place in places[:2])
    assert not (one == two).all()
    assert numbered(frame, places).region == SCREEN


def test_candidates_may_lie_outside_of_the_picture_or_be_many() -> None:
    frame = crop(FakeScreen(SCREEN).capture(), Region(100, 100, 30, 20))
    places = [Region(-50, -50, 10, 10), Region(0, 0, 400, 300), Region(110, 105, 0, 0)] * 60
    assert len(numbered(frame, places).pixels) == 4 * 30 * 20


def crop_of(picture: np.ndarray, region: Region) -> np.ndarray:
    return picture[max(0, region.y) : region.bottom, max(0, region.x) : region.right]
