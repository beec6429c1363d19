"""How a reading is scored: by place, letter by letter, and with an eye on numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.cli.bench.accuracy import SURE, Accuracy, Seen, Truth, accuracy
from agent.core.geometry import Region
from agent.settings import Settings


def line(text: str, y: int = 0) -> Truth:
    """A text in a box of 200 × 20."""
    return Truth(text, Region(10, 10 + y, 200, 20))


def seen(*texts: str, y: int = 0, sure: float = 95) -> list[Seen]:
    """Words from left to right in the same box."""
    return [Seen(text, Region(12 + 30 * place, 12 + y, 25, 16), sure) for place, text in enumerate(texts)]


def test_a_text_that_is_read_as_it_stands_loses_nothing() -> None:
    got = accuracy([line("Größe 42,50 €")], seen("Größe", "42,50", "€"))
    assert got == Accuracy(characters=11, words=3, umlauts=2, numbers=1)
    assert got.wrong == ()


def test_a_word_counts_only_where_it_stands_and_only_once() -> None:
    truths = [line("zu viel zu"), line("groß", y=30)]
    read = [*seen("zu", "viel"), *seen("gross", y=30), *seen("groß", y=70)]
    got = accuracy(truths, read)
    assert (got.words, got.wrong_words, got.extra) == (4, 2, 1)


def test_words_are_put_in_order_before_they_are_compared() -> None:
    assert accuracy([line("eins zwei")], reversed(seen("eins", "zwei"))).wrong_characters == 0


def test_blanks_do_not_count_as_characters_but_as_bounds_of_words() -> None:
    got = accuracy([line("Kabel 5 m")], seen("Kabel", "5m"))
    assert (got.wrong_characters, got.wrong_words) == (0, 2)


def test_a_text_that_is_not_read_at_all_loses_all_its_characters_and_no_more() -> None:
    assert accuracy([line("Saldo")], []).wrong_characters == 5
    assert accuracy([line("Saldo")], seen("xxxxxxxxxxxxxxxxxx")).wrong_characters == 5


def test_an_umlaut_is_wrong_when_its_own_place_is() -> None:
    got = accuracy([line("Übergröße")], seen("Ubergröße"))
    assert (got.umlauts, got.wrong_umlauts) == (3, 1)
    assert accuracy([line("Übergröße")], seen("Übergrößen")).wrong_umlauts == 0


@pytest.mark.parametrize(
    ("text", "read", "wrong"),
    [
        ("5.518,51 €", "5.318,51 €", 1),
        ("3.192,27", "319227", 1),
        ("12", "12,", 1),
        ("RE-10240", "RE-1024", 1),
        ("RE-10240", "R5-10240", 1),
        ("01.04.2023", "01.04.2023", 0),
        ("5.518,51 €", "5.518, 51 €", 0),  # a blank is no digit
        ("5.518,51 €", "5.518,51 £", 0),  # nor is the unit
        ("am 01.04.2023 um 10", "an 01.04.2023 um 1", 1),
        ("Raum 3", "Raun 3", 0),
    ],
)
def test_a_number_is_wrong_when_a_digit_letter_or_separator_of_it_is(text: str, read: str, wrong: int) -> None:
    got = accuracy([line(text)], seen(*read.split()))
    assert (got.wrong_numbers, got.silent) == (wrong, wrong)


def test_a_wrong_number_is_silent_only_when_the_reader_is_sure_of_every_part_of_it() -> None:
    doubted = seen("5.318,51", sure=SURE - 1)
    assert accuracy([line("5.518,51 €")], doubted).wrong_numbers == 1
    assert accuracy([line("5.518,51 €")], doubted).silent == 0
    parts = seen("5.3", "18,51")
    assert accuracy([line("5.518,51")], parts).silent == 1
    assert accuracy([line("5.518,51")], [parts[0], replace(parts[1], confidence=20)]).silent == 0


def test_doubt_in_another_word_does_not_excuse_a_number() -> None:
    words = [*seen("Betrag", sure=10), Seen("5.318", Region(60, 12, 40, 16), 95)]
    assert accuracy([line("Betrag 5.518")], words).silent == 1


def test_a_number_that_is_not_read_is_wrong_but_not_silent() -> None:
    got = accuracy([line("Menge 12")], seen("Menge"))
    assert (got.wrong_numbers, got.silent) == (1, 0)


def test_what_is_read_in_an_ignored_place_counts_for_nothing() -> None:
    cut_off = Region(10, 300, 200, 20)
    assert accuracy([], seen("Bemerk", y=290), [cut_off]).extra == 0
    assert accuracy([], seen("Bemerk", y=290)).extra == 1


def test_a_word_on_the_border_of_two_texts_belongs_to_the_one_it_covers_more() -> None:
    truths = [Truth("oben", Region(0, 0, 100, 20)), Truth("unten", Region(0, 18, 100, 20))]
    read = [Seen("oben", Region(5, 2, 60, 17), 95), Seen("unten", Region(5, 17, 60, 20), 95)]
    assert accuracy(truths, read).wrong_words == 0


def test_three_dots_are_the_letter_that_is_three_dots() -> None:
    assert accuracy([line("Löschen …")], seen("Löschen", "...")).wrong == ()


def test_screens_add_up() -> None:
    both = accuracy([line("Größe")], seen("Grosse")) + accuracy([line("Maß")], seen("Maß"))
    assert (both.characters, both.words, both.wrong_words, both.umlauts) == (8, 2, 1, 3)
    assert (both.lost_words, [wrong.read for wrong in both.wrong]) == (50, ["Grosse"])
    assert Accuracy().lost_words == 0


def test_sure_is_what_the_product_takes_as_sure() -> None:
    assert Settings().ocr_min_confidence == SURE
