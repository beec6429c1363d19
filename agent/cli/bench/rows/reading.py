"""Rows: reading screens of real toolkits that the reader was not tuned on (see `agent.cli.bench.corpus`).

Everyone is given the same pictures, so the capture is not counted: ``capture.full`` says what it costs.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle
from multiprocessing import get_context
from typing import TYPE_CHECKING

from agent.cli.bench.accuracy import Seen, accuracy
from agent.cli.bench.corpus import Page, frame_of, sequence
from agent.cli.bench.measure import timed
from agent.cli.bench.peer import Peer, PeerFailed
from agent.cli.bench.row import Case, Pair, case
from agent.cli.bench.stand import MS, Stand
from agent.cli.bench.sweep import BOTH, Sweep, read_frame
from agent.core.errors import ErrorRecord
from agent.core.frame import Frame
from agent.core.geometry import Region

if TYPE_CHECKING:
    from agent.cli.bench.corpus import Moment
    from agent.core.text import TextRead
    from agent.vision.memory import ReadMemory

_RIVALS = (("", "pytesseract", BOTH), (".deu", "pytesseract", "deu"), (".tesserocr", "tesserocr", BOTH))
"""What a row's id ends in, and whom it is measured beside."""
_FRAMES = 200
_CHANGES = 10_000
_WORDS = "Auftrag Lager Kunde Preis Menge Ort Datum Betrag Status Artikel".split()


# --- all screens once ---


def _beside(
    case_id: str, title: str, figure: Callable[[Sweep], float], *, unit: str = "%", at_most: float | None = None
) -> tuple[Case, ...]:
    """A row for each rival, with a figure of the one sweep over all screens that all these rows share."""

    def row(ending: str, peer: str, languages: str) -> Case:
        @case(case_id + ending, title, peer=peer, reads=languages, unit=unit, at_most=at_most)
        def beside(stand: Stand, _peer: Peer) -> Pair:
            theirs = stand.readings.get((peer, languages))
            return Pair(figure(stand.readings["", BOTH]), figure(theirs) if theirs else None)

        return beside

    return tuple(row(*rival) for rival in _RIVALS)


CHARACTERS = _beside(
    "ocr.accuracy.characters",
    "Characters that are read wrongly",
    lambda sweep: sweep.accuracy.lost_characters,
    at_most=0.5,
)
WORDS = _beside(
    "ocr.accuracy.words",
    "Words that are not read letter by letter",
    lambda sweep: sweep.accuracy.lost_words,
    at_most=1.5,
)
UMLAUTS = _beside(
    "ocr.accuracy.umlauts",
    "Umlauts and ß that are read wrongly",
    lambda sweep: sweep.accuracy.lost_umlauts,
    at_most=0.5,
)
NUMBERS = _beside(
    "ocr.accuracy.numbers",
    "Amounts, dates and numbers that are wrong and not doubted",
    lambda sweep: sweep.accuracy.silent,
    unit="",
    at_most=0,
)
EXTRA = _beside(
    "ocr.accuracy.extra", "Words that are read where there is no text", lambda sweep: sweep.accuracy.extra, unit=""
)


def _cold(stand: Stand, rival: tuple[str, str], figure: Callable[[Sequence[float]], float]) -> Pair:
    mine, theirs = stand.readings["", BOTH], stand.readings.get(rival)
    return Pair(figure(mine.seconds) * MS, figure(theirs.seconds) * MS if theirs else None)


@case("ocr.cold", "Read a screen for the first time", peer="pytesseract", reads=BOTH, times=2, at_most=2000)
def cold(stand: Stand, peer: Peer) -> Pair:
    """The median of all screens, some with 500 texts, some with 60."""
    return _cold(stand, ("pytesseract", BOTH), statistics.median)


@case("ocr.cold.deu", "Read a screen for the first time", peer="pytesseract", reads="deu")
def cold_deu(stand: Stand, peer: Peer) -> Pair:
    """Ours still reads both languages."""
    return _cold(stand, ("pytesseract", "deu"), statistics.median)


