"""Tesseract in this process and as a program: one contract; and what is said when something is missing or broken."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter

from agent.core.errors import AgentError, OcrFailed, OcrLanguageMissing, Stop
from agent.vision.tesseract import BLOCK, LINE, Read, Recognizer, _Shelf, recognizer, requirements, tessdata_folder
from agent.vision.tesseract_library import Library
from agent.vision.tesseract_program import Program
from tests.vision.rendered import application

Picture = NDArray[np.uint8]
Make = Callable[..., Recognizer]
FOLDER = str(tessdata_folder("", "deu+eng"))
TWO_LINES = ("Größe und Übergabe", "4711 Aufträge prüfen")


def drawn(*lines: str) -> tuple[Picture, dict[str, tuple[int, int, int, int]]]:
    """A picture of these lines in large black type, and the box (x, y, right, bottom) of each word's ink."""
    application()
    font = QFont("DejaVu Sans", 1)
    font.setPixelSize(28)
    metrics = QFontMetrics(font)
    image = QImage(
        40 + max(map(metrics.horizontalAdvance, lines)), 40 + 50 * len(lines), QImage.Format.Format_Grayscale8
    )
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setFont(font)
    boxes = {}
    for number, line in enumerate(lines):
        x = 20
        for word in line.split():
            painter.drawText(QRect(x, 20 + 50 * number, 900, 50), word)
            boxes[word] = (x, 20 + 50 * number, x + metrics.horizontalAdvance(word), 70 + 50 * number)
            x += metrics.horizontalAdvance(word + " ")
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    picture = rows[:, : image.width()].copy()
    return picture, {word: inked(picture, box) for word, box in boxes.items()}


