"""The functions and methods that expressions may call. Each takes the meter and its arguments, and checks both."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agent.core.errors import ExpressionError
from agent.core.meter import MAX_BITS, MAX_ITEMS, Meter, Number
from agent.core.operation import as_list, as_text, is_in, kind, operand, truth, wanted_kind
from agent.core.run import now


def _text(meter: Meter, value: Any) -> str:
    value = operand(meter, value)
    return value if isinstance(value, str) else wanted_kind(meter, "str", value)


def _number(meter: Meter, value: Any) -> Number:
    value = operand(meter, value)
    return value if isinstance(value, int | float) else wanted_kind(meter, "int", value)


def _integer(meter: Meter, value: Any) -> int:
    value = operand(meter, value)
    return value if isinstance(value, int) else wanted_kind(meter, "int", value)


def _len(meter: Meter, value: Any) -> int:
    value = operand(meter, value)
    return len(value) if isinstance(value, str | list | tuple | Mapping) else wanted_kind(meter, "list", value)


def _parsed(meter: Meter, value: Any, parse: Callable[[Any], Any]) -> Number:
    value = operand(meter, value)
    if isinstance(value, str | int | float) and len(value if isinstance(value, str) else "") <= MAX_BITS:
        try:
            return meter.finite(parse(value))
        except (ValueError, OverflowError):
            pass  # the sentence below says it better
    raise ExpressionError(
        "{value} is not a number (position {position}).",
        "Numbers are written as 12 or 12.5; the action data.parse_number reads 1.234,50.",
        value=json.dumps(value[:40], ensure_ascii=False) if isinstance(value, str) else kind(value),
        position=meter.position,
    )


def _int(meter: Meter, value: Any) -> Number:
    return _parsed(meter, value, int)


def _float(meter: Meter, value: Any) -> Number:
    return _parsed(meter, value, float)


def _round(meter: Meter, value: Any, digits: Any = None) -> Number:
    places = None if digits is None else max(-400, min(400, _integer(meter, digits)))
    try:
        return meter.finite(round(_number(meter, value), places))
    except (OverflowError, ValueError):
        return meter.finite(math.inf)


def _abs(meter: Meter, value: Any) -> Number:
    return meter.finite(abs(_number(meter, value)))


def _ordered(meter: Meter, values: Sequence[Any]) -> list[Any]:
    meter.items(len(values))
    meter.weigh(values)
    try:
        return sorted(operand(meter, value) for value in values)
    except (TypeError, RecursionError) as error:
        raise ExpressionError(
            "The items cannot be put in order, because they are of different kinds (position {position}).",
            "Make all the same kind, such as sorted(str(x) for x in items).",
            position=meter.position,
        ) from error


def _extreme(meter: Meter, values: Sequence[Any], place: int) -> Any:
    ordered = _ordered(meter, as_list(meter, values[0]) if len(values) == 1 else values)
    if not ordered:
        raise ExpressionError(
            "An empty list has no smallest and no largest item (position {position}).", position=meter.position
        )
    return ordered[place]


def _min(meter: Meter, *values: Any) -> Any:
    return _extreme(meter, values, 0)


def _max(meter: Meter, *values: Any) -> Any:
    return _extreme(meter, values, -1)


def _sum(meter: Meter, values: Any) -> Number:
    items = as_list(meter, values)
    meter.items(len(items))
    return meter.finite(sum(_number(meter, item) for item in items))


def _sorted(meter: Meter, values: Any) -> list[Any]:
    return _ordered(meter, as_list(meter, values))


def _any(meter: Meter, values: Any) -> bool:
    return any(truth(meter, item) for item in _counted(meter, values))


def _all(meter: Meter, values: Any) -> bool:
    return all(truth(meter, item) for item in _counted(meter, values))


def _counted(meter: Meter, values: Any) -> Sequence[Any]:
    items = as_list(meter, values)
    meter.items(len(items))
    return items


def _range(meter: Meter, *bounds: Any) -> list[int]:
    numbers = [int(meter.finite(_integer(meter, bound))) for bound in bounds]
    if len(numbers) == 3 and numbers[2] == 0:
        raise ExpressionError("The step of a range cannot be 0 (position {position}).", position=meter.position)
    whole = range(*numbers)
    # Not len(): it fails beyond 2**63.
    meter.items(0 if not whole else (whole[-1] - whole[0]) // whole.step + 1)
    return list(whole)


def _now(meter: Meter) -> str:
    return now().astimezone().isoformat(timespec="seconds")


def _today(meter: Meter) -> str:
    return _now(meter)[:10]


def _lower(meter: Meter, text: str) -> str:
    meter.text(len(text))
    return text.lower()


def _upper(meter: Meter, text: str) -> str:
    meter.text(len(text))
    return text.upper()


def _title(meter: Meter, text: str) -> str:
    meter.text(len(text))
    return text.title()


def _stripped(strip: Callable[[str, str | None], str]) -> Callable[..., str]:
    def stripped(meter: Meter, text: str, characters: Any = None) -> str:
        wanted = None if characters is None else _text(meter, characters)
        # Stripping looks for each character of the text among all of the others.
        meter.spend(len(text) * len(wanted or " ") // 100)
        return strip(text, wanted)

    return stripped


def _split(meter: Meter, text: str, separator: Any = None) -> list[str]:
    wanted = None if separator is None else _part(meter, separator)
    meter.search(text, wanted or " ")
    parts = text.split(wanted, MAX_ITEMS)
    meter.items(len(parts))
    return parts


def _splitlines(meter: Meter, text: str) -> list[str]:
    meter.text(len(text))
    lines = text.splitlines()
    meter.items(len(lines))
    return lines


def _part(meter: Meter, value: Any) -> str:
    """A text to look for; the empty one is everywhere and means nothing."""
    part = _text(meter, value)
    if not part:
        raise ExpressionError("The text to look for is empty (position {position}).", position=meter.position)
    return part


def _join(meter: Meter, text: str, values: Any) -> str:
    items = as_list(meter, values)
    meter.items(len(items))
    meter.text(len(text) * len(items))
    parts = [as_text(meter, item) for item in items]
    meter.text(len(text) * len(items) + sum(map(len, parts)))
    return text.join(parts)


def _replace(meter: Meter, text: str, old: Any, new: Any) -> str:
    wanted, other = _part(meter, old), _text(meter, new)
    meter.search(text, wanted)
    meter.text(len(text) + text.count(wanted) * (len(other) - len(wanted)))
    return text.replace(wanted, other)


def _contains(meter: Meter, text: str, part: Any) -> bool:
    return is_in(meter, _text(meter, part), text)


def _count(meter: Meter, text: str, part: Any) -> int:
    wanted = _part(meter, part)
    meter.search(text, wanted)
    return text.count(wanted)


def _startswith(meter: Meter, text: str, part: Any) -> bool:
    return text.startswith(_text(meter, part))


def _endswith(meter: Meter, text: str, part: Any) -> bool:
    return text.endswith(_text(meter, part))


def _get(meter: Meter, mapping: Mapping[Any, Any], key: Any, otherwise: Any = None) -> Any:
    key = operand(meter, key)
    return mapping.get(key, otherwise) if isinstance(key, str | int | float) else wanted_kind(meter, "str", key)


def _keys(meter: Meter, mapping: Mapping[Any, Any]) -> list[Any]:
    meter.items(len(mapping))
    return list(mapping)


def _values(meter: Meter, mapping: Mapping[Any, Any]) -> list[Any]:
    meter.items(len(mapping))
    return list(mapping.values())


def _pairs(meter: Meter, mapping: Mapping[Any, Any]) -> list[Any]:
    meter.items(len(mapping))
    return [[key, value] for key, value in mapping.items()]


Callables = Mapping[str, tuple[Callable[..., Any], int, int]]
"""By name: the function, and how many arguments it takes at least and at most."""

FUNCTIONS: Callables = {
    "len": (_len, 1, 1),
    "str": (as_text, 1, 1),
    "int": (_int, 1, 1),
    "float": (_float, 1, 1),
    "bool": (truth, 1, 1),
    "round": (_round, 1, 2),
    "abs": (_abs, 1, 1),
    "min": (_min, 1, 100),
    "max": (_max, 1, 100),
    "sum": (_sum, 1, 1),
    "sorted": (_sorted, 1, 1),
    "any": (_any, 1, 1),
    "all": (_all, 1, 1),
    "range": (_range, 1, 3),
    "today": (_today, 0, 0),
    "now": (_now, 0, 0),
}

TEXT_METHODS: Callables = {
    "lower": (_lower, 0, 0),
    "upper": (_upper, 0, 0),
    "title": (_title, 0, 0),
    "strip": (_stripped(str.strip), 0, 1),
    "lstrip": (_stripped(str.lstrip), 0, 1),
    "rstrip": (_stripped(str.rstrip), 0, 1),
    "split": (_split, 0, 1),
    "splitlines": (_splitlines, 0, 0),
    "join": (_join, 1, 1),
    "replace": (_replace, 2, 2),
    "startswith": (_startswith, 1, 1),
    "endswith": (_endswith, 1, 1),
    "contains": (_contains, 1, 1),
    "count": (_count, 1, 1),
}

OBJECT_METHODS: Callables = {
    "get": (_get, 1, 2),
    "keys": (_keys, 0, 0),
    "values": (_values, 0, 0),
    "items": (_pairs, 0, 0),
}
