"""A full-screen office window with some 400 texts, made to be read: the material of ``tla bench``.

It answers every JSON line on its input with one on its output. The first one says where each text stands, in pixels
of the screen, as the widgets know it::

    {"window": 4194311, "texts": [{"text": "Auftrag speichern", "rect": [12, 210, 140, 28]}, …]}

Questions: ``{"do": "cell", "row": 3, "column": 5, "text": "12,00 €"}`` changes a cell, ``{"do": "message", "text":
"…"}`` shows a message over the table and ``{"do": "message", "text": ""}`` hides it, ``{"do": "focus"}`` empties the
text field and gives it the keys, ``{"do": "typed"}`` tells what has arrived there, ``{"do": "picture", "text": "…",
"path": "…"}`` draws a button that is not on the screen into a PNG file.
"""

from __future__ import annotations

import json
import random
import sys
import threading
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QEventLoop, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QFormLayout,
    QFrame,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

MENUS = ("Datei", "Bearbeiten", "Ansicht", "Aufträge", "Lager", "Tools", "Window", "Hilfe")
BUTTONS = ("Neuer Auftrag", "Auftrag speichern", "Löschen …", "Drucken", "Export as CSV", "Übersicht öffnen", "Refresh")
FORM = {
    "Kundennummer:": "10 482",
    "Firma:": "Maßwerk & Söhne GmbH",
    "Ansprechpartner:": "Frau Dr. Jäger",
    "Straße:": "Königsallee 27 b",
    "PLZ, Ort:": "40212 Düsseldorf",
    "Phone:": "+49 211 555 0139",
    "E-mail:": "k.jaeger@example.com",
    "Zahlungsziel:": "30 Tage netto",
    "Account manager:": "Peter O'Neill",
    "Rabatt:": "7,5 %",
}
OPTIONS = ("Mahnung aussetzen", "Lieferung nur vollständig", "Send invoice by e-mail", "Für Prüfung vormerken")
HEADS = ("Auftrag", "Datum", "Kunde", "Ort", "Artikel", "Menge", "Betrag", "Status", "Bemerkung")
CUSTOMERS = (
    "Müller Gerüstbau",
    "Öztürk Feinkost",
    "Northern Light Ltd",
    "Bäckerei Grün",
    "Weißgerber & Co",
    "Smith Brothers",
    "Hähnel Optik",
    "Lüdenscheid Metall",
)
PLACES = ("München", "Köln", "Leeds", "Görlitz", "Fürth", "Dublin", "Plön", "Gießen")
ARTICLES = ("Schraubenschlüssel", "Wall bracket", "Türgriff Messing", "Kabel 5 m", "Gehäuse grau", "Air filter")
REMARKS = (
    "Rückruf vor Lieferung erbeten",
    "Bitte am Hintereingang abladen",
    "Customer asked for a second quote",
    "Teillieferung möglich, Rest im März",
    "Rechnung geht an die Zentrale",
    "Überweisung ist angekündigt",
)
STATES = ("offen", "geprüft", "shipped", "bezahlt", "zurückgestellt", "on hold")
ROWS = 40


def rows() -> list[tuple[str, ...]]:
    """The orders in the table; the same ones every time."""
    chance = random.Random(20)  # noqa: S311 - made-up orders, not a secret
    return [
        (
            f"AB-{chance.randint(10_000, 99_999)}",
            f"{chance.randint(1, 28):02d}.{chance.randint(1, 12):02d}.2026",
            chance.choice(CUSTOMERS),
            chance.choice(PLACES),
            chance.choice(ARTICLES),
            str(chance.randint(1, 250)),
            f"{chance.randint(1, 9)}.{chance.randint(100, 999)},{chance.randint(0, 99):02d} €",
            chance.choice(STATES),
            chance.choice(REMARKS),
        )
        for _ in range(ROWS)
    ]