@case("ocr.cold.tesserocr", "Read a screen for the first time", peer="tesserocr", reads=BOTH)
def cold_tesserocr(stand: Stand, peer: Peer) -> Pair:
    """In process too, without the start of a program and without its loading of models."""
    return _cold(stand, ("tesserocr", BOTH), statistics.median)


@case("ocr.cold.worst", "Read the slowest screen for the first time", peer="pytesseract", reads=BOTH, at_most=2000)
def cold_worst(stand: Stand, peer: Peer) -> Pair:
    """Each side's own slowest one."""
    return _cold(stand, ("pytesseract", BOTH), max)


# --- a screen that changes ---


def _again(stand: Stand, peer: Peer, languages: str, kinds: Sequence[str]) -> Pair:
    """Read the stories; what counts is the reading of the moments of these kinds, after all that was before them.

    The peer reads one moment of each kind in each story: it does not know what it has read before.
    """
    mine: list[float] = []
    theirs: list[float] = []
    wrong = total = 0
    for page in _stories(stand):
        memory = _memory(stand)
        for moment in page.story:
            read, seconds = read_frame(memory, frame_of(moment.picture))
            if moment.kind in kinds:
                mine.append(seconds)
                wrong += _wrong(moment, read)
                total += len(moment.new)
        theirs += _peer_seconds(peer, languages, page, kinds)
    pair = Pair(statistics.median(mine) * MS, statistics.median(theirs) * MS if theirs else None)
    if not wrong:
        return pair
    values = {"wrong": wrong, "all": total}
    note = ErrorRecord("Note", "{wrong} of {all} changed texts were not read rightly.", "", values)
    return replace(pair, note=note)


def _peer_seconds(peer: Peer, languages: str, page: Page, kinds: Sequence[str]) -> list[float]:
    seconds = []
    for kind in kinds:
        moment = next(moment for moment in page.story if moment.kind == kind)
        try:
            peer.ask("load", path=str(moment.picture))
            seconds.append(peer.ask("read", languages=languages)[1])
        except PeerFailed:
            return []
    return seconds


def _stories(stand: Stand) -> Iterator[Page]:
    return (page for page in stand.pages if page.story)


def _memory(stand: Stand) -> ReadMemory:
    from agent.vision.memory import ReadMemory

    return ReadMemory(tessdata=stand.settings.tessdata)


def _wrong(moment: Moment, read: TextRead) -> int:
    """How many of the new texts are not there, letter by letter."""
    words = [Seen(word.text, word.rect, word.confidence) for word in read.words]
    return sum(accuracy([truth], words).wrong_words > 0 for truth in moment.new)


@case("ocr.cell", "Read a screen again after one cell has changed", peer="pytesseract", reads=BOTH, times=100)
def cell(stand: Stand, peer: Peer) -> Pair:
    """What a workflow does all day: look again at a screen that is nearly the same."""
    return _again(stand, peer, BOTH, ("cell",))


@case("ocr.cell.deu", "Read a screen again after one cell has changed", peer="pytesseract", reads="deu")
def cell_deu(stand: Stand, peer: Peer) -> Pair:
    """Ours still reads both languages."""
    return _again(stand, peer, "deu", ("cell",))


@case("ocr.dialog", "Read a screen again after a dialog has come up", peer="pytesseract", reads=BOTH, times=25)
def dialog(stand: Stand, peer: Peer) -> Pair:
    """Two lines and two buttons over the table."""
    return _again(stand, peer, BOTH, ("dialog",))


@case("ocr.dialog.deu", "Read a screen again after a dialog has come up", peer="pytesseract", reads="deu")
def dialog_deu(stand: Stand, peer: Peer) -> Pair:
    """Ours still reads both languages."""
    return _again(stand, peer, "deu", ("dialog",))


