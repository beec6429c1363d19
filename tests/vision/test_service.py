"""The OCR service: any picture, any settings; known texts, many at once, stopped at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QImage

from agent.core.errors import ActionError, AgentError, OcrFailed, OcrLanguageMissing, Stop
from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.ocr import OcrResult, OcrSettings
from agent.vision.reader import TextReader
from agent.vision.service import OcrService, frame_of_file, key_of
from tests.vision.rendered import Style, frame_of, message_window

LINES = ["Größe und Übergabe", "Bitte 4711 Aufträge prüfen"]
PLAIN = OcrSettings(psm=6, scale=2, languages="deu")


@pytest.fixture(scope="module")
def image() -> QImage:
    """A dialog with two lines of text and no button."""
    return message_window(LINES, Style(points=11), buttons=()).image


@pytest.fixture
def frame(image: QImage) -> Frame:
    """The dialog as a capture at 100,50."""
    return frame_of(image, 100, 50)


@pytest.fixture
def file(image: QImage, tmp_path: Path) -> Path:
    """The dialog as a file."""
    path = tmp_path / "dialog.png"
    assert image.save(str(path))
    return path


@pytest.fixture
def service() -> OcrService:
    """A service of its own."""
    return OcrService()


def go_on() -> None:
    """A check that never says stop."""


def test_by_default_it_reads_as_the_reader_does(service: OcrService, frame: Frame) -> None:
    expected = TextReader().read(frame, languages="deu+eng", min_confidence=60, check=go_on)
    assert service.read(frame).text == expected
    assert expected.text == "\n".join(LINES)


def test_a_file_is_read_as_a_capture_at_the_origin(service: OcrService, frame: Frame, file: Path) -> None:
    by_file, by_frame = service.read(file).text, service.read(frame).text
    assert by_file.text == by_frame.text
    moved = [word.rect.moved(100, 50) for word in by_file.words]
    assert moved == [word.rect for word in by_frame.words]


@pytest.mark.parametrize("scale", [None, 1.5, 3])
def test_one_plain_pass_gives_places_in_the_captured_pixels(
    service: OcrService, frame: Frame, scale: float | None
) -> None:
    read = service.read(frame, OcrSettings(psm=6, scale=scale, languages="deu", min_confidence=30)).text
    expected = {word.text: word.rect for word in service.read(frame).text.words}
    assert len(read.lines) == 2
    found = [word for word in read.words if word.text in expected]
    assert len(found) >= 5
    for word in found:
        assert expected[word.text].grown(4).contains(word.rect.center)
        assert abs(word.rect.width - expected[word.text].width) <= 6


@pytest.mark.parametrize(
    "option",
    [{"contrast": 1.5}, {"sharpen": 1}, {"grey": "red"}, {"dpi": 150}, {"oem": 3}, {"psm": 11}, {"denoise": 0}],
    ids=str,
)
def test_each_option_is_heeded_and_reads(service: OcrService, frame: Frame, option: dict[str, object]) -> None:
    settings = OcrSettings.model_validate({"scale": 2, "languages": "deu"} | option)
    assert "Größe" in service.read(frame, settings).text.text.split()


def test_numbers_alone_can_be_read_in_one_pass(service: OcrService) -> None:
    frame = frame_of(message_window(["4711"], Style(points=14), buttons=()).image)
    assert service.read(frame, OcrSettings(mode="number", scale=2)).text.text == "4711"


def test_words_below_the_threshold_are_left_out(service: OcrService, frame: Frame) -> None:
    every = service.read(frame, PLAIN.model_copy(update={"min_confidence": 0})).text
    least = sorted(word.confidence for word in every.words)[len(every.words) // 2]
    sure = service.read(frame, PLAIN.model_copy(update={"min_confidence": least})).text
    assert [word for word in every.words if word.confidence >= least] == list(sure.words)
    assert 0 < len(sure.words) < len(every.words)
    assert sure.confidence > every.confidence


def test_the_same_pixels_are_known(service: OcrService, frame: Frame, file: Path) -> None:
    first, again = service.read(frame, PLAIN), service.read(frame, PLAIN)
    assert (first.known, again.known) == (False, True)
    assert again.text == first.text
    other = Frame(bytearray(frame.pixels), frame.region, frame.taken_at)
    other.pixels[2] ^= 1  # type: ignore[index]  # a bytearray
    assert not service.read(other, PLAIN).known
    assert not service.read(file, PLAIN).known  # the same pixels at another place


def test_every_setting_makes_another_key(frame: Frame) -> None:
    changes: list[dict[str, object]] = [{}, {"languages": "deu"}, {"mode": "line"}, {"psm": 6}, {"oem": 1}, {"dpi": 96}]
    changes += [{"grey": "red"}, {"contrast": 2}, {"sharpen": 1}, {"denoise": 1}, {"scale": 2}]
    keys = {key_of(frame, OcrSettings.model_validate(change), "") for change in changes}
    keys.add(key_of(frame, OcrSettings(), "/other/tessdata"))
    assert len(keys) == len(changes) + 1
    assert {name for change in changes for name in change} == set(OcrSettings.model_fields) - {"min_confidence"}


def test_clearing_forgets_the_texts_and_the_lines(frame: Frame) -> None:
    reader = TextReader()
    service = OcrService(reader=reader)
    service.read(frame)
    assert len(reader.cache) > 0
    service.clear()
    assert (len(reader.cache), len(service.cache)) == (0, 0)
    assert not service.read(frame).known


def test_texts_can_be_kept_for_the_next_service(service: OcrService, frame: Frame, tmp_path: Path) -> None:
    text = service.read(frame, PLAIN).text
    assert service.save(tmp_path / "texts.json") == 1
    other = OcrService()
    assert other.load(tmp_path / "texts.json") == 1
    again = other.read(frame, PLAIN)
    assert (again.known, again.text) == (True, text)


def test_the_statistics_count_what_was_done(service: OcrService, frame: Frame, tmp_path: Path) -> None:
    text = service.read(frame).text.text
    service.read(frame)
    with pytest.raises(ActionError):
        service.read(tmp_path / "gone.png")
    counted = service.statistics
    assert (counted.reads, counted.known, counted.failed, counted.kept) == (2, 1, 1, 1)
    assert counted.characters == len(text)
    assert counted.hit_rate == 0.5
    assert counted.mean_ms == pytest.approx(1000 * counted.seconds)
    assert counted.characters_per_second == pytest.approx(len(text) / counted.seconds)


def test_many_pictures_come_in_their_order_and_a_bad_one_in_its_place(
    service: OcrService, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.png").write_bytes(b"no picture")
    found = list(service.read_all([file, tmp_path / "bad.png", tmp_path / "gone.png", file], at_once=3))
    assert [type(each) for each in found] == [OcrResult, ActionError, ActionError, OcrResult]
    assert [each.text.text for each in found if isinstance(each, OcrResult)] == ["\n".join(LINES)] * 2


def test_no_more_pictures_are_asked_for_than_may_be_in_work(service: OcrService, file: Path) -> None:
    asked: list[int] = []

    def pictures() -> Iterator[Path]:
        for number in range(10):
            asked.append(number)
            yield file

    results = service.read_all(pictures(), at_once=2)
    next(results)
    assert asked == [0, 1]
    next(results)
    assert asked == [0, 1, 2]


@pytest.mark.parametrize("settings", [OcrSettings(), OcrSettings(psm=6), OcrSettings(psm=11, scale=0.1)], ids=str)
@pytest.mark.parametrize("size", [(0, 0), (0, 9), (1, 1), (1, 60), (60, 1), (4, 4), (9, 9)])
def test_tiny_pictures_hold_no_text(service: OcrService, size: tuple[int, int], settings: OcrSettings) -> None:
    noise = bytes(range(256)) * 2
    frame = Frame(noise[: 4 * size[0] * size[1]], Region(3, 4, *size), datetime.now(UTC))
    assert service.read(frame, settings.model_copy(update={"min_confidence": 90})).text.words == ()


class Held(TextReader):
    """A reader that reads until it is told to stop, as a long page would take."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Event()
        self.ended = threading.Event()

    def read(self, *args: object, check: object, **kwargs: object) -> object:  # type: ignore[override]  # never returns
        self.begun.set()
        try:
            while not self.ended.wait(0.005):
                check()  # type: ignore[operator]  # it is a Check
        finally:
            self.ended.set()
        raise AssertionError("it was not stopped")


