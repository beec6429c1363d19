"""Phrases found in what was read: the one that is meant before those that only contain it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.errors import ActionError, Stop
from agent.core.geometry import Region
from agent.core.target import Comparison
from agent.core.text import Line, TextRead, Word
from agent.vision.candidate import Candidate, from_top_left
from agent.vision.match_text import (
    PART,
    PART_FUZZY,
    WHOLE,
    WHOLE_ALIKE,
    WHOLE_FUZZY,
    WRAPPED,
    WRAPPED_FUZZY,
    WRAPPED_PART,
    find_text,
    settled,
)
from agent.vision.phrase import Spelling
from agent.vision.reader import TextReader
from tests.vision.rendered import Style, orders_window


def page(*lines: str) -> TextRead:
    """Lines of 10 × 16 pixel letters; ``|`` is a wide gap, ``¦`` a border that the reader saw, ``~`` an icon."""
    return TextRead(tuple(_line(text, 30 * number) for number, text in enumerate(lines)), Region(0, 0, 2000, 900))


def _line(text: str, y: int, x: int = 0) -> Line:
    words, cell = [], 0
    for token in text.split():
        if token == "|":
            x, cell = x + 40, cell + 1
        elif token == "¦":
            cell += 1
        else:
            icon = token.startswith("~")
            letters = token.removeprefix("~")
            words.append(Word(letters, Region(x, y, 10 * len(letters), 16), 20.0 if icon else 95.0, cell))
            x += 10 * len(letters) + 8
    return Line(tuple(words), words[0].rect.union(words[-1].rect))


def first(read: TextRead, *texts: str) -> tuple[str, int, float, int, int]:
    best = find_text(read, texts)[0]
    return best.text, best.rank, round(best.score, 2), best.rect.x, best.rect.y


def test_a_button_is_preferred_to_one_that_contains_its_text() -> None:
    read = page("Save as… | Save | Save all")
    assert first(read, "Save") == ("Save", WHOLE, 1.0, 126, 0)
    assert [candidate.part for candidate in find_text(read, ["Save"])] == [False, True, True]


def test_a_label_is_preferred_to_a_sentence_although_a_colon_was_read() -> None:
    read = page("Forgot your password?", "The Password expires", "Password: | eva")
    assert first(read, "Password") == ("Password:", WHOLE_ALIKE, 0.98, 0, 60)


def test_the_colon_of_a_label_ends_it_when_its_field_is_near() -> None:
    read = page("Password forgotten?", "Password: eva")
    assert first(read, "Password") == ("Password:", WHOLE_ALIKE, 0.98, 0, 30)


def test_a_border_that_the_reader_saw_makes_a_whole() -> None:
    assert first(page("12 ¦ offen ¦ 48"), "offen")[:2] == ("offen", WHOLE)
    assert first(page("12 offen 48"), "offen")[:2] == ("offen", PART)


def test_an_icon_beside_the_text_does_not_make_it_a_part() -> None:
    assert first(page("~O Remember me"), "Remember me")[:2] == ("Remember me", WHOLE)
    assert first(page("→ Continue | ~v"), "Continue")[:2] == ("Continue", WHOLE)


def test_a_part_gives_the_place_of_its_words_only() -> None:
    assert first(page("Please read our terms of use before"), "terms of use") == ("terms of use", PART, 1.0, 154, 0)


def test_a_phrase_does_not_cross_a_wide_gap() -> None:
    assert all(candidate.score < 0.8 for candidate in find_text(page("Sign | in"), ["Sign in"]))


def test_a_phrase_may_cross_a_border_that_was_seen_within_it() -> None:
    assert first(page("Northern Light ¦ Ltd."), "Northern Light Ltd.")[:2] == ("Northern Light Ltd.", WHOLE)


def test_the_same_case_is_preferred() -> None:
    assert first(page("OPEN | Open"), "Open") == ("Open", WHOLE, 1.0, 88, 0)
    assert first(page("OPEN"), "Open")[1:3] == (WHOLE_ALIKE, 0.98)


@pytest.mark.parametrize(
    ("read", "wanted"),
    [
        ("Angemeldetbleiben", "Angemeldet bleiben"),
        ("User name", "Username"),
        ("E–Mail", "E-Mail"),
        ("Speichern unter...", "Speichern unter …"),
        ("Speichern unter", "Speichern unter …"),
        ("„Öffnen“", "Öffnen"),
        ("Offnen", "Öffnen"),
        ("GRÖẞE", "Größe"),
    ],
)
def test_what_ocr_does_to_blanks_marks_and_accents_is_forgiven(read: str, wanted: str) -> None:
    text, rank, score, *_ = first(page(read), wanted)
    assert (text, rank <= WHOLE_ALIKE, score >= 0.95) == (read, True, True)


def test_a_misread_letter_is_forgiven_and_the_score_says_so() -> None:
    assert first(page("Speichen | Abbrechen"), "Speichern")[:3] == ("Speichen", WHOLE_FUZZY, 0.89)
    assert first(page("please Anrnelden now"), "Anmelden")[:2] == ("Anrnelden", PART_FUZZY)


@pytest.mark.parametrize(
    ("read", "wanted"),
    [("Order 1003", "Order 1002"), ("-5,00 €", "5,00 €"), ("5 %", "5 €"), ("Version 2.1", "Version 2.10")],
)
def test_another_number_is_another_text(read: str, wanted: str) -> None:
    assert all(candidate.score < 0.8 or candidate.part for candidate in find_text(page(read), [wanted]))
    assert all(candidate.score < 1 for candidate in find_text(page(read), [wanted]))


def test_every_place_is_told_once_the_best_first() -> None:
    found = find_text(page("open | Open | open orders", "open"), ["open"])
    assert [(each.rect.x, each.rect.y, each.score) for each in found] == [
        (0, 0, 1.0),
        (0, 30, 1.0),
        (88, 0, 0.98),
        (176, 0, 1.0),
    ]


def test_one_of_several_alternatives_is_enough() -> None:
    read = page("Benutzername: | eva", "Passwort:")
    assert first(read, "User name", "Benutzername")[0] == "Benutzername:"


def test_what_is_nothing_alike_is_not_told() -> None:
    assert find_text(page("Abbrechen | Hilfe"), ["Quux"]) == []
    assert find_text(TextRead((), Region(0, 0, 9, 9)), ["Quux"]) == []


# --- line breaks ---

PITCH = 20
"""The distance of lines of 16 pixel letters in a paragraph; `page` sets them 30 apart, as rows of a table are."""


def paragraph(*lines: str, indent: Sequence[int] = (0,) * 9) -> TextRead:
    return TextRead(
        tuple(_line(text, PITCH * number, indent[number]) for number, text in enumerate(lines)), Region(0, 0, 2000, 900)
    )


def test_a_phrase_goes_on_in_the_next_line_of_its_paragraph() -> None:
    read = paragraph("Your session has expired, please", "check your password and sign", "in again")
    found = find_text(read, ["password and sign in again"])[0]
    assert (found.rank, found.score, found.part, found.lines) == (WRAPPED_PART, 1.0, True, 2)
    assert found.rect == Region(0, PITCH, 272, PITCH + 16)
    assert first(read, "expired, please check your password and sign in")[:2] == (
        "expired, please check your password and sign in",
        WRAPPED_PART,
    )


def test_a_label_over_two_lines_is_a_whole() -> None:
    assert first(paragraph("Remember my", "user name"), "Remember my user name")[:3] == (
        "Remember my user name",
        WRAPPED,
        1.0,
    )


def test_the_lines_of_a_button_may_be_centred() -> None:
    assert first(paragraph("Save and", "go on", indent=(0, 14)), "save and go on")[1:3] == (WRAPPED, 0.98)
    assert all(
        each.score < 0.8 for each in find_text(paragraph("Save and", "go on", indent=(0, 60)), ["save and go on"])
    )


def test_what_stands_in_one_line_outranks_what_is_wrapped() -> None:
    read = paragraph("Sign", "in", "to Sign in now")
    assert [(each.text, each.rank) for each in find_text(read, ["Sign in"])][:2] == [
        ("Sign in", PART),
        ("Sign in", WRAPPED),
    ]
    assert [each.lines for each in settled(find_text(read, ["Sign in"]))] == [1]


def test_lines_that_are_far_apart_are_not_one_text() -> None:
    far = TextRead((_line("Sign", 0), _line("in", 33)), Region(0, 0, 99, 99))
    assert all(each.score < 0.8 for each in find_text(far, ["Sign in"]))
    small = Line((Word("in", Region(0, 20, 10, 8), 90),), Region(0, 20, 10, 8))
    assert all(each.score < 0.8 for each in find_text(TextRead((_line("Sign", 0), small), far.region), ["Sign in"]))


def test_the_rows_of_a_table_are_not_one_text() -> None:
    read = paragraph("Ernst | Order | open", "Weber | Claim | paid", "Otter | Order | open")
    assert all(each.score < 0.8 for each in find_text(read, ["Ernst Weber"]))
    assert find_text(paragraph("Ernst | Order", "Weber | Claim"), ["Ernst Weber"])[0].rank == WRAPPED


def test_a_misread_letter_is_forgiven_over_two_lines_too() -> None:
    assert first(paragraph("Rernember my", "user name"), "Remember my user name")[1] == WRAPPED_FUZZY


# --- other comparisons ---


def texts_of(read: TextRead, wanted: str, compare: Comparison, **spelling: bool) -> list[tuple[str, float]]:
    found = find_text(read, [wanted], compare=compare, spelling=Spelling(**spelling))
    return [(each.text, round(each.score, 2)) for each in settled(found, compare)]


def test_exact_is_all_that_stands_there() -> None:
    read = page("Save as… | SAVE | Save | Save:", "please Save now", "Sav")
    assert texts_of(read, "Save", "exact") == [("Save", 1.0), ("SAVE", 0.98)]
    assert texts_of(read, "Save", "exact", match_case=True) == [("Save", 1.0)]
    assert texts_of(read, "Save all", "exact") == []
    assert texts_of(paragraph("Remember", "me"), "Remember me", "exact") == [("Remember me", 1.0)]


def test_contains_finds_a_part_of_a_word_too() -> None:
    read = page("Rechnungsnummer | 4711", "Ihre Rechnung vom 3.", "RECHNUNG", "Rechner")
    found = [("Rechnungsnummer", 1.0), ("Rechnung", 1.0)]
    assert texts_of(read, "Rechnung", "contains") == [("RECHNUNG", 0.98), *found]
    assert texts_of(read, "Rechnung", "contains", match_case=True) == found
    assert texts_of(read, "nung vom", "contains") == [("Rechnung vom", 1.0)]


def test_contains_forgives_lost_blanks_but_invents_no_words() -> None:
    assert texts_of(page("Angemeldetbleiben bitte"), "Angemeldet bleiben", "contains") == [("Angemeldetbleiben", 1.0)]
    assert texts_of(page("User name"), "Username", "contains") == [("User name", 1.0)]
    assert texts_of(page("This land is ours"), "island", "contains") == []


def test_contains_goes_over_a_line_break() -> None:
    found = find_text(paragraph("Your session has", "expired, Eva"), ["has expired"], compare="contains")
    assert [(each.text, each.lines, each.rank) for each in found] == [("has expired,", 2, WRAPPED_PART)]


def test_a_regular_expression_finds_the_words_it_touches() -> None:
    read = page("Order 1003 of Monday | Order 17", "order 1004")
    assert texts_of(read, r"Order \d{4}", "regex") == [("order 1004", 1.0), ("Order 1003", 1.0)]
    assert texts_of(read, r"Order \d{4}", "regex", match_case=True) == [("Order 1003", 1.0)]
    assert texts_of(read, r"^Order \d+$", "regex") == [("Order 17", 1.0), ("order 1004", 1.0)]
    assert texts_of(read, r" \d{4} ", "regex") == [("1003", 1.0)]
    assert texts_of(read, r"x*", "regex") == []
    assert texts_of(paragraph("Order", "1003"), r"Order 1\d+", "regex") == [("Order 1003", 1.0)]


def test_a_hostile_pattern_is_given_up() -> None:
    read = page("a" * 60 + "!")
    with pytest.raises(ActionError, match=r"The pattern \(a\|aa\)\+\$ took longer"):
        find_text(read, ["(a|aa)+$"], compare="regex")


def test_a_search_by_pattern_can_be_stopped() -> None:
    def stop() -> None:
        raise Stop

    with pytest.raises(Stop):
        find_text(page("Save"), ["Save"], compare="regex", check=stop)


def test_fuzzy_lets_the_likeness_alone_decide() -> None:
    read = page("Speichern | Speichen", "alles Speichern")
    assert texts_of(read, "Speichern", "fuzzy") == [("Speichern", 1.0), ("Speichen", 0.89)]
    assert {each.rank for each in find_text(read, ["Speichern"], compare="fuzzy")} == {WHOLE_FUZZY}


def test_upper_and_lower_case_count_when_asked() -> None:
    read = page("open | Open | OPEN")
    assert texts_of(read, "Open", "best")[:3] == [("Open", 1.0), ("open", 0.98), ("OPEN", 0.98)]
    assert texts_of(read, "Open", "best", match_case=True)[:2] == [("Open", 1.0), ("open", 0.75)]


@pytest.mark.parametrize("compare", ["best", "exact", "contains", "regex", "fuzzy"])
@pytest.mark.parametrize(("read", "wanted"), [("Größe", "Groesse"), ("Straße", "Strasse"), ("ÜBERSICHT", "Uebersicht")])
def test_umlauts_are_folded_when_asked(read: str, wanted: str, compare: Comparison) -> None:
    assert [text for text, score in texts_of(page(read), wanted, compare, fold_umlauts=True) if score >= 0.98] == [read]


def test_umlauts_are_folded_both_ways_and_only_when_asked() -> None:
    assert texts_of(page("Groesse"), "Größe", "exact", fold_umlauts=True) == [("Groesse", 0.98)]
    assert texts_of(page("Groesse"), "Größe", "exact") == []
    assert texts_of(page("Größe"), "Groesse", "contains") == []


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.text(min_size=1, max_size=600), min_size=1, max_size=6), st.text(min_size=1, max_size=600))
def test_any_text_can_be_read_and_searched(words: list[str], wanted: str) -> None:
    line = Line(tuple(Word(word, Region(50 * n, 0, 40, 9), 90) for n, word in enumerate(words)), Region(0, 0, 400, 9))
    lower = Line(tuple(Word(word, Region(50 * n, 12, 40, 9), 90) for n, word in enumerate(words)), line.rect)
    for compare in ("best", "exact", "contains", "fuzzy"):
        for spelling in (Spelling(), Spelling(match_case=True, fold_umlauts=True)):
            found = find_text(TextRead((line, lower), line.rect), [wanted], compare=compare, spelling=spelling)
            assert all(0.4 <= candidate.score <= 1 for candidate in found)


def test_reading_order_forgives_a_crooked_row() -> None:
    boxes = [Region(100, 12, 30, 12), Region(10, 10, 30, 16), Region(60, 15, 30, 8), Region(5, 40, 30, 12)]
    ordered = from_top_left(Candidate(box, 1.0, 0, "text") for box in boxes)
    assert [candidate.rect.x for candidate in ordered] == [10, 60, 100, 5]


def test_every_button_label_and_head_of_a_real_window_is_found_once() -> None:
    window = orders_window(Style(seed=2))
    read = TextReader().read(window.frame, languages="deu", min_confidence=0, check=lambda: None)
    for truth in window.truths:
        if truth.kind in {"QPushButton", "QCheckBox", "QGroupBox", "menu", "head"} or truth.text.endswith(":"):
            best, *others = find_text(read, [truth.text])
            assert truth.rect.contains(best.rect.center), truth
            assert best.score >= 0.95, truth
            assert all((other.rank, other.score) != (best.rank, best.score) for other in others), truth
