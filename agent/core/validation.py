"""What pydantic finds wrong, as sentences for people: `faults` of a ValidationError."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from agent.core.spelling import closest, some

Path = tuple[str | int, ...]
"""Keys and indices that lead to a value in a JSON document."""

_LONGEST_VALUE = 60
NAME_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]{0,63}$"
"""That of `agent.core.workflow.Identifier`."""

_SENTENCES: Mapping[str, str] = {
    "missing": "{field} is missing.",
    "extra_forbidden": "{field} is unknown.",
    "string_type": "{field} must be a text, not {value}.",
    "int_type": "{field} must be a whole number, not {value}.",
    "int_parsing": "{field} must be a whole number, not {value}.",
    "int_from_float": "{field} must be a whole number, not {value}.",
    "float_type": "{field} must be a number, not {value}.",
    "float_parsing": "{field} must be a number, not {value}.",
    "finite_number": "{field} must be a number, not {value}.",
    "bool_type": "{field} must be true or false, not {value}.",
    "bool_parsing": "{field} must be true or false, not {value}.",
    "list_type": "{field} must be a list, not {value}.",
    "tuple_type": "{field} must be a list, not {value}.",
    "dict_type": "{field} must be an object, not {value}.",
    "model_type": "{field} must be an object, not {value}.",
    "model_attributes_type": "{field} must be an object, not {value}.",
    "greater_than_equal": "{field} must be at least {limit}, not {value}.",
    "greater_than": "{field} must be greater than {limit}, not {value}.",
    "less_than_equal": "{field} must be at most {limit}, not {value}.",
    "less_than": "{field} must be less than {limit}, not {value}.",
    "string_too_short": "{field} must not be shorter than {limit}.",
    "string_too_long": "{field} must not be longer than {limit} characters.",
    "too_short": "{field} must have at least {limit} items.",
    "too_long": "{field} must have at most {limit} items.",
    "name": "{field} must be a name of letters (a to z), digits and _, not {value}.",
    "string_pattern_mismatch": "{field} must be written as {limit}, not {value}.",
    "literal_error": "{field} must be one of {limit}, not {value}.",
    "enum": "{field} must be one of {limit}, not {value}.",
}
_OTHER = "{field}: {limit}."
_CLOSEST = "Did you mean {closest}?"
_KNOWN = "There are: {known}."
_AND_MORE: Mapping[str, str] = {
    "": "More mistakes in the file: {others}.",
    _CLOSEST: "Did you mean {closest}? More mistakes in the file: {others}.",
    _KNOWN: "There are: {known}. More mistakes in the file: {others}.",
}
TEXTS = (*_SENTENCES.values(), _OTHER, *_AND_MORE, *_AND_MORE.values())
"""Every template of this module, for the catalogues of translations."""
_LIMITS = ("ge", "gt", "le", "lt", "min_length", "max_length", "pattern", "expected", "error")
"""Where pydantic keeps what `{limit}` stands for."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where, and the template with its values, as an AgentError takes them."""

    path: Path
    type: str
    message: str
    hint: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    base: Path | None = None
    """The value for which several types were tried, when this is the complaint of one of them."""


def faults(error: ValidationError, model: type[BaseModel], data: Any) -> list[Fault]:
    """Everything that was wrong with `data`. Unknown keys come first: a misspelt one is also a missing one."""
    found = [_fault(details, model, data) for details in error.errors(include_url=False)]
    return sorted(found, key=lambda fault: fault.type != "extra_forbidden")


def and_more(hint: str) -> str:
    """The hint of a fault, when there are others beside it."""
    return _AND_MORE.get(hint, hint)


def dotted(path: Path, data: Any = None) -> str:
    """The path as people read it: ``target.text``, ``keys[0]``, and by its id for a node: ``nodes.read.policy``."""
    text = ""
    for key in path:
        data = _inside(data, key)
        name = next((data[k] for k in ("id", "name") if isinstance(data.get(k), str)), key) if _is_part(data) else key
        if isinstance(key, int) and isinstance(name, int):
            text += f"[{key}]"
        else:
            text += f".{name}" if text else str(name)
    return text[:200]


def shown(value: Any) -> str:
    """A value in a sentence: as JSON writes it, cut where it gets long."""
    if isinstance(value, str):
        value = value[: _LONGEST_VALUE + 1]
    elif isinstance(value, Mapping):
        return "{…}"
    elif isinstance(value, list | tuple):
        return "[…]"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_VALUE + 2 else text[:_LONGEST_VALUE] + "…"


def _is_part(data: Any) -> bool:
    return isinstance(data, Mapping) and ("action" in data or "name" in data)


def _inside(data: Any, key: str | int) -> Any:
    if isinstance(data, Mapping):
        return data.get(key)
    if isinstance(data, list | tuple) and isinstance(key, int) and key < len(data):
        return data[key]
    return None


def _fault(details: ErrorDetails, model: type[BaseModel], data: Any) -> Fault:
    path, base = _followed(details["loc"], details["type"], data)
    context = details.get("ctx", {})
    limit = str(next((context[name] for name in _LIMITS if name in context), details["msg"]))
    kind = "name" if limit == NAME_PATTERN else details["type"]
    values: dict[str, Any] = {
        "field": dotted(path, data) or model.__name__,
        "value": shown(details["input"]),
        "limit": (limit.replace(" or ", ", ") if "expected" in context else limit).rstrip("."),
    }
    hint = ""
    if kind == "extra_forbidden":
        names = _names(model, path[:-1])
        values |= {"closest": closest(str(path[-1]), names), "known": some(names, 20)}
        hint = _CLOSEST if values["closest"] else _KNOWN if names else ""
    message = _SENTENCES.get(kind, _OTHER)
    used = {name: value for name, value in values.items() if f"{{{name}}}" in message + hint}
    return Fault(path, details["type"], message, hint, used, base)


def _followed(location: Path, kind: str, data: Any) -> tuple[Path, Path | None]:
    """The location without the names that pydantic gives to the alternatives of a union, and where that union is."""
    path: list[str | int] = []
    base: Path | None = None
    for place, key in enumerate(location):
        is_there = key in data if isinstance(data, Mapping) else isinstance(data, list | tuple) and isinstance(key, int)
        if is_there or (kind == "missing" and place == len(location) - 1):
            path.append(key)
            data = _inside(data, key)
        elif base is None:
            base = tuple(path)
    return tuple(path), base


def _names(model: type[BaseModel], path: Path) -> list[str]:
    """The fields that the object at this path may have."""
    models = [model]
    for key in path:
        if isinstance(key, str):
            models = [inner for outer in models for inner in _models_at(outer, key)]
    return [info.alias or name for found in models for name, info in found.model_fields.items()]


def _models_at(model: type[BaseModel], key: str) -> Iterator[type[BaseModel]]:
    for name, info in model.model_fields.items():
        if key in (name, info.alias):
            yield from _models_in(info.annotation)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
