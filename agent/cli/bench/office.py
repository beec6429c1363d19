"""`Office`: the window that the rows look at, in a process of its own, with the truth about every text on it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from agent.cli.bench.accuracy import Truth
from agent.cli.bench.conversation import Conversation
from agent.core.geometry import Region
from agent.resources import path as resource

AMOUNT_COLUMN = 6


class Office:
    """The bundled office window. Use it with ``with``."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._talk = Conversation("office_window.py", [str(resource("examples/office_window.py"))], environment)
        self.window_id = int(self._talk.first["window"])
        self.truths = tuple(Truth(told["text"], Region(*told["rect"])) for told in self._talk.first["texts"])
        self._changes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._talk.close()

    def place(self, text: str) -> Region:
        """The rectangle of a text that is there once."""
        return next(truth.rect for truth in self.truths if truth.text == text)

    def change_amount(self) -> str:
        """Change one amount in the table to one that was not there yet; returns it."""
        self._changes += 1
        amount = f"{self._changes % 9 + 1}.{(self._changes * 317) % 900 + 100},{(self._changes * 37) % 90 + 10} €"
        row = self._changes % 30
        self._talk.ask({"do": "cell", "row": row, "column": AMOUNT_COLUMN, "text": amount})
        return amount

    def focus_note(self) -> None:
        """Empty the text field and give it the keys."""
        self._talk.ask({"do": "focus"})

    def typed(self) -> str:
        """What has arrived in the text field."""
        return str(self._talk.ask({"do": "typed"})["typed"])

    def draw_button(self, text: str, path: Path) -> None:
        """Draw a button that is not on the screen into a PNG file."""
        self._talk.ask({"do": "picture", "text": text, "path": str(path)})
