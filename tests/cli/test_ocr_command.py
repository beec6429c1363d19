"""`tla ocr`: text for a pipe, JSON for a program, a sentence for each mistake."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from agent.app import Agent
from agent.cli.command import run_app
from agent.cli.console import Printer
from agent.cli.ocr import read_pictures
from agent.core.errors import ActionError
from agent.devices.fake import FakeDesktop
from agent.resources.language import Language
from agent.settings import Home, Settings
from tests.vision.rendered import Style, message_window

LINES = ["Größe und Übergabe", "Bitte 4711 Aufträge prüfen"]


class Said(NamedTuple):
    """What a command has printed, and its exit code."""

    code: int
    out: str
    err: str


Ocr = Callable[..., Said]


@pytest.fixture
def ocr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Ocr:
    """Run `tla ocr` with these arguments, in English and with a home of its own."""
    monkeypatch.setenv("TLA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str | Path) -> Said:
        code = run_app(["ocr", *map(str, arguments)])
        return Said(code, *capfd.readouterr())

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A picture of two lines."""
    path = tmp_path / "message.png"
    assert message_window(LINES, Style(points=11), buttons=()).image.save(str(path))
    return path


def test_only_the_text_goes_into_the_pipe(ocr: Ocr, file: Path) -> None:
    said = ocr(file)
    assert said.out == "\n".join(LINES) + "\n"
    assert said.err.startswith("7 words, confidence 9")
    assert said.code == 0


def test_long_lines_are_not_wrapped_and_brackets_mean_nothing(ocr: Ocr, tmp_path: Path) -> None:
    line = "Eine lange Zeile mit [bold] Klammern, die viel breiter ist als das Fenster, in dem sie steht"
    path = tmp_path / "long.png"
    assert message_window([line], Style(points=11), buttons=()).image.save(str(path))
    assert ocr(path).out.splitlines() == [line]


def test_the_json_is_as_documented(ocr: Ocr, file: Path) -> None:
    told = json.loads(ocr(file, "--json", "--languages", "deu").out)
    assert told["file"] == str(file)
    assert told["text"] == "\n".join(LINES)
    assert [line["text"] for line in told["lines"]] == LINES
    assert [word["line"] for word in told["words"]] == [0, 0, 0, 1, 1, 1, 1]
    assert set(told["words"][0]) == {"text", "x", "y", "width", "height", "confidence", "line"}
    assert 80 < told["confidence"] <= 100
    assert told["seconds"] > 0
    assert told["characters_per_second"] > 0
    assert told["settings"]["languages"] == "deu"
    assert told["settings"]["min_confidence"] == 60


def test_several_files_are_read_and_a_bad_one_does_not_end_it(ocr: Ocr, file: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"no picture")
    said = ocr(file, tmp_path / "bad.png", file)
    assert said.out.count(LINES[0]) == 2
    assert said.out.splitlines()[0] == str(file)
    assert "bad.png cannot be read" in said.err
    assert said.code == 2


def test_several_files_give_a_list_with_errors_in_their_place(ocr: Ocr, file: Path) -> None:
    said = ocr(file, "gone.png", "--json")
    good, bad = json.loads(said.out)
    assert good["text"] == "\n".join(LINES)
    assert bad["file"] == "gone.png"
    assert bad["error"]["type"] == "ActionError"
    assert "gone.png" in bad["error"]["message"]
    assert said.code == 2


def test_options_of_tesseract_are_handed_on(ocr: Ocr, file: Path) -> None:
    options = "--psm 6 --oem 1 --dpi 150 --scale 2 --contrast 1.2 --sharpen 0.5 --denoise 0 --grey brightness"
    told = json.loads(ocr(file, "--json", *options.split(), "--min-confidence", "30").out)
    assert "Größe" in told["text"]
    wanted = {"psm": 6, "oem": 1, "dpi": 150, "scale": 2, "contrast": 1.2, "sharpen": 0.5, "denoise": 0}
    assert told["settings"].items() >= (wanted | {"grey": "brightness", "min_confidence": 30}).items()


