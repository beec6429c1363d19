"""What all keyboards have in common: which characters can be typed, and the error when a window lost the focus."""

from __future__ import annotations

import unicodedata

from agent.core.errors import ActionError, WrongWindow
from agent.core.secret import Secret, one_line_end

HANDS_S = 5.0
"""How long a person may hold a key such as Shift before we give up."""


def characters(text: str | Secret) -> str:
    """The characters to type, revealed, with every line end as ``\\n``. Raises ActionError for an impossible one.

    Call it inside a keyboard backend only, and do not keep what it returns.
    """
    plain = one_line_end(text.reveal() if isinstance(text, Secret) else text)
    for number, character in enumerate(plain, 1):
        # Cc: control characters; Cs: half a surrogate pair. No keyboard has either.
        if character not in "\n\t" and unicodedata.category(character) in ("Cc", "Cs"):
            if isinstance(text, Secret):
                raise ActionError(
                    "Character {number} of the secret cannot be typed.",
                    "Store the secret again without control characters.",
                    number=number,
                )
            raise ActionError(
                "Character {number} of the text, U+{code}, cannot be typed.",
                "Only printable characters, tab and line end can be typed; use keyboard.hotkey for other keys.",
                number=number,
                code=f"{ord(character):04X}",
            )
    return plain


def hands_in_the_way() -> ActionError:
    """The error for a modifier key that somebody keeps down."""
    return ActionError(
        "Somebody holds Shift, Ctrl, Alt or another such key down.",
        "Typing would come out wrong. Let go of the key and start the step again.",
    )


def other_window(wanted: str, seen: str, typed: int) -> WrongWindow:
    """The error for a window that has the keyboard, but is not any more what the secret was released for."""
    return WrongWindow(
        "Typing stopped after {typed} characters: the window {window} turned into {front}.",
        "Its program, title or page changed while a secret was typed. Wait until it is loaded, then start again.",
        typed=typed,
        front=seen,
        window=wanted,
    )


def wrong_window(wanted: str, front: str, typed: int) -> WrongWindow:
    """The error for a guarded text whose window is not (or no longer) the one that gets the keystrokes."""
    return WrongWindow(
        "Typing stopped after {typed} characters: {front} had the keyboard instead of {window}.",
        "Nothing was typed into another window. Focus the window first, and keep other programs from taking over.",
        typed=typed,
        front=front,
        window=wanted,
    )