def test_a_stop_is_heard_while_a_page_is_read(frame: Frame) -> None:
    reader = Held()

    def stop_once_it_reads() -> None:
        if reader.begun.is_set():
            raise Stop

    with pytest.raises(Stop):
        OcrService(reader=reader).read(frame, check=stop_once_it_reads)
    assert reader.ended.wait(10)


def test_pictures_that_nobody_waits_for_any_more_are_not_read(frame: Frame) -> None:
    reader = Held()
    service = OcrService(reader=reader, workers=1)
    results = service.read_all([frame] * 5, at_once=5, check=lambda: None if not reader.begun.is_set() else stop())
    with pytest.raises(Stop):
        next(results)
    assert reader.ended.wait(10)
    service.close()
    assert service.statistics.reads == 0


def stop() -> None:
    """A check that says stop."""
    raise Stop


@pytest.mark.parametrize("settings", [OcrSettings(languages="deu+xyz"), OcrSettings(languages="xyz", psm=6)], ids=str)
def test_a_missing_language_is_named(service: OcrService, frame: Frame, settings: OcrSettings) -> None:
    with pytest.raises(OcrLanguageMissing) as caught:
        service.read(frame, settings)
    assert caught.value.values["language"] == "xyz"
    assert service.statistics.failed == 1


def test_an_engine_without_data_is_an_error_in_a_batch_too(service: OcrService, frame: Frame) -> None:
    (error,) = service.read_all([frame], OcrSettings(oem=0))
    assert isinstance(error, OcrFailed)
    assert isinstance(error, AgentError)


@pytest.mark.parametrize("kind", ["png", "jpg", "webp", "bmp", "gif"])
def test_usual_image_files_are_read(service: OcrService, image: QImage, tmp_path: Path, kind: str) -> None:
    assert image.save(str(tmp_path / "one.png"))
    with Image.open(tmp_path / "one.png") as picture:
        picture.convert("RGB").save(tmp_path / f"text.{kind}", quality=95)
    assert service.read(tmp_path / f"text.{kind}").text.text.split()[0] == "Größe"


def test_what_is_transparent_counts_as_white(image: QImage, tmp_path: Path) -> None:
    ghost = Image.new("RGBA", (40, 30), (0, 0, 0, 0))
    ghost.putpixel((5, 6), (200, 100, 0, 255))
    ghost.putpixel((7, 8), (0, 0, 0, 128))
    ghost.save(tmp_path / "ghost.png")
    frame = frame_of_file(tmp_path / "ghost.png")
    assert frame.region == Region(0, 0, 40, 30)
    rows = [bytes(frame.pixels[4 * (40 * y + x) : 4 * (40 * y + x) + 3]) for x, y in ((0, 0), (5, 6), (7, 8))]
    assert rows == [b"\xff\xff\xff", bytes([0, 100, 200]), bytes([127, 127, 127])]
