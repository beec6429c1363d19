"""A window to type into and to click at, in a process of its own: it tells on stdout what it gets, as JSON lines.

Commands come on stdin: ``open <x,y,width,height> <title>``, ``where``, ``hide``, ``clear``, ``menu``, ``dialog`` and
``busy <ms>``. When stdin ends, so does the program.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QCompleter, QDialog, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (12, 34, 56))


def place_of(widget: QWidget) -> list[int]:
    corner = widget.mapToGlobal(widget.rect().topLeft())
    return [corner.x(), corner.y(), widget.width(), widget.height()]


def tell(**event: Any) -> None:
    print(json.dumps(event), flush=True)


class Field(QPlainTextEdit):
    """Tells its text on each change, and the keys with their modifiers."""

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(False)
        # toPlainText() would make a plain space of a no-break space.
        self.textChanged.connect(lambda: tell(text=self.document().toRawText().replace("\u2029", "\n")))
        self.selectionChanged.connect(lambda: tell(selected=self.textCursor().selectedText()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        tell(key=event.key(), modifiers=event.modifiers().value)
        super().keyPressEvent(event)


class Board(QLabel):
    """Four stripes of known colours, and every click and wheel turn."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(80)
        self._pressed_at = 0
        row = QVBoxLayout(self)
        row.setSpacing(0)
        row.setContentsMargins(0, 0, 0, 0)
        for red, green, blue in COLOURS:
            stripe = QWidget(self)
            stripe.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            stripe.setStyleSheet(f"background: rgb({red}, {green}, {blue})")
            row.addWidget(stripe)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._tell("press", event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._tell("double", event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        place = event.globalPosition().toPoint()
        tell(move=[place.x(), place.y()])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        tell(release=event.button().name, held_ms=event.timestamp() - self._pressed_at)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        tell(wheel=[event.angleDelta().x(), event.angleDelta().y()])

    def _tell(self, kind: str, event: QMouseEvent) -> None:
        self._pressed_at = event.timestamp()
        place = event.globalPosition().toPoint()
        tell(click=kind, at=[place.x(), place.y()], button=event.button().name, modifiers=event.modifiers().value)


class Commands(QObject):
    """Hands the lines of stdin to the window's thread."""

    came = Signal(str)

    def __init__(self, window: Window, field: Field) -> None:
        super().__init__(window)
        self._window, self._field = window, field
        self.came.connect(self._obey)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in sys.stdin:
            self.came.emit(line.rstrip("\n"))
        self.came.emit("quit")

    def _obey(self, line: str) -> None:
        command, _, rest = line.partition(" ")
        if command == "open":
            self._window.open(*rest.split(" ", 1))
        elif command == "where":
            self._window.where()
        elif command == "hide":
            for window in QApplication.topLevelWidgets():
                window.hide()
        elif command == "clear":
            self._field.blockSignals(True)
            self._field.clear()
            self._field.blockSignals(False)
        elif command == "menu":  # a list that grabs the keyboard and hands the keys on, as completions do
            completions = QCompleter(["eins", "zwei"], self._field)
            completions.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
            completions.setWidget(self._field)
            completions.complete()
            tell(popup=place_of(completions.popup()))
        elif command == "dialog":
            dialog = QDialog(self._window)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.setWindowTitle("Question")
            dialog.setModal(True)
            dialog.resize(200, 100)
            dialog.show()
        elif command == "busy":
            tell(busy=True)
            time.sleep(int(rest) / 1000)
        elif command == "quit":
            QApplication.quit()
        tell(done=command)


class Window(QWidget):
    """A field below a board."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.field = Field()
        self.board = Board()
        column.addWidget(self.board)
        column.addWidget(self.field)
        self.commands = Commands(self, self.field)

    def open(self, place: str, title: str) -> None:
        self.field.clear()
        self.setWindowTitle(title)
        self.setGeometry(*(int(number) for number in place.split(",")))
        self.show()
        self.field.setFocus()

    def where(self) -> None:
        tell(board=place_of(self.board))


def main() -> int:
    application = QApplication(sys.argv)
    application.setQuitOnLastWindowClosed(False)
    window = Window()
    code = application.exec()
    del window
    return code


if __name__ == "__main__":
    sys.exit(main())