def inked(picture: Picture, box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """The smallest box around the dark pixels within a box."""
    x, y, right, bottom = box
    rows, columns = np.nonzero(picture[y:bottom, x:right] < 128)
    return x + int(columns.min()), y + int(rows.min()), x + int(columns.max()) + 1, y + int(rows.max()) + 1


def texts(read: list[Read]) -> list[str]:
    """The words alone."""
    return [word.text for word in read]


def library(languages: str = "deu", folder: str = FOLDER, engine: int = 1) -> Recognizer:
    """The engine in this process."""
    return Library(languages, folder, engine)


def program(languages: str = "deu", folder: str = FOLDER, engine: int = 1) -> Recognizer:
    """The program."""
    return Program(languages, folder, engine)


WITHOUT_PROGRAM = pytest.mark.skipif(shutil.which("tesseract") is None, reason="the program is only the fallback")


@pytest.mark.parametrize("make", [library, pytest.param(program, marks=WITHOUT_PROGRAM)])
class TestRecognizer:
    """What both ways to Tesseract promise."""

    def test_words_come_with_their_boxes(self, make: Make) -> None:
        picture, boxes = drawn(*TWO_LINES)
        read = make()(picture, mode=BLOCK)
        assert texts(read) == " ".join(TWO_LINES).split()
        for word in read:
            assert np.allclose((word.x, word.y, word.right, word.bottom), boxes[word.text], atol=2), word
            assert 60 < word.confidence <= 100

    def test_words_know_their_line(self, make: Make) -> None:
        read = make()(drawn(*TWO_LINES)[0], mode=BLOCK)
        assert [word.line for word in read] == [0, 0, 0, 1, 1, 1]

    def test_the_page_segmentation_mode_is_heeded(self, make: Make) -> None:
        picture = drawn(*TWO_LINES)[0]
        assert {word.line for word in make()(picture, mode=LINE)} <= {0}
        assert {word.line for word in make()(picture, mode=BLOCK)} == {0, 1}

    def test_only_allowed_characters_are_read(self, make: Make) -> None:
        picture = drawn("4711 Aufträge")[0]
        read = make()
        assert set("".join(texts(read(picture, mode=LINE, allowed="0123456789-'\"")))) <= set("0123456789-'\"")
        assert texts(read(picture, mode=LINE)) == ["4711", "Aufträge"]  # and it does not stick

    @pytest.mark.parametrize("dpi", [70, 300])
    def test_any_usual_dpi_gives_the_same_words(self, make: Make, dpi: int) -> None:
        assert texts(make()(drawn(*TWO_LINES)[0], mode=BLOCK, dpi=dpi)) == " ".join(TWO_LINES).split()

    def test_both_languages_read_together(self, make: Make) -> None:
        assert texts(make("deu+eng")(drawn("Größe and the weather")[0], mode=LINE)) == "Größe and the weather".split()

    def test_the_default_engine_mode_reads_too(self, make: Make) -> None:
        assert texts(make(engine=3)(drawn("Übergabe")[0], mode=LINE)) == ["Übergabe"]

    def test_an_engine_mode_without_data_is_named(self, make: Make) -> None:
        with pytest.raises(OcrFailed, match="engine mode 0"):
            make(engine=0)(drawn("Übergabe")[0], mode=LINE)

    @pytest.mark.parametrize("shape", [(0, 0), (1, 1), (3, 40), (40, 3), (200, 300)])
    def test_a_picture_without_text_has_no_words(self, make: Make, shape: tuple[int, int]) -> None:
        for mode in (LINE, BLOCK, 3, 11):
            assert make()(np.full(shape, 255, np.uint8), mode=mode) == []

    def test_a_picture_that_is_too_wide_is_refused(self, make: Make) -> None:
        with pytest.raises(OcrFailed, match="40000×5"):
            make()(np.full((5, 40_000), 255, np.uint8), mode=LINE)

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(b"", id="empty"),
            pytest.param(b"<html>404 not found</html>" * 100, id="a web page"),
            pytest.param(bytes(range(256)) * 40, id="garbage"),
            pytest.param((Path(FOLDER) / "deu.traineddata").read_bytes()[:900_000], id="cut off"),
        ],
    )
    @pytest.mark.parametrize("languages", ["xyz", "eng+xyz"])
    def test_damaged_data_are_named(self, make: Make, tmp_path: Path, content: bytes, languages: str) -> None:
        (tmp_path / "xyz.traineddata").write_bytes(content)
        shutil.copy(Path(FOLDER) / "eng.traineddata", tmp_path)
        with pytest.raises(OcrFailed, match=r"xyz.* damaged"):
            make(languages, str(tmp_path))(drawn("Text")[0], mode=LINE)

    def test_a_stop_is_heard_before_it_begins(self, make: Make) -> None:
        def stop() -> None:
            raise Stop

        with pytest.raises(Stop):
            make()(drawn("Text")[0], mode=LINE, check=stop)


@WITHOUT_PROGRAM
def test_both_read_the_same() -> None:
    picture = drawn("Überprüfen Sie bitte die Größe", "von 1.234,50 € am 03.04.2025")[0]
    assert texts(library()(picture, mode=BLOCK)) == texts(program()(picture, mode=BLOCK))


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(OcrFailed, match="cannot be started"):
        Program("deu", FOLDER, command="no-such-tesseract")(drawn("Text")[0], mode=LINE)


def script(path: Path, *lines: str) -> str:
    """A program of these lines of shell."""
    path.write_text("\n".join(("#!/bin/sh", *lines)))
    path.chmod(0o755)
    return str(path)


