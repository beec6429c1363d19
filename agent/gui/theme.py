"""`Theme`: dresses the application in light or dark, and draws icons in its colours."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from agent.core.run import Status
from agent.gui.colours import DARK, LIGHT, STATUS_TINTS, Colours, Tint, palette
from agent.gui.style import style
from agent.resources import path as resource

_SIZES = (16, 20, 22, 24, 32, 40, 44, 48, 64, 80)
"""Pixels: what the window uses, on screens of single and double density."""


class Theme(QObject):
    """Dresses the application, and does so again when the system changes between light and dark."""

    changed = Signal()

    def __init__(self, application: QApplication, choice: str = "system") -> None:
        super().__init__(application)
        self._application = application
        self._choice = choice
        self._icons: dict[tuple[str, Tint], QIcon] = {}
        application.setStyle("Fusion")
        application.styleHints().colorSchemeChanged.connect(self._follow)
        self._dress()

    @property
    def colours(self) -> Colours:
        """The colours that hold now."""
        return DARK if self.is_dark else LIGHT

    @property
    def is_dark(self) -> bool:
        """Whether it is dark now: as chosen, else as the system is."""
        if self._choice == "system":
            return self._application.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return self._choice == "dark"

    def choose(self, choice: str) -> None:
        """Take ``light``, ``dark`` or ``system`` from now on."""
        self._choice = choice
        self._dress()

    def colour(self, tint: Tint) -> QColor:
        """The colour with this name, as it is now."""
        return QColor(getattr(self.colours, tint))

    def icon(self, name: str, tint: Tint = "text") -> QIcon:
        """The bundled icon in a colour as it is now: ask again after `changed`."""
        # Pictures, and no QIconEngine of our own: PySide 6.11 frees that twice when the program ends.
        key = (name, tint)
        if key not in self._icons:
            svg = resource(f"icons/{name}.svg").read_text(encoding="utf-8")
            icon = self._icons[key] = QIcon()
            for size in _SIZES:
                icon.addPixmap(_drawn(svg, self.colour(tint), size))
                icon.addPixmap(_drawn(svg, self.colour("quiet"), size, 0.6), QIcon.Mode.Disabled)
        return self._icons[key]

    def status_icon(self, status: Status) -> QIcon:
        """The icon of a status."""
        return self.icon(f"status_{status.value}", STATUS_TINTS[status])

    def _follow(self) -> None:
        if self._choice == "system":
            self._dress()

    def _dress(self) -> None:
        self._icons.clear()
        self._application.setPalette(palette(self.colours))
        arrow = resource("icons/down_dark.svg" if self.is_dark else "icons/down_light.svg")
        self._application.setStyleSheet(style(self.colours, arrow))
        self.changed.emit()


def _drawn(svg: str, colour: QColor, size: int, opacity: float = 1.0) -> QPixmap:
    """The icon as a picture of so many pixels."""
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(svg.replace("currentColor", colour.name()).encode()))
    with QPainter(pixmap) as painter:
        painter.setOpacity(opacity)
        renderer.render(painter, QRectF(0, 0, size, size))
    return pixmap
