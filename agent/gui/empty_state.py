"""`EmptyState`: what stands where nothing is yet: why, and the next step."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from agent.gui.theme import Theme


class EmptyState(QWidget):
    """An icon, a sentence, a hint and perhaps a button, in the middle. The button sends `pressed`."""

    pressed = Signal()
    _ICON = 40

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = "workflow"
        self._icon = QLabel(self)
        self.title = centred(QLabel(self))
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        self.title.setFont(font)
        self.hint = centred(QLabel(self))
        self.hint.setProperty("quiet", True)
        self.button = QPushButton(self)
        self.button.clicked.connect(self.pressed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        layout.addStretch(2)
        layout.addWidget(self._icon, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(4)
        layout.addWidget(self.title)
        layout.addWidget(self.hint)
        layout.addSpacing(8)
        layout.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        theme.changed.connect(self._draw)

    def show_text(self, icon: str, title: str, hint: str = "", button: str = "") -> None:
        """Show this; without a button text there is no button."""
        self._name = icon
        self.title.setText(title)
        self.hint.setText(hint)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self._draw()

    def _draw(self) -> None:
        self._icon.setPixmap(self._theme.icon(self._name, "quiet").pixmap(self._ICON, self._ICON))


def centred(label: QLabel) -> QLabel:
    """The label, its lines in the middle and broken where they must be."""
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)  # names and messages come from files: nothing in them is markup
    return label
