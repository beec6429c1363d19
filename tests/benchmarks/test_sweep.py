"""The sweep: all readers on all screens, in turns."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from agent.cli.bench.accuracy import Seen, Truth
from agent.cli.bench.corpus import Page
from agent.cli.bench.peer import PeerFailed
from agent.cli.bench.rows.reading import unequal
from agent.cli.bench.sweep import Reading, sweep
from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.text import Line, TextRead, Word

PLACE = Region(0, 0, 50, 20)


def page(text: str) -> Page:
    """A screen with one word."""
    return Page(text, Path(f"{text}.png"), (Truth(text, PLACE),), (), ())


def test_every_reader_reads_every_screen_in_turns_and_the_first_one_once_more() -> None:
    order: list[str] = []

    def reader(name: str, answer: str) -> object:
        def read(picture: Path) -> Reading:
            order.append(f"{name} {picture.stem}")
            return Reading([Seen(answer or picture.stem, PLACE, 90)], 1.0 + len(order))

        return read

    found = sweep([page("eins"), page("zwei")], {("", "deu"): reader("a", ""), ("b", "eng"): reader("b", "eins")})  # type: ignore[dict-item]  # a reader by shape
    assert order == ["a eins", "b eins", "a eins", "b eins", "a zwei", "b zwei"]
    assert found["", "deu"].accuracy.wrong_words == 0
    assert found["b", "eng"].accuracy.wrong_words == 1
    assert found["", "deu"].seconds == (4.0, 6.0)


def test_a_reader_that_fails_is_left_out_and_the_others_go_on() -> None:
    def broken(picture: Path) -> Reading:
        raise PeerFailed

    def fine(picture: Path) -> Reading:
        return Reading([], 1.0)

    found = sweep([page("eins"), page("zwei")], {("x", "deu"): broken, ("", "deu"): fine})
    assert list(found) == [("", "deu")]
    assert found["", "deu"].accuracy.wrong_characters == 8


class Forgetful:
    """Reads rightly the first time only."""

    def __init__(self) -> None:
        self.reads = 0

    def read(self, frame: Frame, **settings: object) -> TextRead:
        self.reads += 1
        word = Word("alt" if self.reads > 2 else "neu", PLACE, 90)
        return TextRead((Line((word,), PLACE),), PLACE)


def test_a_memory_that_reads_a_later_frame_otherwise_is_found_out() -> None:
    frames = [Frame(bytes(50 * 20 * 4), PLACE, datetime.now(UTC)) for _ in range(4)]
    assert unequal(iter(frames), Forgetful) == [2, 3]  # type: ignore[arg-type]  # a memory by shape