def test_a_table_is_printed_cell_by_cell(ocr: Ocr, tmp_path: Path) -> None:
    rows = [["Nr.", "Ort", "Menge"], ["4711", "Köln", "12"], ["4712", "Ulm", "7"], ["4713", "Bonn", "130"]]
    path = tmp_path / "table.png"
    wide = ["     ".join(f"{cell:\u2003<8}" for cell in row) for row in rows]
    assert message_window(wide, Style(points=12, family="DejaVu Sans Mono"), buttons=()).image.save(str(path))
    assert [line.split("\t") for line in ocr(path, "--table").out.splitlines()] == rows
    table = json.loads(ocr(path, "--table", "--json").out)["table"]
    assert [table["columns"], *table["rows"]] == rows


def test_where_there_is_no_table_it_says_so(ocr: Ocr, file: Path) -> None:
    said = ocr(file, "--table")
    assert said.out == ""
    assert "no columns" in said.err
    assert said.code == 2
    assert json.loads(ocr(file, "--table", "--json").out)["table"] is None


@pytest.mark.parametrize(
    ("arguments", "sentence", "code"),
    [
        pytest.param([], "nothing to read", 1, id="nothing"),
        pytest.param(["--screen", "x.png"], "or too much", 1, id="both"),
        pytest.param(["x.png", "--region", "0,0,9,9"], "belongs to --screen", 1, id="region of a file"),
        pytest.param(["--screen", "--region", "1,2,3"], "no region", 1, id="three numbers"),
        pytest.param(["--screen", "--region", "0,0,-5,9"], "no region", 1, id="negative"),
        pytest.param(["x.png", "--psm", "14"], "psm must be at most 13", 1, id="psm"),
        pytest.param(["x.png", "--grey", "pink"], "grey must be one of", 1, id="grey"),
        pytest.param(["x.png", "--languages", "../etc"], "languages must be written", 1, id="languages"),
        pytest.param(["x.png", "--mode", "page"], "mode must be one of", 1, id="mode"),
        pytest.param(["x.png"], "There is no image file x.png", 2, id="missing"),
        pytest.param(["."], "There is no image file", 2, id="a folder"),
    ],
)
def test_each_mistake_gets_a_sentence(ocr: Ocr, arguments: list[str], sentence: str, code: int) -> None:
    said = ocr(*arguments)
    assert sentence in " ".join(said.err.split())
    assert said.code == code
    assert said.out == ""


def test_a_missing_language_is_named(ocr: Ocr, file: Path) -> None:
    said = ocr(file, "--languages", "deu+xyz")
    assert "language xyz" in said.err
    assert said.code == 4


def test_the_screen_is_read_within_a_region(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    frame = message_window(LINES, Style(points=11), buttons=()).frame
    desktop = FakeDesktop()
    desktop.screen.show(frame)
    with Agent(Home(tmp_path), Settings(language="en"), devices=desktop.devices) as agent:
        options = {"screen": True, "as_table": False, "as_json": True, "options": {}}
        half = f"0,0,{frame.region.width},{frame.region.height // 2}"
        assert read_pictures(agent, [], Printer(Language("en")), region=half, **options) == 0  # type: ignore[arg-type]  # mixed
    told = json.loads(capfd.readouterr().out)
    assert told["file"] is None
    assert told["text"] == LINES[0]


def test_a_region_off_the_screen_is_refused(tmp_path: Path) -> None:
    with (
        Agent(Home(tmp_path), Settings(language="en"), devices=FakeDesktop().devices) as agent,
        pytest.raises(ActionError, match="nothing of it lies on the screen"),
    ):
        read_pictures(
            agent,
            [],
            Printer(Language("en")),
            options={},
            screen=True,
            region="5000,0,10,10",
            as_table=False,
            as_json=False,
        )


def test_a_german_reads_german(ocr: Ocr, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert "Tesseracts Seitenmodus" in ocr("--help").out
    assert ocr(file).err.startswith("7 Wörter")
    assert "höchstens 13 sein" in " ".join(ocr(file, "--psm", "14").err.split())
