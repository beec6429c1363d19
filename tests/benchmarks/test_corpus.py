"""The corpus: its sets are apart, and what its windows say of their texts is what is on the screen."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from agent.cli.bench.corpus import GENERATOR, NoCorpus, corpus, frame_of, sequence, told
from agent.cli.bench.rows.reading import unequal
from agent.devices.virtual_display import VirtualDisplay
from agent.vision.memory import ReadMemory

SCREENS = json.loads(GENERATOR.with_name("screens.json").read_text("utf-8"))["sets"]
WORDS = json.loads(GENERATOR.with_name("words.json").read_text("utf-8"))["words"]


def needs(toolkit: str) -> None:
    """Skip when the toolkit is not on this machine."""
    checks = {
        "tk": [sys.executable, "-c", "import tkinter"],
        "gtk": ["/usr/bin/python3", "-c", "import gi; gi.require_version('Gtk', '3.0'); from gi.repository import Gtk"],
        "web": ["chromium", "--version"],
    }
    check = checks.get(toolkit)
    if check is None:
        return
    if shutil.which(check[0]) is None or subprocess.run(check, capture_output=True, check=False).returncode:
        pytest.skip(f"{toolkit} is not installed")


def make(name: str, chosen: str, out: Path) -> Path:
    """The JSON of one screen."""
    command = [sys.executable, str(GENERATOR), str(out), "--set", chosen, "--only", name]
    subprocess.run(command, check=True, timeout=90)
    return out / f"{name}.json"


def ink(pixels: np.ndarray) -> float:
    """The share of the columns in which something stands out."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    return float((np.ptp(grey, axis=0) > 12).mean())


def test_the_sets_share_no_font_no_layout_and_no_words() -> None:
    tuning, held_out = SCREENS["tuning"], SCREENS["held_out"]
    assert len(tuning) >= 8
    assert len(held_out) >= 12
    for key in ("font", "domain", "layout", "seed", "name"):
        assert {screen[key] for screen in tuning}.isdisjoint(screen[key] for screen in held_out), key
    for language in ("de", "en"):
        for kind in ("last", "place", "thing", "remark"):
            assert set(WORDS[f"{language}/a"][kind]).isdisjoint(WORDS[f"{language}/b"][kind])


def test_the_held_out_screens_have_every_toolkit_theme_language_and_scale() -> None:
    held_out = SCREENS["held_out"]
    assert {screen["toolkit"] for screen in held_out} == {"qt", "tk", "gtk", "web"}
    assert {screen["scale"] for screen in held_out} == {100, 125, 150, 200}
    assert {(screen["dark"], screen["language"]) for screen in held_out} == {
        (dark, language) for dark in (True, False) for language in ("de", "en")
    }


@pytest.mark.desktop
@pytest.mark.parametrize(
    "name", ["qt-windows-light-de-150", "tk-clam-dark-de-dialog", "gtk-adwaita-light-de-dialog-125", "web-light-de"]
)
def test_where_a_window_says_that_text_is_there_is_ink(
    name: str, virtual_display: VirtualDisplay, tmp_path: Path
) -> None:
    needs(name.split("-", maxsplit=1)[0])
    file = make(name, "tuning", tmp_path)
    picture = cv2.imread(str(file.with_suffix(".png")))
    truths, _ = told(file)
    assert len(truths) > 70
    for truth in truths:
        rect = truth.rect
        assert ink(picture[rect.y : rect.bottom, rect.x : rect.right]) > 0.5, truth
        # A letter more on either side would be another text or the background.
        assert rect.x >= 0
        assert rect.right <= picture.shape[1]


@pytest.mark.desktop
def test_what_lies_under_a_dialog_is_not_told(virtual_display: VirtualDisplay, tmp_path: Path) -> None:
    file = make("qt-windows-light-de-150", "tuning", tmp_path)
    truths, ignored = told(file)
    question = next(truth for truth in truths if truth.text.startswith("Möchten Sie"))
    over = question.rect.grown(20)
    others = {truth.text for truth in truths if not truth.rect.intersection(over).is_empty} - {question.text}
    assert all("Auftrag" in text or text in ("Übernehmen", "Verwerfen") for text in others)
    assert ignored  # two lines of the list stick out of it


@pytest.mark.desktop
@pytest.mark.parametrize("name", ["qt-windows-light-en-125", "tk-alt-light-de", "gtk-contrast-light-en", "web-dark-de"])
def test_a_story_changes_one_cell_and_opens_a_dialog(
    name: str, virtual_display: VirtualDisplay, tmp_path: Path
) -> None:
    needs(name.split("-", maxsplit=1)[0])
    page = next(page for page in corpus(tmp_path, only=name) if page.story)
    kinds = [moment.kind for moment in page.story]
    assert kinds == ["start", *["cell"] * 4, "dialog", "plain", "dialog", "plain", "scroll", "film", "film"]
    before, after = (cv2.imread(str(moment.picture)) for moment in page.story[:2])
    cell = page.story[1].new[0].rect.grown(4)
    rows, columns = np.nonzero((before != after).any(axis=2))
    assert cell.y <= rows.min() <= rows.max() < cell.bottom
    assert cell.x - 60 <= columns.min() <= columns.max() < cell.right  # the amount before may have been wider
    assert len(page.story[5].new) == 2


def test_without_a_checkout_the_rows_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.cli.bench.corpus.GENERATOR", tmp_path / "make.py")
    with pytest.raises(NoCorpus, match="which are not here"):
        corpus(tmp_path)


@pytest.mark.desktop
def test_a_frame_is_read_the_same_whatever_was_read_before_it(virtual_display: VirtualDisplay, tmp_path: Path) -> None:
    pictures = sequence(tmp_path, 20)
    assert len(pictures) == 20
    assert unequal(map(frame_of, pictures), ReadMemory) == []
