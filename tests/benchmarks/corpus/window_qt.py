"""A window of the corpus in Qt. Its only argument is the spec as JSON (see `screens.py`)."""

from __future__ import annotations

import html
import sys
from typing import Any

from content import Content, content
from look_qt import COLOURS, Film, icon, palette
from PySide6.QtCore import QEventLoop, QObject, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QMainWindow,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QStyle,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QTextEdit,
    QToolBar,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from truth import serve, spec, tell
from truth_qt import truths


class Window(QMainWindow):
    """The parts of the layout, and the truth about them."""

    def __init__(self, wanted: dict[str, Any]) -> None:
        super().__init__(None, Qt.WindowType.FramelessWindowHint)
        self.wanted = wanted
        self.data: Content = content(wanted["domain"], wanted["language"], wanted["seed"])
        self.small = QFont(self.font())
        self.small.setPointSizeF(wanted.get("small", 8.5))
        for menu in self.data.menus:
            self.menuBar().addMenu(plain(menu))
        if wanted.get("tools", True):
            self.addToolBar(self._tools())
        self.table: QTableWidget | None = None
        self.note: QPlainTextEdit | None = None
        body = QWidget()
        QVBoxLayout(body).addWidget(self._build(wanted["layout"]))
        self.setCentralWidget(body)
        self.status = QLabel(self.data.status)
        self.statusBar().addWidget(self.status)
        self.dialog, self.dialog_text = self._dialog()

    # --- building ---

    def _build(self, layout: Any) -> QWidget:
        if isinstance(layout, str):
            made: QWidget = getattr(self, f"_{layout}")()
            return made
        if "tabs" in layout:
            tabs = QTabWidget()
            for number, title in enumerate(self.data.tabs):
                tabs.addTab(self._build(layout["tabs"]) if number == 0 else QWidget(), plain(title))
            return tabs
        side = "row" if "row" in layout else "column"
        widget = QWidget()
        box: QHBoxLayout | QVBoxLayout = QHBoxLayout(widget) if side == "row" else QVBoxLayout(widget)
        box.setContentsMargins(0, 0, 0, 0)
        for item in layout[side]:
            part, weight = item if isinstance(item, list) else (item, 0)
            box.addWidget(self._build(part), weight)
        if not any(isinstance(item, list) for item in layout[side]):
            box.addStretch()
        return widget

    def _tools(self) -> QToolBar:
        bar = QToolBar()
        bar.setMovable(False)
        bar.setIconSize(QSize(16, 16))
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for number, text in enumerate(self.data.tools):
            action = bar.addAction(icon(number), plain(text))
            action.setEnabled(number != 2)
        return bar

    def _form(self) -> QWidget:
        group = QGroupBox(plain(self.data.groups[0]))
        form = QFormLayout(group)
        for number, (label, value) in enumerate(self.data.fields):
            edit = QLineEdit(value)
            edit.setEnabled(number != 7)
            form.addRow(QLabel(label), edit)
        return group

    def _grid(self) -> QWidget:
        group = QGroupBox(plain(self.data.groups[0]))
        grid = QGridLayout(group)
        for number, (label, value) in enumerate(self.data.fields):
            row, column = 2 * (number // 3), number % 3
            name = QLabel(label)
            name.setFont(self.small)
            grid.addWidget(name, row, column)
            grid.addWidget(QLineEdit(value), row + 1, column)
        return group

    def _options(self) -> QWidget:
        group = QGroupBox(plain(self.data.groups[1]))
        box = QVBoxLayout(group)
        for number, text in enumerate(self.data.options):
            check = QCheckBox(plain(text))
            check.setChecked(number % 2 == 0)
            check.setEnabled(number != 3)
            box.addWidget(check)
        return group

    def _radios(self) -> QWidget:
        group = QGroupBox(plain(self.data.groups[2]))
        box = QVBoxLayout(group)
        one = QButtonGroup(group)
        for number, text in enumerate(self.data.radios):
            radio = QRadioButton(plain(text))
            radio.setChecked(number == 1)
            one.addButton(radio)
            box.addWidget(radio)
        return group

    def _combos(self) -> QWidget:
        group = QGroupBox(plain(self.data.groups[3]))
        form = QFormLayout(group)
        for label, value in self.data.combos:
            combo = QComboBox()
            combo.addItems([value, "…"])
            form.addRow(QLabel(label), combo)
        return group

    def _buttons(self) -> QWidget:
        widget = QWidget()
        row = QHBoxLayout(widget)
        row.setContentsMargins(0, 0, 0, 0)
        colours = self.wanted.get("colours", [["#1a73e8", "#ffffff"], ["#c62828", "#ffffff"]])
        for number, text in enumerate(self.data.buttons):
            button = QPushButton(plain(text))
            if number < len(colours):
                ground, ink = colours[number]
                button.setStyleSheet(
                    f"QPushButton {{background: {ground}; color: {ink}; border: none; padding: 6px 14px}}"
                )
            button.setEnabled(number != 2)
            row.addWidget(button)
        row.addStretch()
        return widget

    def _links(self) -> QWidget:
        widget = QWidget()
        box = QVBoxLayout(widget)
        for text in self.data.links:
            box.addWidget(QLabel(f'<a href="#">{html.escape(text)}</a>'))
        return widget

    def _hints(self) -> QWidget:
        widget = QWidget()
        box = QVBoxLayout(widget)
        for number, text in enumerate(self.data.hints):
            label = QLabel(text)
            label.setFont(self.small)
            label.setEnabled(number != 1)
            box.addWidget(label)
        return widget

    def _heading(self) -> QWidget:
        label = QLabel(self.data.heading)
        font = QFont(self.font())
        font.setPointSizeF(self.wanted.get("heading", 16))
        font.setBold(True)
        label.setFont(font)
        return label

    def _prose(self) -> QWidget:
        text = QTextEdit()
        text.setReadOnly(True)
        text.setFrameShape(QFrame.Shape.NoFrame)
        text.setPlainText(self.data.prose)
        text.setFixedHeight(int(QFontMetricsF(text.font()).height() * 6))
        return text

    def _note(self) -> QWidget:
        self.note = QPlainTextEdit("\n".join(self.data.notes))
        return self.note

    def _cards(self) -> QWidget:
        widget = QWidget()
        row = QHBoxLayout(widget)
        row.setContentsMargins(0, 0, 0, 0)
        big = QFont(self.font())
        big.setPointSizeF(self.wanted.get("heading", 16))
        for number, (name, amount) in enumerate(self.data.cards):
            card = QFrame()
            card.setFrameShape(QFrame.Shape.StyledPanel)
            box = QVBoxLayout(card)
            box.addWidget(label := QLabel(name))
            label.setFont(self.small)
            box.addWidget(value := QLabel(amount))
            value.setFont(big)
            value.setStyleSheet(f"color: {COLOURS[number]}" if not self.wanted["dark"] else "")
            row.addWidget(card, 1)
        return widget

    def _tree(self) -> QWidget:
        tree = QTreeWidget()
        tree.setHeaderHidden(True)
        top = None
        for number, text in enumerate(self.data.tree):
            item = QTreeWidgetItem([text])
            item.setIcon(0, icon(number))
            if number % 4 == 0 or top is None:
                top = item
                tree.addTopLevelItem(item)
            else:
                top.addChild(item)
        tree.expandAll()
        tree.setCurrentItem(tree.topLevelItem(0))
        return tree

    def _list(self) -> QWidget:
        listed = QListWidget()
        for row in self.data.rows[40:56]:
            listed.addItem(f"{row[2]}, {row[1]}")
        listed.setAlternatingRowColors(True)
        listed.setCurrentRow(2)
        return listed

    def _table(self) -> QWidget:
        data = self.data
        table = QTableWidget(len(data.rows), len(data.heads))
        if "table" in self.wanted:
            font = QFont(self.font())
            font.setPointSizeF(self.wanted["table"])
            table.setFont(font)
        table.setHorizontalHeaderLabels(data.heads)
        table.verticalHeader().setVisible(self.wanted.get("numbers", False))
        table.setAlternatingRowColors(self.wanted.get("stripes", False))
        table.setShowGrid(self.wanted.get("grid", True))
        height = int(QFontMetricsF(table.font()).height()) + self.wanted.get("row", 6)
        table.verticalHeader().setMinimumSectionSize(height)
        table.verticalHeader().setDefaultSectionSize(height)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        for y, row in enumerate(data.rows):
            for x, text in enumerate(row):
                item = QTableWidgetItem(text)
                if x in data.right:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                table.setItem(y, x, item)
        table.resizeColumnsToContents()
        table.horizontalHeader().setStretchLastSection(True)
        table.horizontalHeader().setHighlightSections(False)
        if "chosen" in self.wanted:
            table.selectRow(self.wanted["chosen"])
        self.table = table
        return table

    def _dialog(self) -> tuple[QFrame, QLabel]:
        frame = QFrame(self)
        frame.setAutoFillBackground(True)
        frame.setFrameShape(QFrame.Shape.Box)
        box = QVBoxLayout(frame)
        row = QHBoxLayout()
        sign = QLabel()
        sign.setPixmap(self.style().standardIcon(QStyle.StandardPixmap.SP_MessageBoxQuestion).pixmap(32, 32))
        text = QLabel()
        row.addWidget(sign)
        row.addWidget(text)
        box.addLayout(row)
        answers = QHBoxLayout()
        answers.addStretch()
        for answer in self.data.answers:
            answers.addWidget(QPushButton(plain(answer)))
        box.addLayout(answers)
        frame.hide()
        return frame, text

    # --- what it does when asked ---

    def told(self) -> dict[str, Any]:
        """What stands where."""
        return truths(self, self.dialog).told()

    def show_dialog(self, text: str) -> None:
        """Show the text in a frame over the middle of the window; hide that for an empty one."""
        self.dialog_text.setText(text)
        self.dialog.setVisible(bool(text))
        self.dialog.raise_()
        self.dialog.adjustSize()
        self.dialog.move(self.rect().center() - self.dialog.rect().center())


def plain(text: str) -> str:
    """The text for a widget that takes ``&`` for the sign before its key."""
    return text.replace("&", "&&")


class Questions(QObject):
    """Answers on Qt's thread."""

    asked = Signal(dict)
    ended = Signal()

    def __init__(self, window: Window) -> None:
        super().__init__()
        self._window = window
        self._film = Film(window)
        self._film.hide()
        self.asked.connect(self._answer)
        self.ended.connect(QApplication.quit)

    def start(self) -> None:
        """Say what stands where, and listen."""
        family = QApplication.font().families()[0]
        shown = self._window.fontInfo().family()
        tell(
            window=int(self._window.winId()),
            font=shown,
            missing=[] if shown.startswith(family) else [family],
            **self._window.told(),
        )
        serve(self.asked.emit, self.ended.emit)

    def _answer(self, question: dict[str, Any]) -> None:
        window, place = self._window, None
        match question["do"]:
            case "cell" if window.table is not None:
                item = window.table.item(question["row"], question["column"])
                item.setText(question["text"])
            case "message":
                window.show_dialog(question["text"])
            case "type" if window.note is not None:
                window.note.setPlainText(question["text"])
            case "scroll" if window.table is not None:
                window.table.verticalScrollBar().setValue(question["row"])
            case "film":
                ratio = window.devicePixelRatioF()
                self._film.setGeometry(*(round(side / ratio) for side in question["rect"]))
                self._film.number = question["frame"]
                self._film.setVisible(question["frame"] >= 0)
                self._film.raise_()
                self._film.update()
        for _ in range(3):  # what is laid out anew is painted one turn later
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeSocketNotifiers)
        QGuiApplication.sync()  # what was painted is on the screen before the answer is read
        tell(done=place is None, **window.told())


def main() -> int:
    """Show the window over the whole screen until the input ends."""
    wanted = spec()
    application = QApplication(sys.argv[:1])
    application.setStyle(wanted["style"])
    application.setPalette(palette(wanted))
    application.setCursorFlashTime(0)  # a blinking caret would change the picture by itself
    font = QFont([wanted["font"], "DejaVu Sans"])
    font.setPointSizeF(wanted["size"])
    application.setFont(font)
    window = Window(wanted)
    questions = Questions(window)
    window.setGeometry(QRect(0, 0, *wanted["window"]) if "window" in wanted else application.primaryScreen().geometry())
    window.show()
    if wanted.get("dialog"):
        QTimer.singleShot(100, lambda: window.show_dialog(window.data.dialog))
    window.menuBar().setFocus()
    QTimer.singleShot(500, questions.start)
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
