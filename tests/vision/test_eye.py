"""The eye on a fake screen with real pixels: what is found, what is not, and what is said about it."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from agent.core.context import Eye
from agent.core.devices import Check, Monitor
from agent.core.errors import ActionError, AmbiguousTarget, Stop, TargetNotFound, WindowNotFound, WrongWindow
from agent.core.frame import Frame
from agent.core.geometry import Point, Region
from agent.core.run import now
from agent.core.target import Target, WindowQuery
from agent.core.text import Line, TextRead, Word
from agent.devices.fake import FakeScreen, FakeWindows
from agent.vision import ScreenEye
from agent.vision.encode import encode
from agent.vision.frame import crop, pixels
from agent.vision.reader import TextReader
from tests.vision.rendered import Rendered, Style, frame_of, message_window, orders_window

SMALL = Region(0, 0, 400, 300)


@dataclass(frozen=True)
class Fixed:
    """A reading that is what it is."""

    frame: Frame
    read: TextRead

    def text(self, min_confidence: float) -> TextRead:
        return self.read


class Written(TextReader):
    """Reads what the test wrote, where it wrote it; counts its readings."""

    def __init__(self, **places: Region | tuple[Region, ...]) -> None:
        super().__init__()
        self.places = {text.replace("_", " "): place for text, place in places.items()}
        self.readings: list[Region] = []
        self.during: Check = lambda: None

    def reading(self, frame: Frame, *, languages: str, check: Check = lambda: None, **before: object) -> Fixed:
        self.readings.append(frame.region)
        self.during()
        check()
        lines = []
        for text, places in self.places.items():
            for place in (places,) if isinstance(places, Region) else places:
                if frame.region.intersection(place) == place:
                    lines.append(Line((Word(text, place, 90.0),), place))
        return Fixed(frame, TextRead(tuple(lines), frame.region))


class Desk:
    """A fake screen and windows, with an eye on them."""

    def __init__(self, reader: TextReader | None = None, region: Region = SMALL) -> None:
        self.screen = FakeScreen(region)
        self.windows = FakeWindows()
        self.eye: Eye = ScreenEye(
            self.screen, self.windows, languages="deu", min_confidence=60, reader=reader or Written()
        )


@pytest.fixture(scope="module")
def reader() -> TextReader:
    """One for all tests of this file: it knows the lines it has read."""
    return TextReader()


@pytest.fixture(scope="module")
def orders() -> Rendered:
    return orders_window(Style(seed=2))


@pytest.fixture
def real(reader: TextReader, orders: Rendered) -> Desk:
    """The orders window fills the screen."""
    desk = Desk(reader, orders.frame.region)
    desk.screen.show(orders.frame)
    desk.windows.open("Orders – Trusted", orders.frame.region)
    return desk


def place_of(window: Rendered, text: str) -> Region:
    return next(truth.rect for truth in window.truths if truth.text == text)


# --- texts on real pixels ---


@pytest.mark.parametrize("text", ["Speichern", "Speichern unter …", "Kundennummer:", "Größe merken", "Übersicht"])
def test_a_text_is_found_inside_of_its_widget(real: Desk, orders: Rendered, text: str) -> None:
    match = real.eye.find(Target(text=text))
    assert place_of(orders, text).contains(match.point)
    assert (match.method, match.window_id, match.monitor) == ("text", 0, 0)
    assert match.confidence >= 0.95


def test_words_of_a_sentence_are_found_at_their_own_place(real: Desk, orders: Rendered) -> None:
    sentence = place_of(orders, "Ihre Sitzung ist abgelaufen.\nÜberprüfen Sie bitte das Passwort.")
    match = real.eye.find(Target(text="das Passwort"))
    assert sentence.intersection(match.rect) == match.rect
    assert match.rect.x > sentence.x + 50


def test_a_sentence_is_found_over_its_line_break(real: Desk, orders: Rendered) -> None:
    sentence = place_of(orders, "Ihre Sitzung ist abgelaufen.\nÜberprüfen Sie bitte das Passwort.")
    match = real.eye.find(Target(text="ist abgelaufen. Überprüfen Sie"))
    assert (match.text, sentence.contains(match.point)) == ("ist abgelaufen. Überprüfen Sie", True)


def test_what_stands_right_of_a_label_is_found_by_pattern(real: Desk, orders: Rendered) -> None:
    match = real.eye.find(Target(text=".+", compare="regex", anchor=Target(text="E-Mail:"), relation="right_of"))
    assert place_of(orders, "j.gross@example.com").contains(match.point)


def test_the_offset_leads_from_the_label_to_its_field(real: Desk, orders: Rendered) -> None:
    label = Target(text="E-Mail:")
    for target in (label.model_copy(update={"offset": (100, 0)}), Target(anchor=label, offset=(100, 0))):
        assert place_of(orders, "j.gross@example.com").contains(real.eye.find(target).point)


def test_every_cell_with_the_same_text_is_found_from_the_top(real: Desk, orders: Rendered) -> None:
    cells = [truth.rect for truth in orders.truths if truth.kind == "cell" and truth.text == "Maß und Gewicht KG"]
    matches = real.eye.find_all(Target(text="Maß und Gewicht KG"))
    assert len(matches) == len(cells) > 1
    assert all(cell.contains(match.point) for cell, match in zip(cells, matches, strict=True))


def test_the_closest_text_is_told_with_score_and_place(real: Desk, orders: Rendered) -> None:
    with pytest.raises(TargetNotFound) as caught:
        real.eye.find(Target(text="Abbrehen", min_confidence=0.95))
    record = caught.value.record()
    assert str(record) == 'No text "Abbrehen" in 0,0 1100×700.'
    assert record.hint.startswith("Closest was {closest} ({score}) at {place}")
    assert (record.values["closest"], record.values["score"]) == ('"Abbrechen"', "0.89")
    x, y = map(int, record.values["place"].split(","))
    assert place_of(orders, "Abbrechen").contains(Point(x, y))


def test_two_lines_of_a_message_are_both_found(reader: TextReader) -> None:
    window = message_window(["Die Anmeldung ist fehlgeschlagen.", "Bitte prüfen Sie Ihr Kennwort."], Style())
    desk = Desk(reader, window.frame.region)
    desk.screen.show(window.frame)
    assert desk.eye.find(Target(text="fehlgeschlagen")).point.y < desk.eye.find(Target(text="Kennwort")).point.y


# --- which one ---

UPPER, LOWER = Region(10, 10, 60, 16), Region(10, 200, 60, 16)


def test_several_equally_good_places_are_ambiguous_and_told() -> None:
    with pytest.raises(AmbiguousTarget) as caught:
        Desk(Written(Open=(LOWER, UPPER))).eye.find(Target(text="Open"))
    assert str(caught.value) == '"Open" is there 2 times: at (40,18), (40,208).'
    assert "occurrence" in caught.value.hint


def test_the_occurrence_counts_from_the_top_left() -> None:
    eye = Desk(Written(Open=(LOWER, UPPER))).eye
    assert eye.find(Target(text="Open", occurrence=2)).rect == LOWER
    with pytest.raises(TargetNotFound, match="matches there: 2"):
        eye.find(Target(text="Open", occurrence=3))


def test_a_region_chooses() -> None:
    eye = Desk(Written(Open=(LOWER, UPPER))).eye
    assert eye.find(Target(text="Open", region=Region(0, 150, 400, 150))).rect == LOWER


def test_an_exact_text_is_meant_before_a_similar_one() -> None:
    eye = Desk(Written(Speichen=UPPER, Speichern=LOWER)).eye
    assert eye.find(Target(text="Speichern")).rect == LOWER
    assert [match.rect for match in eye.find_all(Target(text="Speichern"))] == [UPPER, LOWER]


def test_an_anchor_may_be_the_second_of_its_kind() -> None:
    eye = Desk(Written(Open=(LOWER, UPPER))).eye
    anchor = Target(text="Open", occurrence=2)
    assert eye.find(Target(anchor=anchor, offset=(-5, 7))).point == Point(35, 215)
    assert eye.find(Target(anchor=Target(text="Open"), occurrence=2)).rect == LOWER
    assert [match.rect for match in eye.find_all(Target(anchor=anchor))] == [LOWER]
    with pytest.raises(AmbiguousTarget):
        eye.find(Target(anchor=Target(text="Open")))


def test_a_region_and_a_point_are_their_own_match() -> None:
    eye = Desk().eye
    region = eye.find(Target(region=Region(10, 20, 30, 40), offset=(1, 2)))
    assert (region.method, region.point) == ("region", Point(26, 42))
    assert eye.find(Target(point=Point(-7, 8))).point == Point(-7, 8)


def test_nothing_is_found_beside_the_screen() -> None:
    eye, target = Desk().eye, Target(text="Open", region=Region(5000, 0, 10, 10))
    with pytest.raises(TargetNotFound, match=r"nothing of .* lies on the screen"):
        eye.find(target)
    assert eye.find_all(target) == ()
    assert eye.read(Region(5000, 0, 10, 10)).lines == ()


# --- windows ---


def test_only_the_named_window_is_looked_at() -> None:
    desk = Desk(Written(Open=(LOWER, UPPER)))
    window = desk.windows.open("Orders", Region(0, 150, 200, 150))
    match = desk.eye.find(Target(text="Open", window=WindowQuery(title="Ord*")))
    assert (match.rect, match.window_id) == (LOWER, window.id)
    assert desk.screen.captures == [window.region]


def test_a_window_that_is_not_there_lists_the_open_ones_the_closest_first() -> None:
    desk = Desk()
    for title in ("Mail", "Orders 2026", "Calendar", "Clock", "Editor", "Files"):
        desk.windows.open(title)
    with pytest.raises(WindowNotFound) as caught:
        desk.eye.find(Target(text="Open", window=WindowQuery(title="Orders")))
    told = caught.value.values["open"]
    assert told.startswith('"Orders 2026", ')
    assert told.count('"') == 10


def test_a_minimised_window_cannot_be_seen() -> None:
    desk = Desk(Written(Open=UPPER))
    desk.windows.open("Orders").minimized = True
    with pytest.raises(WindowNotFound, match="minimised"):
        desk.eye.find(Target(text="Open", window=WindowQuery(title="Orders")))


def test_what_lies_over_the_place_is_named() -> None:
    desk = Desk(Written(Open=UPPER))
    desk.windows.open("Orders", Region(0, 0, 300, 300))
    desk.windows.open("Update available", Region(0, 0, 100, 100))
    target = Target(text="Open", window=WindowQuery(title="Orders"))
    with pytest.raises(WrongWindow, match=r'At "Open" \(40,18\) lies "Update available"'):
        desk.eye.find(target)
    assert desk.eye.find(Target(text="Open")).rect == UPPER
    assert desk.eye.find_all(target)[0].rect == UPPER


def test_a_text_of_the_window_above_does_not_count() -> None:
    desk = Desk(Written(Open=(UPPER, LOWER)))
    desk.windows.open("Orders", Region(0, 0, 300, 300))
    desk.windows.open("Update available", Region(0, 0, 100, 100))
    assert desk.eye.find(Target(text="Open", window=WindowQuery(title="Orders"))).rect == LOWER


def test_an_offset_that_ends_in_another_window_is_refused() -> None:
    desk = Desk(Written(Open=UPPER))
    desk.windows.open("Orders", Region(0, 0, 300, 300))
    desk.windows.open("Chat", Region(200, 0, 100, 100))
    anchor = Target(text="Open", window=WindowQuery(title="Orders"))
    with pytest.raises(WrongWindow, match="Chat"):
        desk.eye.find(Target(anchor=anchor, offset=(180, 0)))


def test_a_point_outside_of_its_window_is_refused() -> None:
    desk = Desk()
    desk.windows.open("Orders", Region(0, 0, 100, 100))
    with pytest.raises(TargetNotFound, match='150,5 does not lie in "Orders"'):
        desk.eye.find(Target(point=Point(150, 5), window=WindowQuery(title="Orders")))


class TwoMonitors(FakeScreen):
    def monitors(self) -> tuple[Monitor, ...]:
        return (Monitor(Region(0, 0, 200, 300), primary=True), Monitor(Region(-200, 0, 200, 300)))


def test_the_monitor_of_the_point_is_told() -> None:
    eye = ScreenEye(TwoMonitors(Region(-200, 0, 400, 300)), FakeWindows(), languages="deu", min_confidence=60)
    assert [eye.find(Target(point=Point(x, 5))).monitor for x in (-1, 0, 900)] == [1, 0, 0]


# --- pictures ---


def test_a_picture_is_found_in_its_window(real: Desk, orders: Rendered, tmp_path: Path) -> None:
    place = place_of(orders, "Abbrechen")
    (tmp_path / "cancel.png").write_bytes(encode(crop(orders.frame, place)))
    match = real.eye.find(Target(image=str(tmp_path / "cancel.png"), window=WindowQuery(title="Orders*")))
    assert (match.rect, match.method, match.confidence) == (place, "image-exact", 1.0)


def test_the_closest_place_of_a_missing_picture_is_told(real: Desk, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (30, 30, 4), np.uint8)
    (tmp_path / "noise.png").write_bytes(encode(Frame(noise.tobytes(), Region(0, 0, 30, 30), now())))
    with pytest.raises(TargetNotFound, match=r"^The image noise\.png is not in 0,0 1100×700") as caught:
        real.eye.find(Target(image=str(tmp_path / "noise.png")))
    assert caught.value.hint.startswith("Closest was {score} alike at {place}.")


def test_a_picture_larger_than_the_window_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "large.png").write_bytes(encode(FakeScreen().capture(Region(0, 0, 500, 20))))
    with pytest.raises(TargetNotFound) as caught:
        Desk().eye.find(Target(image=str(tmp_path / "large.png")))
    assert "larger" in caught.value.hint


def test_a_missing_picture_file_is_an_error_of_its_own() -> None:
    with pytest.raises(ActionError, match="There is no image file") as caught:
        Desk().eye.find_all(Target(image="/nowhere/at/all.png"))
    assert not isinstance(caught.value, TargetNotFound)


# --- reading ---


def test_an_unchanged_screen_is_read_once_and_a_changed_one_again() -> None:
    written = Written(Open=UPPER)
    desk = Desk(written)
    first = desk.eye.read()
    assert desk.eye.read() is first
    desk.eye.read(languages="eng")
    assert len(written.readings) == 2
    desk.screen.paint(Region(3, 3, 1, 1), (0, 0, 0))
    desk.eye.read()
    assert len(written.readings) == 3


def test_a_screen_that_was_read_reads_the_same_again_after_others() -> None:
    desk = Desk(Written(Open=UPPER))
    whole = desk.eye.read()
    for x in range(8):
        desk.eye.read(Region(x, 0, 100, 100))
    assert desk.eye.read() == whole


def test_the_real_reader_is_asked_for_the_words_that_are_sure(real: Desk) -> None:
    sure = real.eye.read(min_confidence=90)
    assert all(word.confidence >= 90 for word in sure.words)
    assert "Benutzername" in sure.text
    assert sure.region == Region(0, 0, 1100, 700)


def test_a_stop_is_heard_before_the_capture_and_before_the_reading() -> None:
    desk = Desk(Written(Open=UPPER))

    def stop() -> None:
        raise Stop

    for look in (lambda: desk.eye.read(check=stop), lambda: desk.eye.find(Target(text="Open"), check=stop)):
        with pytest.raises(Stop):
            look()
    assert desk.screen.captures == []


def test_a_stop_is_heard_while_another_step_is_reading() -> None:
    written, reading, go_on = Written(Open=UPPER), threading.Event(), threading.Event()

    def during() -> None:
        reading.set()
        assert go_on.wait(30)

    written.during = during
    desk = Desk(written)
    other = threading.Thread(target=desk.eye.read)
    other.start()
    assert reading.wait(30)

    def check() -> None:
        if desk.screen.captures[1:]:
            raise Stop

    with pytest.raises(Stop):
        desk.eye.read(check=check)
    go_on.set()
    other.join(30)
    assert len(written.readings) == 1


def test_steps_that_look_at_once_all_get_their_answer() -> None:
    written = Written(Open=UPPER, Save=LOWER)
    desk = Desk(written)
    found: list[Region] = []
    targets = [Target(text="Open"), Target(text="Save")] * 8
    threads = [
        threading.Thread(target=lambda target=target: found.append(desk.eye.find(target).rect)) for target in targets
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(rect.y for rect in found) == [UPPER.y] * 8 + [LOWER.y] * 8
    assert len(written.readings) == 1


# --- pictures of it ---


def test_png_and_changed_are_those_of_frames(orders: Rendered) -> None:
    eye = Desk().eye
    moved = frame_of(orders.image, x=40)
    assert eye.changed(moved, moved) is None
    assert eye.png(moved, masks=[Region(0, 0, 5, 5)]) == encode(moved)
    memory = bytearray(moved.pixels)
    memory[0] ^= 1
    assert eye.changed(moved, Frame(memory, moved.region, now())) == Region(40, 0, 1, 1)
    assert pixels(moved).shape == (700, 1100, 4)


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = "numpy", "cv2", "PIL", "tesserocr", "rapidfuzz", "xxhash"
    program = f"import sys, agent.vision; sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
