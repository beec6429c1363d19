"""Numbers: agreed on by two readings, whole with their marks, or in doubt."""

from __future__ import annotations

import pytest

from agent.vision.number import holds_number, in_agreement, in_the_end, is_odd
from agent.vision.tesseract import Read


def reading(text: str, confidence: float = 70) -> list[Read]:
    return [Read(word, confidence, 10 * place, 0, 10 * place + 8, 10) for place, word in enumerate(text.split())]


def told(read: list[Read] | None) -> str | None:
    return None if read is None else " ".join(word.text for word in read)


@pytest.mark.parametrize(
    "text",
    ["5.518,51 €", "1,234,567.89", "12,50", "19.02.2025", "01.03.", "192.168.0.1", "A-27611", "Nr. 5.", "84", "1.234"],
)
def test_numbers_as_people_write_them_are_not_odd(text: str) -> None:
    assert not is_odd(text)


@pytest.mark.parametrize("text", ["4.44859 €", "8.497 58 €", "8.497, 58 €", "2.557 ,83 €", "20.18.2026", "41.01.2026"])
def test_a_lost_mark_or_an_impossible_date_is_odd(text: str) -> None:
    assert is_odd(text)


def test_two_readings_with_the_same_digits_and_marks_agree() -> None:
    agreed = in_agreement([reading("9.904,70 €"), reading("9.904,70 €")])
    assert told(agreed) == "9.904,70 €"
    assert agreed is not None
    assert agreed[0].confidence == 90


def test_two_readings_that_lost_the_same_comma_do_not_outvote_the_one_that_has_it() -> None:
    readings = [reading("4.448,59 €", 96), reading("4.44859 €"), reading("4.44859 €")]
    assert in_agreement(readings) is None
    assert told(in_agreement([*readings, reading("4.448,59 €")])) == "4.448,59 €"


def test_an_amount_that_lost_its_comma_in_all_readings_is_in_doubt() -> None:
    doubted = in_the_end([reading("4.44859 €", 95)] * 4)
    assert doubted[0].confidence == 30


def test_a_number_with_many_decimals_is_kept_where_no_money_is_meant() -> None:
    assert told(in_the_end([reading("4.44859")] * 2)) == "4.44859"


def test_the_one_usual_way_to_set_the_marks_wins_among_equal_digits() -> None:
    readings = [reading("8.497. 58 €"), reading("8.497 58 €"), reading("8.497,58 €"), reading("8.497 58 €")]
    assert told(in_the_end(readings)) == "8.497,58 €"


def test_a_point_against_a_comma_is_in_doubt() -> None:
    doubted = in_the_end([reading("5.518", 95), reading("5,518", 95)])
    assert doubted[0].confidence == 30


def test_different_digits_are_in_doubt() -> None:
    doubted = in_the_end([reading("5.518,51"), reading("5.318,51"), reading("5.618,51")])
    assert doubted[0].confidence == 30


def test_a_sign_counts() -> None:
    assert in_agreement([reading("-12,50 €"), reading("12,50 €")]) is None


def test_names_beside_a_number_keep_the_letters_of_the_first_language() -> None:
    readings = [reading("05.03.2025 Björn Groß", 80), reading("05.03.2025 Bjorn Gro&", 90)]
    agreed = in_agreement(readings)
    assert told(agreed) == "05.03.2025 Björn Groß"
    assert agreed is not None
    assert [word.confidence for word in agreed] == [90, 80, 80]


def test_a_swallowed_blank_before_the_currency_comes_back() -> None:
    assert told(in_agreement([reading("11.124,17 €"), reading("11.124,17€")])) == "11.124,17 €"


def test_a_currency_sign_alone_means_that_a_number_was_misread() -> None:
    assert holds_number(reading("TILL €"))
    assert not holds_number(reading("Speichern unter"))
