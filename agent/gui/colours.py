"""The colours of light and dark, and the palette that Qt draws with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtGui import QColor, QPalette

from agent.core.run import Status

Tint = Literal["text", "quiet", "accent", "on_accent", "good", "warn", "bad", "hover", "selected"]


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of a theme. Text has on each of its grounds at least the contrast 4.5 : 1 (WCAG 2.2, 1.4.3)."""

    ground: str
    card: str
    text: str
    quiet: str
    frame: str
    line: str
    hover: str
    selected: str
    accent: str
    accent_hover: str
    on_accent: str
    good: str
    warn: str
    bad: str
    bad_ground: str


LIGHT = Colours(
    ground="#f3f5f9",
    card="#ffffff",
    text="#17202e",
    quiet="#566276",
    frame="#7d899d",
    line="#dde3ec",
    hover="#edf1f7",
    selected="#dfe9fa",
    accent="#1757b8",
    accent_hover="#0f4596",
    on_accent="#ffffff",
    good="#176b39",
    warn="#8a5200",
    bad="#b3141f",
    bad_ground="#fdecec",
)
DARK = Colours(
    ground="#141a23",
    card="#1b232e",
    text="#e9eef6",
    quiet="#a4b0c2",
    frame="#74829a",
    line="#303b4b",
    hover="#242e3b",
    selected="#263a57",
    accent="#7fb0ff",
    accent_hover="#a5c8ff",
    on_accent="#0c1420",
    good="#6fd596",
    warn="#f0b860",
    bad="#ff9a9f",
    bad_ground="#3a1f24",
)

STATUS_TINTS: dict[Status, Tint] = {
    Status.WAITING: "quiet",
    Status.RUNNING: "accent",
    Status.RETRYING: "warn",
    Status.DONE: "good",
    Status.FAILED: "bad",
    Status.SKIPPED: "quiet",
    Status.STOPPED: "warn",
    Status.INTERRUPTED: "bad",
}
"""The colour of each status; the icon ``status_<status>`` and the word always stand beside it."""


def palette(colours: Colours) -> QPalette:
    """The palette for all that the style sheet leaves to Qt."""
    made = QPalette()
    role = QPalette.ColorRole
    for each, colour in (
        (role.Window, colours.ground),
        (role.WindowText, colours.text),
        (role.Base, colours.card),
        (role.AlternateBase, colours.ground),
        (role.Text, colours.text),
        (role.PlaceholderText, colours.quiet),
        (role.Button, colours.card),
        (role.ButtonText, colours.text),
        (role.BrightText, colours.bad),
        (role.Highlight, colours.accent),
        (role.HighlightedText, colours.on_accent),
        (role.Link, colours.accent),
        (role.LinkVisited, colours.accent),
        (role.ToolTipBase, colours.card),
        (role.ToolTipText, colours.text),
        (role.Mid, colours.line),
        (role.Accent, colours.accent),
    ):
        made.setColor(each, QColor(colour))
    for each in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, each, QColor(colours.frame))
    return made
