"""Paste a text by the clipboard, which then holds again what it held."""

from __future__ import annotations

import sys

from agent.actions.place import guard
from agent.core.clipboard import Clip
from agent.core.context import Context
from agent.core.errors import NotInTime
from agent.core.target import WindowInfo

_READ_S = 2.0
"""How long a program may take to read the clipboard after the key."""
_BLIND_S = 0.5
"""How long the text stays where the system does not tell who has read it."""


def paste(context: Context, text: str, window: WindowInfo) -> None:
    """Put the text on the clipboard, press the key for pasting in this window, and give the clipboard back.

    Raises NotInTime when the program does not take it: a field may forbid to paste.
    """
    before = context.clipboard.snapshot()
    try:
        with context.repeatable():
            context.clipboard.set(Clip(text=text))
        guard(context, window)
        context.input.hotkey(("meta" if sys.platform == "darwin" else "ctrl", "v"), into=window.id, check=context.check)
        wait_s = _READ_S if sys.platform == "linux" else _BLIND_S
        taken = context.clipboard.await_reader(window.id, wait_s=wait_s, check=context.check)
    finally:
        context.clipboard.restore(before)
    if taken is False:
        raise NotInTime(
            "The window {window} did not take the text from the clipboard.",
            "The field may forbid to paste, or pastes by another key. Let the text be typed by keys instead.",
            window=window,
        )
