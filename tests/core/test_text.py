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


def test_a_line_lies_around_its_words() -> None:
    words = [Word("a", Region(-5, 3, 10, 10), 90), Word("g", Region(8, 1, 4, 16), 90)]
    assert Line.of(words) == Line(tuple(words), Region(-5, 1, 17, 16))


def test_unsure_words_are_left_out_and_empty_lines_with_them() -> None:
    sure, unsure = Word("sure", Region(0, 0, 10, 10), 60), Word("unsure", Region(20, 0, 10, 30), 59)
    read = TextRead((Line.of([sure, unsure]), Line.of([unsure])), Region(0, 0, 99, 99))
    assert read.sure(60) == TextRead((Line.of([sure]),), read.region)
    assert read.sure(59) == read
