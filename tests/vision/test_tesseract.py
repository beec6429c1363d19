"""The door to Tesseract: data are found or named as missing; the program reads as the library does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agent.core.errors import OcrLanguageMissing
from agent.vision.frame import crop, grey
from agent.vision.reader import prepared
from agent.vision.tesseract import LINE, _Engine, _Program, requirements, tessdata_folder
from tests.vision.rendered import Style, message_window


def test_the_data_are_found_where_the_system_keeps_them() -> None:
    folder = tessdata_folder("", "deu+eng")
    assert (folder / "deu.traineddata").is_file()


def test_a_missing_language_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(OcrLanguageMissing) as caught:
        tessdata_folder(str(tmp_path), "deu")
    record = caught.value.record()
    assert record.values["language"] == "deu"
    assert "deu" in record.values["remedy"]
    assert str(tmp_path) in record.values["places"]


def test_the_doctor_hears_of_each_language(tmp_path: Path) -> None:
    engine, german, other = requirements("deu+xyz", "")
    assert engine.ok
    assert german.ok
    assert not other.ok
    assert "xyz" in other.remedy


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="the program is only the fallback and not installed")
def test_the_program_reads_what_the_library_reads() -> None:
    window = message_window(["Größe und Übergabe"], Style())
    picture = prepared(grey(crop(window.frame, window.truths[0].rect)).copy(), 2)
    folder = tessdata_folder("", "deu")
    by_library = [word.text for word in _Engine("deu", folder)(picture, mode=LINE)]
    by_program = [word.text for word in _Program("deu", folder)(picture, mode=LINE)]
    assert by_library == by_program == ["Größe", "und", "Übergabe"]
