"""What expressions can do with values: calculate, compare, make a text. Everything is measured before it is done.

Values are those of JSON (text, number, true/false, null, list, object). A `Secret` can be handed through whole,
but nothing here touches one.
"""

from __future__ import annotations

import ast
import json
import math
import operator
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import PurePath
from typing import Any, NoReturn

from agent.core.errors import ExpressionError
from agent.core.meter import MAX_BITS, MAX_EXPONENT, Meter, Number
from agent.core.secret import Secret


def kind(value: Any) -> str:
    """What a value is, in the words of the expression language: ``str``, ``int``, ``list``, ``dict`` …"""
    if value is None:
        return "None"
    if isinstance(value, Mapping):
        return "dict"
    if isinstance(value, list | tuple):
        return "list"
    return "str" if isinstance(value, str) else type(value).__name__


def operand(meter: Meter, value: Any) -> Any:
    """The value, if one may calculate with it. Dates and paths become text. Raises ExpressionError for a secret."""
    if value is None or isinstance(value, str | int | float | list | tuple | Mapping):
        return value
    if isinstance(value, Secret):
        raise ExpressionError(
            "A secret cannot be put into a text or calculated with (position {position}).",
            "Give it to a parameter as a whole: one ${{...}} and nothing around it.",
            position=meter.position,
        )
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PurePath):
        return str(value)
    raise ExpressionError(
        "A value of the kind {kind} cannot be used in a calculation (position {position}).",
        kind=kind(value),
        position=meter.position,
    )


def truth(meter: Meter, value: Any) -> bool:
    """Whether the value counts as true: not empty, not zero, not null."""
    return bool(operand(meter, value))


def as_text(meter: Meter, value: Any) -> str:
    """The value as it reads inside a text: null is nothing, true and false, lists and objects as JSON writes them."""
    value = operand(meter, value)
    if isinstance(value, str):
        meter.text(len(value))
        return str.__str__(value)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(meter.finite(value))
    if isinstance(value, list | tuple | Mapping):
        meter.weigh(value)
    try:
        text = json.dumps(value, ensure_ascii=False, default=lambda part: _json_part(meter, part))
    except (TypeError, ValueError, RecursionError) as error:
        raise ExpressionError(
            "The value cannot be written as text (position {position}): {reason}.",
            position=meter.position,
            reason=error,
        ) from error
    meter.text(len(text))
    return text


def _json_part(meter: Meter, value: Any) -> Any:
    value = operand(meter, value)
    return dict(value) if isinstance(value, Mapping) else value


def _impossible(meter: Meter, left: Any, sign: str, right: Any) -> NoReturn:
    raise ExpressionError(
        "{left} {operator} {right} is not possible (position {position}).",
        "Make both the same kind with str(...), int(...) or float(...).",
        left=kind(left),
        operator=sign,
        right=kind(right),
        position=meter.position,
    )


_ARITHMETIC: Mapping[type[ast.operator], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.FloorDiv: ("//", operator.floordiv),
    ast.Mod: ("%", operator.mod),
    ast.Pow: ("**", operator.pow),
}


def arithmetic(meter: Meter, sign: type[ast.operator], left: Any, right: Any) -> Any:
    """``left sign right`` for numbers; texts and lists can be joined with + and repeated with *."""
    left, right = operand(meter, left), operand(meter, right)
    if isinstance(left, int | float) and isinstance(right, int | float):
        return _calculated(meter, sign, left, right)
    if sign is ast.Add and isinstance(left, str) and isinstance(right, str):
        meter.text(len(left) + len(right))
        return left + right
    if sign is ast.Add and isinstance(left, list | tuple) and isinstance(right, list | tuple):
        meter.items(len(left) + len(right))
        return [*left, *right]
    if sign is ast.Mult and isinstance(left, int):
        left, right = right, left
    if sign is ast.Mult and isinstance(left, str) and isinstance(right, int):
        meter.text(len(left) * max(right, 0))
        return left * right
    if sign is ast.Mult and isinstance(left, list | tuple) and isinstance(right, int):
        meter.items(len(left) * max(right, 0))
        return list(left) * right
    return _impossible(meter, left, _ARITHMETIC[sign][0], right)


def _calculated(meter: Meter, sign: type[ast.operator], left: Number, right: Number) -> Number:
    if sign is ast.Pow:
        _power_is_small(meter, left, right)
    try:
        result = _ARITHMETIC[sign][1](left, right)
    except ZeroDivisionError as error:
        raise ExpressionError(
            "Division by zero (position {position}).",
            "Check the divisor first: a / b if b else 0.",
            position=meter.position,
        ) from error
    except OverflowError:
        result = math.inf
    return meter.finite(result)


def _power_is_small(meter: Meter, base: Number, exponent: Number) -> None:
    bits = base.bit_length() * exponent if isinstance(base, int) and isinstance(exponent, int) else 0
    if abs(exponent) > MAX_EXPONENT or bits > MAX_BITS + 1:
        raise ExpressionError(
            "The power is too large (position {position}).",
            "Numbers have at most 300 digits, exponents are at most {limit}.",
            limit=MAX_EXPONENT,
            position=meter.position,
        )


_ORDER: Mapping[type[ast.cmpop], tuple[str, Callable[[Any, Any], bool]]] = {
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
    ast.Is: ("is", operator.is_),
    ast.IsNot: ("is not", operator.is_not),
}


def comparison(meter: Meter, sign: type[ast.cmpop], left: Any, right: Any) -> bool:
    """``left sign right``: equal, smaller, in, is."""
    left, right = operand(meter, left), operand(meter, right)
    if sign is ast.In or sign is ast.NotIn:
        return is_in(meter, left, right) is (sign is ast.In)
    symbol, compare = _ORDER[sign]
    meter.weigh(left)
    meter.weigh(right)
    try:
        return bool(compare(left, right))
    except (TypeError, RecursionError):
        return _impossible(meter, left, symbol, right)


def is_in(meter: Meter, part: Any, whole: Any) -> bool:
    """Whether the part is in a text, a list or the keys of an object."""
    if isinstance(whole, str) and isinstance(part, str):
        meter.search(whole, part)
        return part in whole
    if isinstance(whole, Mapping) and (part is None or isinstance(part, str | int | float)):
        return part in whole
    if isinstance(whole, list | tuple):
        meter.weigh(whole)
        try:
            return part in whole
        except RecursionError:
            pass
    return _impossible(meter, part, "in", whole)


def as_list(meter: Meter, value: Any) -> list[Any] | tuple[Any, ...]:
    """The value, if it is a list. Raises ExpressionError."""
    value = operand(meter, value)
    return value if isinstance(value, list | tuple) else wanted_kind(meter, "list", value)


def wanted_kind(meter: Meter, wanted: str, value: Any) -> NoReturn:
    """Say that a value of another kind is needed. Raises ExpressionError."""
    raise ExpressionError(
        "A value of the kind {wanted} is needed here, not {kind} (position {position}).",
        wanted=wanted,
        kind=kind(value),
        position=meter.position,
    )
