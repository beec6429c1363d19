"""What was read, as text."""

from __future__ import annotations

from agent.core.geometry import Region
from agent.core.text import Line, TextRead, Word


def test_words_make_lines_and_lines_make_the_text() -> None:
    box = Region(0, 0, 10, 10)
    read = TextRead(
        (Line((Word("Offene", box, 90), Word("Aufträge", box, 70)), box), Line((Word("3", box, 50),), box)), box
    )
    assert read.text == "Offene Aufträge\n3"
    assert [word.text for word in read.words] == ["Offene", "Aufträge", "3"]
    assert read.confidence == 70


def test_nothing_read_is_no_text_and_no_confidence() -> None:
    empty = TextRead((), Region(0, 0, 1, 1))
    assert (empty.text, empty.words, empty.confidence) == ("", (), 0.0)