@case("ocr.changed", "New texts, in cells and dialogs, that are read wrongly", unit="", at_most=0)
def changed(stand: Stand, peer: Peer) -> Pair:
    """The other half of the rows above: quick is no use where it is wrong."""
    wrong = 0
    for page in _stories(stand):
        memory = _memory(stand)
        for moment in page.story:
            read, _ = read_frame(memory, frame_of(moment.picture))
            wrong += _wrong(moment, read)
    return Pair(wrong, None)


@case("ocr.moved", "Read a screen of which most has changed", peer="tesserocr", reads=BOTH, times=1 / 1.1)
def moved(stand: Stand, peer: Peer) -> Pair:
    """A table that was scrolled, a film that plays: never more than a tenth slower than a plain reading."""
    return _again(stand, peer, BOTH, ("scroll", "film"))


@case("ocr.same", "Read a screen again, nothing has changed", peer="pytesseract", reads=BOTH, at_most=1)
def same(stand: Stand, peer: Peer) -> Pair:
    """What waiting for a text costs for each look. Another frame with the same pixels, as a capture gives it."""
    page = next(_stories(stand))
    memory, frames = _memory(stand), cycle([frame_of(page.picture), frame_of(page.picture)])
    ours = timed(lambda: read_frame(memory, next(frames)), calls=30)
    peer.call("load", path=str(page.picture))
    return stand.race(ours, peer.turn("read", languages=BOTH), rounds=1)


# --- what must never happen ---


@case("ocr.equal", "Frames of 200 that read otherwise than for the first time", unit="", at_most=0)
def equal(stand: Stand, peer: Peer) -> Pair:
    """A window at work: typing, dialogs, scrolling, a playing film. Words, places and confidences are compared."""
    pictures = sequence(stand.folder / "sequence", _FRAMES if stand.rounds is None else 20)
    return Pair(len(unequal(map(frame_of, pictures), lambda: _memory(stand))), None)


def unequal(frames: Iterator[Frame], memory: Callable[[], ReadMemory]) -> list[int]:
    """The numbers of the frames that a memory which has read all before reads otherwise than a new one."""
    lasting = memory()
    found = []
    for number, frame in enumerate(frames):
        if read_frame(lasting, frame)[0] != read_frame(memory(), frame)[0]:
            found.append(number)
    return found


@case("ocr.memory", "Memory that 10,000 changed frames leave behind", unit="MB", at_most=50)
def memory(stand: Stand, peer: Peer) -> Pair:
    """In a process of its own: in this one, what other rows give back would hide what this one takes."""
    changes = _CHANGES if stand.rounds is None else _CHANGES // 20
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as process:
        return Pair(process.submit(_growth, changes, stand.settings.tessdata).result() / 1e6, None)


def _growth(changes: int, tessdata: str) -> int:
    """By how many bytes this process grows. Small frames, each one never seen before; the first tenth warms up."""
    import psutil

    from agent.vision.memory import ReadMemory

    process, reader = psutil.Process(), ReadMemory(tessdata=tessdata)
    before = 0
    for number in range(changes):
        if number == changes // 10:
            before = process.memory_info().rss
        read_frame(reader, _word_frame(number))
    return max(int(process.memory_info().rss) - before, 0)


def _word_frame(number: int) -> Frame:
    """Two words on white: others, or in another ink, for each of the first 10,000 numbers.

    Elsewhere in the picture would not do: the reader knows a text by its pixels wherever it stands.
    """
    import cv2
    import numpy as np

    ink, pair = divmod(number, len(_WORDS) ** 2)
    first, second = divmod(pair, len(_WORDS))
    pixels = np.full((24, 170, 4), 255, np.uint8)
    text = f"{_WORDS[first]} {_WORDS[second]}"
    cv2.putText(pixels, text, (4, 17), cv2.FONT_HERSHEY_SIMPLEX, 0.55, (ink, ink, ink, 255), 1)
    return Frame(pixels.tobytes(), Region(0, 0, 170, 24), datetime.now(UTC))
