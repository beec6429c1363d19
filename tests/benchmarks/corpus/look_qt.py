"""How the Qt window looks: its colours, icons, and a film that plays in it."""

from __future__ import annotations

import random
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import (
    QWidget,
)

SHAPES = ("disc", "page", "bars", "arrow", "star", "box")
COLOURS = ("#2f6fd0", "#c0392b", "#2e8b57", "#e08e0b", "#7d3c98", "#5d6d7e")


def icon(number: int) -> QIcon:
    """A small coloured sign, as toolbars have them."""
    picture = QPixmap(16, 16)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = QColor(COLOURS[number % len(COLOURS)])
    painter.setPen(colour.darker())
    painter.setBrush(colour)
    shape = SHAPES[number % len(SHAPES)]
    if shape == "disc":
        painter.drawEllipse(1, 1, 13, 13)
    elif shape == "page":
        painter.drawRect(3, 1, 10, 13)
        painter.setPen(QColor("white"))
        for y in (4, 7, 10):
            painter.drawLine(5, y, 11, y)
    elif shape == "bars":
        for x in (2, 6, 10):
            painter.drawRect(x, 14 - x, 3, x)
    elif shape == "arrow":
        painter.drawPolygon(
            [QPoint(2, 8), QPoint(9, 2), QPoint(9, 6), QPoint(14, 6), QPoint(14, 10), QPoint(9, 10), QPoint(9, 14)]
        )
    elif shape == "star":
        painter.drawPolygon(
            [
                QPoint(8, 1),
                QPoint(11, 6),
                QPoint(15, 8),
                QPoint(10, 10),
                QPoint(8, 15),
                QPoint(6, 10),
                QPoint(1, 8),
                QPoint(6, 6),
            ]
        )
    else:
        painter.drawRoundedRect(1, 2, 13, 12, 3, 3)
    painter.end()
    return QIcon(picture)


LIGHT = {
    "Window": "#efefef", "Base": "#ffffff", "AlternateBase": "#f5f5f5", "Button": "#efefef", "Link": "#0057ae",
    "WindowText": "#000000", "Text": "#000000", "ButtonText": "#000000",
}  # fmt: skip
DARK = {
    "Window": "#2b2d30", "Base": "#1e1f22", "AlternateBase": "#26282b", "Button": "#393b40", "Link": "#6ba4f8",
    "WindowText": "#dfe1e5", "Text": "#dfe1e5", "ButtonText": "#dfe1e5",
}  # fmt: skip


def palette(wanted: dict[str, Any]) -> QPalette:
    """The colours of a light or dark desktop, or what the spec says."""
    colours = QPalette()
    for role, colour in ((DARK if wanted["dark"] else LIGHT) | wanted.get("palette", {})).items():
        colours.setColor(getattr(QPalette.ColorRole, role), QColor(colour))
    colours.setColor(QPalette.ColorRole.Highlight, QColor(wanted.get("accent", "#308cc6")))
    colours.setColor(QPalette.ColorRole.HighlightedText, QColor("#ffffff"))
    grey = QColor("#7a7e85" if wanted["dark"] else "#8f8f8f")
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        colours.setColor(QPalette.ColorGroup.Disabled, role, grey)
    return colours


class Film(QWidget):
    """A playing video: a moving picture that is new in each frame."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.number = 0

    def paintEvent(self, event: Any) -> None:  # noqa: N802 - the base's name
        """Draw the frame of this number."""
        chance = random.Random(self.number)  # noqa: S311 - a picture, not a secret
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor.fromHsv(chance.randint(0, 359), 120, chance.randint(0, 255)))
        for _ in range(60):
            painter.fillRect(
                chance.randint(-40, self.width()),
                chance.randint(-40, self.height()),
                chance.randint(10, 160),
                chance.randint(10, 120),
                QColor.fromHsv(chance.randint(0, 359), chance.randint(0, 255), chance.randint(0, 255)),
            )
