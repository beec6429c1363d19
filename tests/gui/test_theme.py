"""Light and dark."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from agent.core.run import Status
from agent.gui.colours import DARK, LIGHT, STATUS_TINTS, Colours
from agent.gui.theme import Theme
from agent.resources import path as resource


def contrast(one: str, two: str) -> float:
    """The contrast of two colours (WCAG 2.2, definition of contrast ratio)."""

    def luminance(code: str) -> float:
        parts = QColor(code).getRgbF()[:3]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("tint", ["text", "quiet", "accent", "good", "warn", "bad"])
def test_texts_can_be_read_on_every_ground(colours: Colours, tint: str) -> None:
    values = asdict(colours)
    for ground in ("ground", "card", "hover", "selected", "bad_ground"):
        if ground != "bad_ground" or tint == "text":
            assert contrast(values[tint], values[ground]) >= 4.5, ground
    assert contrast(colours.on_accent, colours.accent) >= 4.5
    assert contrast(colours.frame, colours.card) >= 3


def test_a_choice_changes_palette_and_icons(qapp: QApplication) -> None:
    theme = Theme(qapp, "light")
    assert theme.icon("play").pixmap(32, 32).toImage().pixelColor(14, 16) == QColor(LIGHT.text)
    theme.choose("dark")
    assert qapp.palette().window().color() == QColor(DARK.ground)
    assert theme.icon("play").pixmap(32, 32).toImage().pixelColor(14, 16) == QColor(DARK.text)


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_an_icon_and_a_colour(status: Status, theme: Theme) -> None:
    assert resource(f"icons/status_{status.value}.svg").is_file()
    assert status in STATUS_TINTS
    assert not theme.status_icon(status).pixmap(16, 16).toImage().isNull()
