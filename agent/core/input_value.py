"""One value that somebody gives to a workflow, read as the type that its input declares."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from agent.core.errors import AgentError
from agent.core.spelling import closest, some
from agent.core.validation import shown
from agent.core.workflow import Input, InputType

_YES = frozenset({"true", "yes", "y", "1", "on", "ja", "j", "wahr", "ein", "an"})
_NO = frozenset({"false", "no", "n", "0", "off", "nein", "falsch", "aus"})
_NUMBER = re.compile(r"[+-]?\d{1,300}(\.\d{1,300})?([eE][+-]?\d{1,3})?")
_GERMAN = re.compile(r"[+-]?\d{1,3}(\.\d{3}){1,99},\d{1,300}")
_ENGLISH = re.compile(r"[+-]?\d{1,3}(,\d{3}){1,99}\.\d{1,300}")
_COMMA = re.compile(r"[+-]?\d{1,300},\d{1,300}")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_GERMAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def check_value(known: Input, value: Any) -> Any:
    """The value as the input's type has it. Raises AgentError."""
    return _READ[known.type](known, value)


def _text(known: Input, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise AgentError("The input {name} is a text, not {value}.", name=known.name, value=shown(value))


def _number(known: Input, value: Any) -> float | int:
    if isinstance(value, str):
        value = _parsed(known, value.strip())
    if (isinstance(value, float) and math.isfinite(value)) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise AgentError(
        "The input {name} is a number, not {value}.", "Write 12 or 12.5.", name=known.name, value=shown(value)
    )


def _parsed(known: Input, text: str) -> float | int | str:
    """The number that the text writes; the text itself when it writes none."""
    if _THOUSANDS.fullmatch(text):
        raise AgentError(
            "{value} for the input {name} can be read in two ways.",
            "Write 1234 or 1.234, with a point and without commas.",
            name=known.name,
            value=shown(text),
        )
    if _GERMAN.fullmatch(text) or _COMMA.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    elif _ENGLISH.fullmatch(text):
        text = text.replace(",", "")
    if not _NUMBER.fullmatch(text):
        return text
    return int(text) if text.lstrip("+-").isdigit() else float(text)


def _integer(known: Input, value: Any) -> int:
    number = _parsed(known, value.strip()) if isinstance(value, str) else value
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, int) and not isinstance(number, bool):
        return number
    raise AgentError(
        "The input {name} is a whole number, not {value}.",
        "Write it without a point.",
        name=known.name,
        value=shown(value),
    )


def _boolean(known: Input, value: Any) -> bool:
    text = str(value).strip().casefold() if isinstance(value, str | bool | int) else ""
    if text in _YES or text in _NO:
        return text in _YES
    raise AgentError(
        "The input {name} is yes or no, not {value}.",
        "Write yes or no, ja or nein.",
        name=known.name,
        value=shown(value),
    )


def _date(known: Input, value: Any) -> str:
    """The date as ISO text, such as ``2026-11-24``."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = value.strip() if isinstance(value, str) else ""
    try:
        if german := _GERMAN_DATE.fullmatch(text):
            day, month, year = map(int, german.groups())
            return date(year, month, day).isoformat()
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise AgentError(
            "The input {name} is a date, not {value}.",
            "Write 2026-11-24 or 24.11.2026.",
            name=known.name,
            value=shown(value),
        ) from error


def _choice(known: Input, value: Any) -> str:
    text = value.strip() if isinstance(value, str) else str(value)
    for choice in known.choices:
        if choice.casefold() == text.casefold():
            return choice
    near = closest(text, known.choices)
    raise AgentError(
        "The input {name} has no choice {value}.",
        "Did you mean {closest}?" if near else "There are: {known}.",
        name=known.name,
        value=shown(value),
        closest=near,
        known=some(known.choices, 20),
    )


def _filled(known: Input, value: Any) -> str:
    """A file or the name of a credential."""
    if isinstance(value, str) and value.strip():
        return value
    raise AgentError(
        "The input {name} is a name, not {value}.", "Write it as text.", name=known.name, value=shown(value)
    )


_READ: Mapping[InputType, Callable[[Input, Any], Any]] = {
    "text": _text,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "date": _date,
    "choice": _choice,
    "credential": _filled,
    "file": _filled,
}
