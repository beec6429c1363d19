"""Reading: as good as the truth of the widgets, and the same whether cold or from memory."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.errors import OcrLanguageMissing, Stop
from agent.core.frame import Frame
from agent.core.text import TextRead
from agent.vision.frame import crop
from agent.vision.reader import TextReader
from tests.vision.rendered import Rendered, Style, message_window, orders_window

STYLES = [
    Style(seed=1),
    Style(points=9, seed=6, grid=False),
    Style(family="DejaVu Serif", dark=True, seed=4),
    Style(points=12, dark=True, seed=8),
]


def go_on() -> None:
    """A check that never says stop."""


def read(frame: Frame, reader: TextReader | None = None, languages: str = "deu+eng") -> TextRead:
    return (reader or TextReader()).read(frame, languages=languages, check=go_on)


def words_right(window: Rendered, text: TextRead) -> float:
    """The share of the true words that were read at their place."""
    right = total = 0
    for truth in window.truths:
        there = [word.text.replace("...", "…") for word in text.words if truth.rect.grown(2).contains(word.rect.center)]
        for word in truth.text.split():
            total += 1
            if word in there:
                right += 1
                there.remove(word)
    return right / total


@pytest.mark.parametrize("style", STYLES, ids=str)
def test_a_window_is_read_nearly_without_a_fault(style: Style) -> None:
    window = orders_window(style)
    # The made-up names hold é, ë and Á, which the German model does not know: they are the missing percents.
    assert words_right(window, read(window.frame)) >= 0.97


@pytest.mark.parametrize("style", STYLES, ids=str)
def test_amounts_and_dates_are_read_to_the_digit(style: Style) -> None:
    window = orders_window(style)
    text = read(window.frame).text
    for row in window.rows:
        assert row[1] in text
        assert row[4] in text


def test_an_amount_keeps_its_comma_where_the_english_model_does_not_see_it() -> None:
    window = orders_window(Style(family="Nimbus Sans", dark=True, seed=104))
    text = read(window.frame).text
    assert [row[4] for row in window.rows if row[4] not in text] == []


def test_names_in_a_cell_with_a_number_keep_their_umlauts() -> None:
    window = orders_window(Style(points=11, dark=True, grid=False, seed=102))
    assert words_right(window, read(window.frame)) >= 0.99


def test_bold_letters_on_a_gradient_are_not_taken_for_the_background() -> None:
    window = orders_window(Style(points=8, seed=101))
    heads = [truth.text for truth in window.truths if truth.kind == "head"]
    assert set(heads) <= {word.text for word in read(window.frame).words}


@pytest.mark.parametrize("dark", [False, True])
def test_a_message_of_two_lines_is_read_line_by_line(dark: bool) -> None:
    lines = ["Ihre Sitzung ist abgelaufen.", "Überprüfen Sie bitte Größe und Übergabe."]
    text = read(message_window(lines, Style(dark=dark)).frame)
    assert [line.text for line in text.lines[:2]] == lines


def test_what_is_remembered_equals_a_cold_read() -> None:
    first, second = orders_window(Style(seed=1)), orders_window(Style(seed=1, rows=11))
    reader = TextReader()
    read(first.frame, reader)
    assert read(second.frame, reader) == read(second.frame)
    assert reader.cache.hits.known > 50


def test_the_same_frame_again_is_not_recognised_again() -> None:
    frame = orders_window(Style(seed=1)).frame
    reader = TextReader()
    cold = read(frame, reader)
    recognised = reader.cache.hits.read
    assert read(frame, reader) == cold
    assert reader.cache.hits.read == recognised


def test_a_row_of_a_table_is_one_line_from_left_to_right() -> None:
    window = orders_window(Style(seed=8, points=10))
    lines = [line.text for line in read(window.frame).lines]
    number, date, *_rest = window.rows[0]
    assert any(line.startswith(f"{number} {date}") for line in lines)


def test_the_words_lie_where_the_frame_lies_even_at_negative_coordinates() -> None:
    frame = orders_window(Style(seed=1)).frame
    moved = replace(frame, region=frame.region.moved(-2000, -300))
    assert [word.rect.moved(2000, 300) for word in read(moved).words] == [word.rect for word in read(frame).words]


def test_stop_is_heard_between_two_lines() -> None:
    asked = 0

    def stop_at_the_third() -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise Stop

    with pytest.raises(Stop):
        TextReader().read(orders_window(Style()).frame, languages="deu", check=stop_at_the_third)
    assert asked == 3


def test_words_that_are_too_uncertain_are_left_out() -> None:
    frame = orders_window(Style(seed=1)).frame
    text = TextReader().read(frame, languages="deu", min_confidence=90, check=go_on)
    assert text.words
    assert all(word.confidence >= 90 for word in text.words)


def test_one_line_is_read_as_one() -> None:
    window = message_window(["Größe: 4,50 m"], Style())
    place = window.truths[0].rect
    text = TextReader().read(crop(window.frame, place), languages="deu", mode="line", check=go_on)
    assert text.text == "Größe: 4,50 m"


def test_a_number_is_read_as_one() -> None:
    window = message_window(["12.345,67"], Style())
    place = window.truths[0].rect
    text = TextReader().read(crop(window.frame, place), languages="deu", mode="number", check=go_on)
    assert text.text == "12.345,67"


def test_a_language_that_is_not_installed_is_named() -> None:
    with pytest.raises(OcrLanguageMissing, match="xyz"):
        read(orders_window(Style()).frame, languages="deu+xyz")
