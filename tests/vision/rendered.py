"""Windows drawn by Qt without a display, as frames with the truth about every text on them.

The truth comes from the widgets themselves (text and rectangle), so a reader can be scored against it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QFont, QImage, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QRadioButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from agent.core.frame import Frame
from agent.core.geometry import Region

FIRST = "Jürgen Änne Zoë Björn Günther Ömer Übeyde Käthe Sören Thomas William Ingrid Ágnes Lukas Mélanie".split()
LAST = "Müller Groß Schröder Jäger Weiß Krüger Böhm Schäfer Lindström O'Brien Özdemir Vogel Süß Illing".split()
FIRMS = ["Müller & Söhne GmbH", "Übersee-Handel AG", "Maß und Gewicht KG", "Northern Light Ltd.", "Bäckerei Grün e.K."]
STATES = ["offen", "bezahlt", "überfällig", "storniert", "open", "paid", "in Prüfung", "Rückläufer"]
HEADS = ["Nr.", "Datum", "Kunde", "Firma", "Betrag", "Menge", "Status"]


@dataclass(frozen=True, slots=True)
class Style:
    """How a window looks."""

    family: str = "DejaVu Sans"
    points: int = 10
    dark: bool = False
    grid: bool = True
    qt_style: str = "Fusion"
    rows: int = 12
    seed: int = 1
    size: tuple[int, int] = (1100, 700)

    def __str__(self) -> str:
        theme = "dark" if self.dark else "light"
        return f"{self.family} {self.points}pt {theme} {'grid' if self.grid else 'plain'} {self.qt_style} #{self.seed}"


@dataclass(frozen=True, slots=True)
class Truth:
    """One text as the widget knows it, with its rectangle in the frame."""

    text: str
    rect: Region
    kind: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A drawn window and what is written on it."""

    frame: Frame
    truths: tuple[Truth, ...]
    rows: tuple[tuple[str, ...], ...]
    image: QImage


def amount(value: int) -> str:
    """Cents as a German amount: ``5.518,51 €``."""
    euros, cents = divmod(value, 100)
    return f"{euros:,}".replace(",", ".") + f",{cents:02d} €"


def order_rows(count: int, seed: int) -> tuple[tuple[str, ...], ...]:
    """Made-up orders: number, date, customer, firm, amount, quantity, state."""
    chance = random.Random(seed)  # noqa: S311 - the same orders for the same seed, nothing to guess
    return tuple(
        (
            f"A-{chance.randint(10000, 99999)}",
            f"{chance.randint(1, 28):02d}.{chance.randint(1, 12):02d}.{chance.randint(2023, 2026)}",
            f"{chance.choice(FIRST)} {chance.choice(LAST)}",
            chance.choice(FIRMS),
            amount(chance.randint(100, 1_500_000)),
            str(chance.randint(1, 120)),
            chance.choice(STATES),
        )
        for _ in range(count)
    )


def application() -> QApplication:
    """The one QApplication of the process."""
    return QApplication.instance() or QApplication([])  # type: ignore[return-value]  # it is never a bare core one


def dark_palette() -> QPalette:
    """A usual dark theme."""
    palette = QPalette()
    for role, colour in {
        QPalette.ColorRole.Window: "#2d2d30",
        QPalette.ColorRole.Base: "#1e1e1e",
        QPalette.ColorRole.AlternateBase: "#2a2a2d",
        QPalette.ColorRole.Button: "#3c3c40",
        QPalette.ColorRole.Text: "#e0e0e0",
        QPalette.ColorRole.WindowText: "#e6e6e6",
        QPalette.ColorRole.ButtonText: "#f0f0f0",
        QPalette.ColorRole.Highlight: "#2a6fb0",
        QPalette.ColorRole.HighlightedText: "#ffffff",
        QPalette.ColorRole.PlaceholderText: "#8a8a8a",
    }.items():
        palette.setColor(role, QColor(colour))
    return palette


def dress(style: Style) -> None:
    """Give the application this look, whatever another test has left."""
    app = application()
    app.setStyleSheet("")
    app.setStyle(style.qt_style)
    app.setPalette(dark_palette() if style.dark else app.style().standardPalette())
    app.setFont(QFont(style.family, style.points))


def orders_window(style: Style) -> Rendered:
    """A menu, a sign-in form, options, a table of orders and a two-line message."""
    dress(style)
    window = QMainWindow()
    window.resize(*style.size)
    for menu in ("Datei", "Bearbeiten", "Ansicht", "Übersicht", "Help"):
        window.menuBar().addMenu(menu)
    rows = order_rows(style.rows, style.seed)
    table = _table(style, rows)
    window.setCentralWidget(_body(style, table))
    window.statusBar().showMessage("12 Aufträge geladen, Übertragung läuft …")
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    truths = (*_widget_truths(window), *_table_truths(window, table))
    window.close()
    return Rendered(frame_of(image), truths, rows, image)