class OfficeWindow(QMainWindow):
    """Menu, buttons, a form, options, a text field and a table of orders."""

    def __init__(self) -> None:
        super().__init__(None, Qt.WindowType.FramelessWindowHint)
        self.setWindowTitle("Auftragsverwaltung")
        for menu in MENUS:
            self.menuBar().addMenu(menu)
        self.note = QPlainTextEdit()
        self.table = self._table()
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.addLayout(self._buttons())
        middle = QHBoxLayout()
        layout.addLayout(middle, 1)
        middle.addLayout(self._left(), 1)
        middle.addWidget(self.table, 3)
        self.setCentralWidget(body)
        self.statusBar().showMessage("40 Aufträge geladen · zuletzt geändert heute um 09:41 Uhr · Connected")
        self.message_text = QLabel()
        self.message = self._message()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for text in BUTTONS:
            row.addWidget(QPushButton(text))
        row.addStretch()
        return row

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        customer = QGroupBox("Kunde")
        form = QFormLayout(customer)
        for label, value in FORM.items():
            form.addRow(QLabel(label), QLineEdit(value))
        column.addWidget(customer)
        options = QGroupBox("Optionen")
        inside = QVBoxLayout(options)
        for text in OPTIONS:
            inside.addWidget(QCheckBox(text))
        column.addWidget(options)
        heading = QLabel("Notizen zum Auftrag")
        heading.setFont(QFont(self.font().family(), 11, QFont.Weight.Bold))
        column.addWidget(heading)
        column.addWidget(self.note, 1)
        return column

    def _table(self) -> QTableWidget:
        table = QTableWidget(ROWS, len(HEADS))
        table.setFont(QFont(self.font().family(), 9))
        table.setHorizontalHeaderLabels(HEADS)
        table.verticalHeader().setVisible(False)
        table.verticalHeader().setDefaultSectionSize(22)
        table.verticalHeader().setMinimumSectionSize(22)
        for y, row in enumerate(rows()):
            for x, text in enumerate(row):
                table.setItem(y, x, QTableWidgetItem(text))
        table.resizeColumnsToContents()
        table.horizontalHeader().setStretchLastSection(True)
        return table

    def _message(self) -> QFrame:
        frame = QFrame(self)
        frame.setAutoFillBackground(True)
        frame.setFrameShape(QFrame.Shape.Box)
        layout = QVBoxLayout(frame)
        layout.addWidget(self.message_text)
        row = QHBoxLayout()
        layout.addLayout(row)
        row.addStretch()
        for text in ("Fortfahren", "Abbrechen"):
            row.addWidget(QPushButton(text))
        frame.hide()
        return frame

    def show_message(self, text: str) -> None:
        """Show the text in a frame over the middle of the window, or hide that for an empty one."""
        self.message_text.setText(text)
        self.message.adjustSize()
        self.message.move(self.rect().center() - self.message.rect().center())
        self.message.setVisible(bool(text))

    def texts(self) -> Iterator[dict[str, Any]]:
        """Every text with its rectangle on the screen, as far as it can be seen whole."""
        corner = self.mapToGlobal(QPoint(0, 0))
        menu = self.menuBar()
        for action in menu.actions():
            yield _text(action.text(), menu.actionGeometry(action).translated(menu.mapToGlobal(QPoint(0, 0))))
        bar = self.statusBar()
        yield _text(bar.currentMessage(), bar.geometry().translated(corner))
        for widget in self.findChildren(QWidget):
            if isinstance(widget, (QLabel, QPushButton, QCheckBox, QLineEdit)) and widget.isVisible():
                yield _text(widget.text(), _place(widget))
            elif isinstance(widget, QGroupBox):
                yield _text(
                    widget.title(), QRect(_place(widget).topLeft(), widget.fontMetrics().size(0, widget.title()))
                )
        yield from self._table_texts()

    def _table_texts(self) -> Iterator[dict[str, Any]]:
        view, head = self.table.viewport(), self.table.horizontalHeader()
        corner, head_corner = view.mapToGlobal(QPoint(0, 0)), head.viewport().mapToGlobal(QPoint(0, 0))
        for x, title in enumerate(HEADS):
            place = QRect(head.sectionViewportPosition(x), 0, head.sectionSize(x), head.height())
            yield _text(title, place.translated(head_corner))
            for y in range(ROWS):
                item = self.table.item(y, x)
                place = self.table.visualItemRect(item)
                if view.rect().contains(place):
                    yield _text(item.text(), place.translated(corner))


class Questions(QObject):
    """Reads the questions on a thread, and answers them on Qt's."""

    asked = Signal(dict)
    ended = Signal()
    _QUIET_MS = 60

    def __init__(self, window: OfficeWindow) -> None:
        super().__init__()
        self._window = window
        self._settle = QTimer(self, singleShot=True, interval=self._QUIET_MS)
        self._settle.timeout.connect(lambda: self._tell(typed=window.note.toPlainText()))
        window.note.textChanged.connect(lambda: self._settle.isActive() and self._settle.start())
        self.asked.connect(self._answer)
        self.ended.connect(QApplication.quit)

    def start(self) -> None:
        """Say where the texts are, and listen."""
        self._tell(window=int(self._window.winId()), texts=list(self._window.texts()))
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in sys.stdin:
            self.asked.emit(json.loads(line))
        self.ended.emit()

    def _answer(self, question: dict[str, Any]) -> None:
        window, done = self._window, True
        match question["do"]:
            case "cell":
                window.table.item(question["row"], question["column"]).setText(question["text"])
            case "message":
                window.show_message(question["text"])
            case "focus":
                window.activateWindow()
                window.note.clear()
                window.note.setFocus()
            case "typed":
                # Keys may still be on their way: told when nothing has come for a moment.
                self._settle.start()
                return
            case "picture":
                done = QPushButton(question["text"]).grab().save(question["path"], "PNG")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeSocketNotifiers)
        QGuiApplication.sync()  # what was painted is on the screen before the answer is read
        self._tell(done=done)

    @staticmethod
    def _tell(**answer: Any) -> None:
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _place(widget: QWidget) -> QRect:
    return QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())


def _text(text: str, rect: QRect) -> dict[str, Any]:
    return {"text": text, "rect": [rect.x(), rect.y(), rect.width(), rect.height()]}


def main() -> int:
    """Show the window over the whole screen until the input ends."""
    application = QApplication(sys.argv[:1])
    application.setStyle("Fusion")
    application.setCursorFlashTime(0)  # a blinking caret would change the picture by itself
    # One family wherever it is installed, so that the window looks, and reads, alike on every machine.
    font = QFont(["DejaVu Sans", "Segoe UI", "Helvetica Neue", "Arial"])
    font.setPointSizeF(10)
    application.setFont(font)
    window = OfficeWindow()
    questions = Questions(window)
    window.setGeometry(application.primaryScreen().geometry())
    window.show()
    window.table.setFocus()
    # One turn of the loop for the layout, one for the window manager's word on the geometry.
    QTimer.singleShot(300, questions.start)
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