def sleeping(seconds: int) -> bool:
    """Whether a child of this process sleeps for so long."""
    return any(child.cmdline() == ["sleep", str(seconds)] for child in psutil.Process().children())


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
class TestBrokenProgram:
    """A program that does not do what Tesseract does."""

    def test_one_that_hangs_is_ended_when_the_time_is_over(self, tmp_path: Path) -> None:
        command = script(tmp_path / "hang", "exec sleep 61")
        with pytest.raises(OcrFailed, match="within"):
            Program("deu", FOLDER, command=command, longest_s=0.1)(drawn("Text")[0], mode=LINE)
        assert not sleeping(61)

    def test_one_that_hangs_is_ended_by_a_stop(self, tmp_path: Path) -> None:
        command = script(tmp_path / "hang", "exec sleep 62")

        def stop_once_it_runs() -> None:
            if sleeping(62):
                raise Stop

        with pytest.raises(Stop):
            Program("deu", FOLDER, command=command)(drawn("Text")[0], mode=LINE, check=stop_once_it_runs)
        assert not sleeping(62)

    def test_what_it_complains_about_is_told(self, tmp_path: Path) -> None:
        command = script(tmp_path / "complain", "echo 'The disk is full.' >&2", "exit 3")
        with pytest.raises(OcrFailed, match=r"The disk is full"):
            Program("deu", FOLDER, command=command)(drawn("Text")[0], mode=LINE)

    def test_one_that_says_nothing_has_failed(self, tmp_path: Path) -> None:
        command = script(tmp_path / "silent", "exit 0")
        with pytest.raises(OcrFailed, match="no answer"):
            Program("deu", FOLDER, command=command)(drawn("Text")[0], mode=LINE)

    def test_nothing_is_left_in_the_temporary_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
        (tmp_path / "tmp").mkdir()
        command = script(tmp_path / "complain", "exit 3")
        with pytest.raises(AgentError):
            Program("deu", FOLDER, command=command)(drawn("Text")[0], mode=LINE)
        assert list((tmp_path / "tmp").iterdir()) == []


def test_many_threads_read_at_once_and_each_its_own_picture() -> None:
    words = [f"Auftrag {number}" for number in range(100, 124)]
    read = recognizer("deu", "")
    pictures = [drawn(word)[0] for word in words]
    with ThreadPoolExecutor(6) as pool:
        found = pool.map(lambda picture: " ".join(texts(read(picture, mode=LINE))), pictures)
        assert list(found) == words


def test_python_goes_on_while_the_library_reads() -> None:
    """The library lets go of the interpreter's lock; if it did not, this thread would get no turn meanwhile."""
    picture = drawn(*TWO_LINES * 6)[0]
    read, turns, over = library(), 0, threading.Event()

    def long_read() -> None:
        read(cv2.resize(picture, None, fx=2, fy=2), mode=BLOCK)
        over.set()

    thread = threading.Thread(target=long_read)
    thread.start()
    while not over.is_set():
        turns += 1
        time.sleep(0)
    thread.join()
    assert turns > 100


def test_engines_that_lie_idle_are_few() -> None:
    shelf = _Shelf()
    engines = [program(str(number)) for number in range(40)]
    for number, engine in enumerate(engines):
        shelf.put((str(number), FOLDER, 1), engine)
    kept = [number for number in range(40) if shelf.take((str(number), FOLDER, 1)) is engines[number]]
    assert kept == list(range(28, 40))
    assert shelf.take(("39", FOLDER, 1)) is None


def test_the_data_are_found_where_the_system_keeps_them() -> None:
    folder = tessdata_folder("", "deu+eng")
    assert (folder / "deu.traineddata").is_file()


def test_a_missing_language_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(OcrLanguageMissing) as caught:
        recognizer("deu", str(tmp_path))
    record = caught.value.record()
    assert record.values["language"] == "deu"
    assert "deu" in record.values["remedy"]
    assert str(tmp_path) in record.values["places"]


def test_a_language_that_is_installed_later_is_found(tmp_path: Path) -> None:
    with pytest.raises(OcrLanguageMissing):
        recognizer("deu", str(tmp_path))
    shutil.copy(Path(FOLDER) / "deu.traineddata", tmp_path)
    assert texts(recognizer("deu", str(tmp_path))(drawn("Größe")[0], mode=LINE)) == ["Größe"]


def test_the_doctor_hears_of_each_language(tmp_path: Path) -> None:
    engine, german, other = requirements("deu+xyz", "")
    assert engine.ok
    assert german.ok
    assert not other.ok
    assert "xyz" in other.remedy


def test_the_doctor_hears_of_damaged_data(tmp_path: Path) -> None:
    (tmp_path / "deu.traineddata").write_bytes(os.urandom(1000))
    _, german = requirements("deu", str(tmp_path))
    assert not german.ok
    assert german.fault is not None
    assert "damaged" in str(german.fault)
