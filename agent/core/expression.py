"""``${...}`` in the values of a workflow: which names they read, and what they come to.

::

    resolve("${nodes.read.rows}", scope)          the list itself
    resolve("Hello ${inputs.name}!", scope)       a text
    resolve("costs $${price}", scope)             "costs ${price}": two dollars write one
    evaluate("len(nodes.read.rows) > 0", scope)   a bare expression, as in run_if

The names are ``inputs.<name>``, ``nodes.<id>.<field>``, ``vars.<name>``, ``run.<field>`` and, inside of a
container, what its passes give (``item``, ``index``, ``error``). The language is a small part of Python: see
`agent.core.formula` for what is allowed and `agent.core.meter` for the limits. Every fault is an
ExpressionError whose `position` counts characters from 0 in the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agent.core.errors import ExpressionError
from agent.core.formula import MAX_LENGTH, Names, parse
from agent.core.meter import Meter
from agent.core.operation import as_text

_MAX_DEPTH = 200
"""Of the value that expressions stand in; a workflow file has at most 100."""
_START = re.compile(r"\$\$\{|\$\{")
# A text in quotation marks may hold braces. An unclosed one is taken to the end: it cannot be closed later.
_INSIDE = re.compile(r"""'(?:[^'\\]++|\\.)*+'?|"(?:[^"\\]++|\\.)*+"?|[{}]""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Hole:
    """One ``${...}``: what stands inside, and where that starts in the whole text."""

    source: str
    position: int


def resolve(value: Any, scope: Mapping[str, Any], meter: Meter | None = None) -> Any:
    """The value with every ``${...}`` in it filled in; lists and objects are searched through.

    A text that is nothing but one ``${...}`` becomes the value itself, else the value is put into the text.
    All of them share one budget, that of the meter. Raises ExpressionError.
    """
    return _resolved(value, scope, meter or Meter(), 0)


def evaluate(source: str, scope: Mapping[str, Any], meter: Meter | None = None) -> Any:
    """The value of a bare expression; ``${...}`` around it may be there or not. Raises ExpressionError."""
    return _value(_bare(source), scope, meter or Meter())


def references(value: Any) -> Names:
    """The dotted names that the ``${...}`` in a value read, such as ``("nodes", "read", "text")``.

    Names bound by a comprehension are not among them. Raises ExpressionError for one that cannot be read.
    """
    return frozenset().union(*(_read(part) for _, text in texts(value) for part in _parts(text)))


def names_in(source: str) -> Names:
    """As `references`, for a bare expression such as `run_if`."""
    return _read(_bare(source))


def contains_expression(value: Any) -> bool:
    """Whether a ``${...}`` stands anywhere in the value, well-formed or not."""
    return any(True for _ in texts(value))


def texts(value: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text in the value that holds a ``${``, with its path of keys and indices."""
    rest: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while rest:
        path, part = rest.pop()
        if isinstance(part, str):
            if any(found.group() == "${" for found in _START.finditer(part)):
                yield path, part
        elif isinstance(part, Mapping):
            rest.extend(((*path, key), item) for key, item in reversed(list(part.items())))
        elif isinstance(part, list | tuple):
            rest.extend(((*path, index), part[index]) for index in range(len(part) - 1, -1, -1))


def _resolved(value: Any, scope: Mapping[str, Any], meter: Meter, depth: int) -> Any:
    if depth > _MAX_DEPTH:
        raise ExpressionError("The value is nested deeper than {limit}.", limit=_MAX_DEPTH)
    if isinstance(value, str):
        return _filled(value, scope, meter) if "${" in value else value
    if isinstance(value, Mapping):
        return {key: _resolved(item, scope, meter, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_resolved(item, scope, meter, depth + 1) for item in value]
    return value


def _filled(text: str, scope: Mapping[str, Any], meter: Meter) -> Any:
    parts = list(_parts(text))
    if len(parts) == 1 and isinstance(parts[0], _Hole):
        return _value(parts[0], scope, meter)
    meter.position = 0
    meter.text(sum(len(part) for part in parts if isinstance(part, str)))
    pieces = [part if isinstance(part, str) else _value(part, scope, meter, as_text) for part in parts]
    meter.position = 0
    meter.text(sum(map(len, pieces)))
    return "".join(pieces)


def _value(
    hole: _Hole, scope: Mapping[str, Any], meter: Meter, then: Callable[[Meter, Any], Any] = lambda meter, value: value
) -> Any:
    try:
        return then(meter, parse(hole.source).value(scope, meter))
    except ExpressionError as error:
        raise _moved(error, hole.position) from error


def _read(part: str | _Hole) -> Names:
    if isinstance(part, str):
        return frozenset()
    try:
        return parse(part.source).names
    except ExpressionError as error:
        raise _moved(error, part.position) from error


def _moved(error: ExpressionError, by: int) -> ExpressionError:
    """The same fault, its position counted from the start of the whole text."""
    values = {name: value for name, value in error.values.items() if name != "position"}
    return ExpressionError(error.message, error.hint, position=error.position + by, **values)


def _parts(text: str) -> Iterator[str | _Hole]:
    """The text cut at its ``${...}``. Raises ExpressionError for one that is not closed."""
    at = 0
    while found := _START.search(text, at):
        if found.start() > at:
            yield text[at : found.start()]
        at = found.end()
        if found.group() == "$${":
            yield "${"
        else:
            end = _end(text, at)
            yield _Hole(text[at:end], at)
            at = end + 1
    if at < len(text):
        yield text[at:]


def _end(text: str, start: int) -> int:
    """Where the ``}`` is that closes the expression starting here."""
    depth = 0
    for found in _INSIDE.finditer(text, start, start + MAX_LENGTH + 1):
        if found.group() == "}" and depth == 0:
            return found.start()
        depth += {"{": 1, "}": -1}.get(found.group(), 0)
    raise ExpressionError(
        "The expression has no end (position {position}).",
        "Close it with }} within {limit} characters, and its quotation marks too. Write $${{ for a plain ${{.",
        limit=MAX_LENGTH,
        position=start - 2,
    )


def _bare(source: str) -> _Hole:
    """A condition may be written with or without ``${...}`` around it."""
    if source.lstrip().startswith("${"):
        parts = [part for part in _parts(source) if isinstance(part, _Hole) or part.strip()]
        if len(parts) == 1 and isinstance(parts[0], _Hole):
            return parts[0]
    return _Hole(source, 0)
