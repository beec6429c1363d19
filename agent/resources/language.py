"""The user's language: English texts are the keys, a catalogue gives the translation."""

from __future__ import annotations

import json
import locale
import os
from collections.abc import Mapping
from typing import Any

from agent.core.errors import AgentError, ErrorRecord, fill
from agent.resources import path

LANGUAGES = ("en", "de")


def system_language() -> str:
    """The language that the user's system speaks, if we have it, else English."""
    told = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    spoken = told or locale.getlocale()[0] or ""
    # Windows says "German_Germany" where others say "de_DE".
    return "de" if spoken.lower().startswith(("de", "german")) else "en"


class Language:
    """Translates texts and errors. `Language("de")("Run")` is “Ausführen”."""

    def __init__(self, code: str = "") -> None:
        self.code = code if code in LANGUAGES else system_language()
        catalogue = path(f"translations/{self.code}.json")
        self._texts: dict[str, str] = json.loads(catalogue.read_bytes()) if self.code != "en" else {}

    def __call__(self, text: str, /, **values: Any) -> str:
        """The text in the user's language, with its ``{values}`` filled in."""
        return fill(self._texts.get(text, text), values)

    def error(self, error: AgentError | ErrorRecord) -> tuple[str, str]:
        """(message, hint) of an error in the user's language; the hint may be empty."""
        record = error.record() if isinstance(error, AgentError) else error
        values: Mapping[str, Any] = record.values
        # A hint may have lines of its own origin (“It was not tried again …”), each with its translation.
        hint = "\n".join(map(self, record.hint.split("\n"))) if record.hint else ""
        return fill(self(record.message), values), fill(hint, values)