def message_window(lines: list[str], style: Style, buttons: tuple[str, ...] = ("OK", "Abbrechen")) -> Rendered:
    """A dialog with a text of several lines and buttons."""
    dress(style)
    window = QWidget()
    layout = QVBoxLayout(window)
    layout.addWidget(QLabel("\n".join(lines)))
    row = QHBoxLayout()
    layout.addLayout(row)
    for text in buttons:
        row.addWidget(QPushButton(text))
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    truths = _widget_truths(window)
    window.close()
    return Rendered(frame_of(image), truths, (), image)


def frame_of(image: QImage, x: int = 0, y: int = 0) -> Frame:
    """The image as a capture whose top left corner lies at `x`, `y`."""
    return Frame(
        bytes(image.constBits()), Region(x, y, image.width(), image.height()), datetime(2026, 1, 2, tzinfo=UTC)
    )


def _body(style: Style, table: QTableWidget) -> QWidget:
    body = QWidget()
    layout = QVBoxLayout(body)
    top = QHBoxLayout()
    layout.addLayout(top)
    group = QGroupBox("Anmeldung")
    form = QFormLayout(group)
    for label, value in (
        ("Benutzername:", "jürgen.groß"),
        ("E-Mail:", "j.gross@example.com"),
        ("Kundennummer:", "4711-0815"),
    ):
        form.addRow(QLabel(label), QLineEdit(value))
    combo = QComboBox()
    combo.addItem("Österreich")
    form.addRow(QLabel("Land:"), combo)
    top.addWidget(group)
    options = QGroupBox("Optionen")
    column = QVBoxLayout(options)
    angemeldet = QCheckBox("Angemeldet bleiben")
    angemeldet.setChecked(True)
    column.addWidget(angemeldet)
    column.addWidget(QCheckBox("Größe merken"))
    column.addWidget(QRadioButton("Über Nacht ausführen"))
    column.addWidget(QLabel("Ihre Sitzung ist abgelaufen.\nÜberprüfen Sie bitte das Passwort."))
    top.addWidget(options)
    layout.addWidget(table, 1)
    buttons = QHBoxLayout()
    for text in ("Anmelden", "Speichern", "Speichern unter …", "Abbrechen", "Öffnen", "OK"):
        buttons.addWidget(QPushButton(text))
    layout.addLayout(buttons)
    return body


def _table(style: Style, rows: tuple[tuple[str, ...], ...]) -> QTableWidget:
    table = QTableWidget(len(rows), len(HEADS))
    table.setHorizontalHeaderLabels(HEADS)
    table.verticalHeader().setVisible(False)
    table.setShowGrid(style.grid)
    table.setAlternatingRowColors(not style.grid)
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            table.setItem(y, x, QTableWidgetItem(text))
    table.resizeColumnsToContents()
    if style.seed % 2:
        table.selectRow(2)
    return table


def _widget_truths(window: QWidget) -> tuple[Truth, ...]:
    found = []
    kinds = (QLabel, QPushButton, QCheckBox, QRadioButton, QLineEdit, QComboBox, QGroupBox)
    for widget in window.findChildren(QWidget):
        if not isinstance(widget, kinds) or not widget.isVisibleTo(window):
            continue
        text = _text_of(widget)
        corner = widget.mapTo(window, QPoint(0, 0))
        height = widget.fontMetrics().height() + 4 if isinstance(widget, QGroupBox) else widget.height()
        if text:
            found.append(Truth(text, Region(corner.x(), corner.y(), widget.width(), height), type(widget).__name__))
    if isinstance(window, QMainWindow):
        menu = window.menuBar()
        found += [_truth(action.text(), menu.actionGeometry(action), "menu") for action in menu.actions()]
        bar = window.statusBar()
        found.append(_truth(bar.currentMessage(), bar.geometry(), "status"))
    return tuple(found)


def _text_of(widget: QWidget) -> str:
    if isinstance(widget, QComboBox):
        return widget.currentText()
    return widget.title() if isinstance(widget, QGroupBox) else widget.text()  # type: ignore[attr-defined]  # all others have text()


def _table_truths(window: QWidget, table: QTableWidget) -> tuple[Truth, ...]:
    corner = table.viewport().mapTo(window, QPoint(0, 0))
    head = table.horizontalHeader()
    head_corner = head.viewport().mapTo(window, QPoint(0, 0))
    found = []
    for x in range(table.columnCount()):
        rect = QRect(head.sectionViewportPosition(x), 0, head.sectionSize(x), head.height()).translated(head_corner)
        if rect.right() < head_corner.x() + head.width():
            found.append(_truth(table.horizontalHeaderItem(x).text(), rect, "head"))
        for y in range(table.rowCount()):
            item = table.item(y, x)
            rect = table.visualItemRect(item)
            if table.viewport().rect().contains(rect):
                found.append(_truth(item.text(), rect.translated(corner), "cell"))
    return tuple(found)


def _truth(text: str, rect: QRect, kind: str) -> Truth:
    return Truth(text, Region(rect.x(), rect.y(), rect.width(), rect.height()), kind)
