"""Tables from alignment: made-up ones of every kind, and tables drawn by Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QTableWidget, QTableWidgetItem

from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.text import Line, Table, TextRead, Word
from agent.vision.reader import TextReader
from agent.vision.table import table_of
from tests.vision.rendered import Style, dress

HEIGHT, LETTER, BLANK = 10, 7, 4
"""Of made-up text, in pixels."""


def go_on() -> None:
    """A check that never says stop."""


def words_at(x: int, y: int, text: str, cell: int = 0, confidence: float = 95) -> list[Word]:
    """The words of a text that begins at x and stands on the line at y."""
    words = []
    for part in text.split():
        words.append(Word(part, Region(x, y, LETTER * len(part), HEIGHT), confidence, cell))
        x += LETTER * len(part) + BLANK
    return words


def width(text: str) -> int:
    """Of the text in pixels."""
    return LETTER * len(text.replace(" ", "")) + BLANK * text.count(" ")


def read_of(*lines: Sequence[Word]) -> TextRead:
    """Words as a reader gives them."""
    made = [Line(tuple(words), words[0].rect) for words in lines if words]
    return TextRead(tuple(made), Region(0, 0, 1000, 1000))


def laid_out(
    rows: Sequence[Sequence[str]], sides: str, *, step: int = 20, gap: int = 14, x: int = 0, y: int = 0
) -> list[list[Word]]:
    """Rows of cells, each column set to the left (l), right (r) or centre (c), as lines of words."""
    widths = [max(width(row[column]) for row in rows) for column in range(len(sides))]
    lines = []
    for number, row in enumerate(rows):
        left, words, cell = x, [], 0
        for text, side, room in zip(row, sides, widths, strict=True):
            free = room - width(text)
            moved = {"l": 0, "r": free, "c": free // 2}[side]
            words += words_at(left + moved, y + step * number, text, cell)
            cell += bool(text)
            left += room + gap
        lines.append(words)
    return lines


ORDERS = [
    ("Nr.", "Kunde", "Betrag", "Status"),
    ("1", "Jürgen Groß", "1.234,00 €", "offen"),
    ("2", "Übersee-Handel AG", "7,50 €", ""),
    ("13", "", "12.000,00 €", "bezahlt"),
    ("4", "Zoë Weiß", "99,00 €", "in Prüfung"),
]


def assert_is(table: Table, rows: Sequence[Sequence[str]]) -> None:
    """Whether the table has this header and these rows."""
    assert table.reason is None
    assert (table.columns, *table.rows) == tuple(map(tuple, rows))


def test_columns_are_found_however_they_are_aligned() -> None:
    for sides in ("lllr", "rlrl", "cccc", "clrc"):
        assert_is(table_of(read_of(*laid_out(ORDERS, sides))), ORDERS)


def test_without_a_header_all_rows_are_rows() -> None:
    table = table_of(read_of(*laid_out(ORDERS, "llrl")), header=False)
    assert table.columns == ("", "", "", "")
    assert table.rows == tuple(ORDERS)


def test_what_stands_around_the_table_is_left_out() -> None:
    lines = laid_out(ORDERS, "llrl", y=100)
    title = words_at(0, 60, "Alle Aufträge dieses Jahres")
    below = words_at(0, 240, "Fünf Zeilen geladen, die Übertragung läuft noch immer weiter")
    assert_is(table_of(read_of(title, *lines, below)), ORDERS)


def test_a_short_title_over_the_first_column_does_not_become_the_header() -> None:
    assert_is(table_of(read_of(words_at(0, 75, "Liste"), *laid_out(ORDERS, "llrl", y=100))), ORDERS)


def test_a_menu_that_stands_apart_is_no_row() -> None:
    menu = [*words_at(0, 0, "Datei", 0), *words_at(200, 0, "Hilfe", 1)]
    assert_is(table_of(read_of(menu, *laid_out(ORDERS, "llrl", y=80))), ORDERS)


def test_a_cell_of_two_lines_is_one_cell() -> None:
    lines = laid_out(ORDERS[:3], "llrl", step=40)
    x = lines[1][1].rect.x
    lines.insert(2, words_at(x, 55, "und Söhne"))
    assert table_of(read_of(*lines)).rows[0] == ("1", "Jürgen Groß und Söhne", "1.234,00 €", "offen")


def test_a_word_broken_at_its_hyphen_is_put_together() -> None:
    lines = laid_out([("Nr.", "Liefer-"), ("1", "heute"), ("2", "morgen"), ("3", "nie")], "ll", step=30)
    lines.insert(1, words_at(lines[0][1].rect.x, 14, "termin"))
    assert table_of(read_of(*lines)).columns == ("Nr.", "Liefertermin")


@pytest.mark.parametrize("shift", [-7, 0])
def test_a_header_of_two_lines_is_one_row(shift: int) -> None:
    # In the middle (as Qt draws it) the other heads stand between the two lines; else beside the lower one.
    lines = laid_out([("Nr.", "termin", "Ort"), ("1", "heute", "Ulm"), ("2", "morgen", "Bonn")], "lll", step=36)
    x = lines[0][1].rect.x
    upper, lower = words_at(x, shift * 2 // 2 - (14 if shift == 0 else 0), "Liefer-"), words_at(x, -shift, "termin")
    heads = [word for word in lines[0] if word.text != "termin"]
    first = [upper, heads, lower] if shift else [upper, lines[0]]
    assert table_of(read_of(*first, *lines[1:])).columns == ("Nr.", "Liefertermin", "Ort")


def test_rows_with_empty_cells_are_not_joined() -> None:
    rows = [("Tag", "Name", "Ort"), ("Mo", "Anna", "Ulm"), ("", "Bert", ""), ("", "", "Bonn"), ("Di", "Cora", "Köln")]
    assert_is(table_of(read_of(*laid_out(rows, "lll"))), rows)


def test_a_heading_across_the_columns_is_a_row_of_its_own() -> None:
    lines = laid_out(ORDERS, "llrl")
    lines[3:3] = [words_at(0, 60, "Aufträge aus dem vergangenen Jahr")]
    moved = [[Word(w.text, w.rect.moved(0, 20), w.confidence, w.cell) for w in line] for line in lines[4:]]
    table = table_of(read_of(*lines[:4], *moved))
    assert table.rows[2] == ("Aufträge aus dem vergangenen Jahr", "", "", "")
    assert table.rows[3:] == tuple(ORDERS[3:])


def test_a_sum_below_the_table_is_its_last_row() -> None:
    lines = laid_out(ORDERS, "llrl")
    amount = lines[1][3]
    total = [*words_at(0, 100, "Summe aller Aufträge", 0), *words_at(amount.rect.x, 100, "13.340", 1)]
    table = table_of(read_of(*lines, total))
    assert table.rows[:-1] == tuple(ORDERS[1:])
    assert table.rows[-1] == ("Summe aller Aufträge", "", "13.340", "")


def test_blanks_that_stand_below_each_other_part_no_columns() -> None:
    rows = [("Beleg", "Tag"), ("Rechnung 4711", "heute"), ("Rechnung 4712", "gestern"), ("Rechnung 4713", "nie")]
    assert_is(table_of(read_of(*laid_out(rows, "ll"))), rows)


def test_a_message_above_two_buttons_is_no_table() -> None:
    """Blanks above each other, and above the space between the buttons."""
    message = [words_at(0, 0, "Größe und Übergabe"), words_at(0, 20, "Bitte den Auftrag")]
    buttons = [*words_at(40, 50, "OK", 0), *words_at(80, 50, "Abbrechen", 1)]
    assert table_of(read_of(*message, buttons)).reason is not None


def test_narrow_columns_that_the_reader_took_for_one_are_parted() -> None:
    lines = laid_out([(row[0], row[1].partition(" ")[0] or "–", *row[2:]) for row in ORDERS], "llrl", gap=7)
    joined = [lines[0], *[[replace(word, cell=max(word.cell - 1, 0)) for word in line] for line in lines[1:]]]
    assert table_of(read_of(*joined)).columns == ORDERS[0]


def test_lines_that_a_page_layout_has_torn_apart_come_together() -> None:
    """Tesseract by itself reads a table column by column."""
    lines = laid_out(ORDERS, "llrl", gap=40)
    cells = [[word for word in line if word.cell == cell] for line in lines for cell in range(4)]
    torn = sorted(filter(None, cells), key=lambda words: (words[0].rect.x, words[0].rect.y))
    assert_is(table_of(read_of(*[[replace(word, cell=0) for word in words] for words in torn])), ORDERS)


def test_a_cell_knows_its_place_even_when_it_is_empty() -> None:
    table = table_of(read_of(*laid_out(ORDERS, "llrl")))
    empty = table.cell_rect(1, 3)
    assert empty.height == HEIGHT
    assert empty.y == 40
    assert table.cell_rect(0, 3).x == empty.x > table.cell_rect(1, 2).x


def test_the_least_sure_word_says_how_sure_a_cell_is() -> None:
    lines = laid_out(ORDERS, "llrl")
    lines[1][1] = Word("Jürgen", lines[1][1].rect, 41, 1)
    assert table_of(read_of(*lines)).confidences[0] == (95, 41, 95, 95)


def test_records_have_a_name_for_every_column() -> None:
    table = Table(("Sum", "", "Sum"), (("1", "2", "3"),))
    assert table.records() == ({"Sum": "1", "2": "2", "Sum (2)": "3"},)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([], id="nothing"),
        pytest.param([words_at(0, 0, "Ein Satz."), words_at(0, 20, "Noch ein Satz.")], id="prose"),
        pytest.param([words_at(0, 0, "Wort")], id="a word"),
    ],
)
def test_no_table_is_empty_and_says_why(lines: list[list[Word]]) -> None:
    table = table_of(read_of(*lines))
    assert table.rows == table.columns == ()
    assert table.reason is not None
    assert "0,0 1000×1000" in str(table.reason)


def test_a_header_alone_is_a_table_without_rows() -> None:
    table = table_of(read_of(*laid_out(ORDERS[:1], "llrl")))
    assert table.columns == ORDERS[0]
    assert table.rows == ()
    assert table.reason is None


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[tuple[str, ...]], str, int, int]:
    """Rows with a full header and a full first row, the alignment of the columns, the step and the gap."""
    count = draw(st.integers(2, 7))
    word = st.text(st.characters(categories=["L", "N"], max_codepoint=0x17F), min_size=1, max_size=9)
    cell = st.lists(word, max_size=3).map(" ".join)
    full = st.tuples(*[word] * count)
    sparse = st.tuples(*[cell] * count).filter(lambda row: sum(map(bool, row)) >= 2)
    rows = [draw(full), draw(full), *draw(st.lists(sparse, max_size=12)), draw(full)]
    sides = "".join(draw(st.lists(st.sampled_from("lrc"), min_size=count, max_size=count)))
    return rows, sides, draw(st.integers(16, 50)), draw(st.integers(9, 60))


@settings(max_examples=300, deadline=None)
@given(tables())
def test_any_table_comes_back_as_it_was_laid_out(made: tuple[list[tuple[str, ...]], str, int, int]) -> None:
    rows, sides, step, gap = made
    assert_is(table_of(read_of(*laid_out(rows, sides, step=step, gap=gap))), rows)


CELLS = [
    ("Nr.", "Kunde", "Betrag", "Menge", "Bemerkung"),
    ("1001", "Jürgen Groß", "1.234,00 €", "12", "offen"),
    ("1002", "Müller & Söhne GmbH", "87,90 €", "1", ""),
    ("1003", "", "10.250,75 €", "100", "bezahlt"),
    ("1004", "Northern Light Ltd.", "5,00 €", "7", "in Prüfung"),
    ("1005", "Bäckerei Grün", "640,10 €", "", "offen"),
]


def drawn(rows: Sequence[Sequence[str]], style: Style) -> Frame:
    """A table drawn by Qt: amounts to the right, quantities in the middle."""
    dress(style)
    table = QTableWidget(len(rows) - 1, len(rows[0]))
    table.setHorizontalHeaderLabels(list(rows[0]))
    table.verticalHeader().setVisible(False)
    table.setShowGrid(style.grid)
    sides = {2: Qt.AlignmentFlag.AlignRight, 3: Qt.AlignmentFlag.AlignHCenter}
    for y, row in enumerate(rows[1:]):
        for x, text in enumerate(row):
            item = QTableWidgetItem(text)
            item.setTextAlignment(sides.get(x, Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter)
            table.setItem(y, x, item)
    table.resizeColumnsToContents()
    table.resizeRowsToContents()
    table.resize(table.horizontalHeader().length() + 4, table.verticalHeader().length() + 60)
    image = table.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return Frame(
        bytes(image.constBits()), Region(0, 0, image.width(), image.height()), datetime(2026, 1, 2, tzinfo=UTC)
    )


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("grid", [False, True])
def test_a_drawn_table_is_read_cell_by_cell(grid: bool, dark: bool) -> None:
    read = TextReader().read(drawn(CELLS, Style(grid=grid, dark=dark)), languages="deu+eng", check=go_on)
    assert_is(table_of(read), CELLS)


def test_a_drawn_table_may_have_heads_and_cells_of_two_lines() -> None:
    rows = [list(row) for row in CELLS]
    rows[0][1], rows[2][1] = "Name des\nKunden", "Müller & Söhne\nGmbH"
    table = table_of(TextReader().read(drawn(rows, Style()), languages="deu+eng", check=go_on))
    assert table.columns == ("Nr.", "Name des Kunden", *CELLS[0][2:])
    assert table.rows == tuple(CELLS[1:])
