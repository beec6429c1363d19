"""`Formula`: one expression, read and checked once: only what is known to be harmless gets through.

The syntax is Python's, as `ast.parse` reads it; nothing is ever compiled or executed. The tree may hold only
the kinds of parts that `agent.core.evaluation` has a rule for, and it is bounded in length, depth and number.
"""

from __future__ import annotations

import ast
import keyword
import re
import threading
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

from agent.core.errors import ExpressionError
from agent.core.evaluation import CONSTANTS, EVALUABLE, Evaluation
from agent.core.function import FUNCTIONS, OBJECT_METHODS, TEXT_METHODS
from agent.core.meter import Meter
from agent.core.spelling import closest, some

MAX_LENGTH = 2_000
"""Characters of one expression. Also keeps Python's own parser far from the end of a thread's stack."""
MAX_DEPTH = 50
MAX_PARTS = 1_000

Names = frozenset[tuple[str, ...]]

_PARTS = (
    *EVALUABLE,
    *(ast.Slice, ast.comprehension, ast.Load, ast.Store),
    *(ast.And, ast.Or, ast.Not, ast.USub, ast.UAdd),
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow),
    *(ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.IsNot, ast.In, ast.NotIn),
)
_CALLABLE = sorted({*FUNCTIONS, *TEXT_METHODS, *OBJECT_METHODS})
_SURROGATE = re.compile("[\\ud800-\\udfff]")
_MARK = "ꙮ"
"""Stands for the letters of a keyword after a dot while Python parses: ``inputs.from`` is a good name here."""
_KEYWORD = re.compile(rf"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|(?<=\.)({"|".join(keyword.kwlist)})\b""")
_LINE_BREAKS = str.maketrans(dict.fromkeys("\r\n\f\v", " "))
_parsing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Formula:
    """A checked expression."""

    body: ast.expr
    names: Names
    """The dotted names it reads, such as ``("nodes", "read", "text")``."""
    is_path: bool
    """Whether it only hands on what is there, such as ``nodes.read.rows``; that may be of any size."""

    def value(self, scope: Mapping[str, Any], meter: Meter) -> Any:
        """Its value over this scope. Raises ExpressionError, positions counted from the expression's start."""
        value = Evaluation(scope, meter).value(self.body)
        if not self.is_path:
            # A value that holds itself many times over is small here and endless once it is written down.
            meter.weigh(value)
        return value


@lru_cache(maxsize=1_024)
def parse(source: str) -> Formula:
    """Read an expression. Raises ExpressionError, positions counted from its start."""
    if len(source) > MAX_LENGTH:
        raise ExpressionError(
            "The expression is longer than {limit} characters.",
            "Do it in steps: the action data.set gives a part a name.",
            limit=MAX_LENGTH,
        )
    body = _tree(source)
    _check(body)
    return Formula(body, frozenset(_names(body, frozenset())), isinstance(_path(body)[1], ast.Name))


def _tree(source: str) -> ast.expr:
    # On one line, because Python would end the expression there, and because a column is then a position.
    line = source.translate(_LINE_BREAKS).lstrip(" \t")
    indent = len(source) - len(line)
    if not line.strip():
        raise ExpressionError("The expression is empty.", "Write a name, such as ${{inputs.user}}.")
    marked = _KEYWORD.sub(lambda found: _MARK * len(found[1]) if found[1] else found[0], line)
    try:
        body = _quietly_parsed(marked)
    except SyntaxError as error:
        raise ExpressionError(
            "The expression cannot be read (position {position}): {reason}.",
            "It is written as in Python: ==, and, or, not; texts stand in quotation marks.",
            position=indent + _column(error, line),
            reason=error.msg,
        ) from error
    except (ValueError, MemoryError, RecursionError) as error:
        raise ExpressionError(
            "The expression cannot be read (position {position}): {reason}.",
            "It has characters that no expression has, or too many brackets.",
            position=indent,
            reason=str(error) or type(error).__name__,
        ) from error
    _place(body, marked, line, indent)
    return body


def _column(error: SyntaxError, line: str) -> int:
    # Python says 0 where the line ends too early, and nothing where the whole of it is no text at all.
    return min(len(line), error.offset - 1) if error.offset else 0 if error.offset is None else len(line)


def _quietly_parsed(line: str) -> ast.expr:
    # Python warns of things such as '\d' in a text: to the author of the workflow that is no message.
    # The filters are global to the process, therefore the lock.
    with _parsing, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(line, mode="eval").body


def _place(body: ast.expr, marked: str, line: str, indent: int) -> None:
    """Make every `col_offset` the position in the source (Python counts bytes), an attribute's that of its name."""
    raw = None if marked.isascii() else marked.encode()
    for node in ast.walk(body):
        if not isinstance(node, ast.expr | ast.keyword):
            continue
        column = node.col_offset
        if isinstance(node, ast.Attribute) and node.end_col_offset is not None:
            column = max(column, node.end_col_offset - len(node.attr.encode()))
        if raw is not None:
            column = len(raw[:column].decode(errors="replace"))
        if isinstance(node, ast.Attribute) and node.attr.startswith(_MARK):
            node.attr = line[column : column + len(node.attr)]
        node.col_offset = indent + column


def _check(body: ast.expr) -> None:
    """Raise ExpressionError unless every part is of a known kind and the whole is of a bearable size."""
    rest: list[tuple[ast.AST, int, int]] = [(body, 1, body.col_offset)]
    count = 0
    while rest:
        node, depth, position = rest.pop()
        position = getattr(node, "col_offset", position)
        count += 1
        if count > MAX_PARTS or depth > MAX_DEPTH:
            raise ExpressionError(
                "The expression is too large or nested too deeply (position {position}).",
                "Do it in steps: the action data.set gives a part a name.",
                position=position,
            )
        if not isinstance(node, _PARTS):
            _refuse(node, position)
        if (special := _SPECIAL.get(type(node))) is not None:
            special(node, position)
        rest.extend((child, depth + 1, position) for child in ast.iter_child_nodes(node))


def _refuse(node: ast.AST, position: int) -> NoReturn:
    raise ExpressionError(
        "{what} cannot be used in an expression (position {position}).",
        "Allowed are names, numbers, texts, lists, comparisons, and or not, + - * / // % **, x if y else z, "
        "[x for y in z] and some functions.",
        what=_WORDS.get(type(node), type(node).__name__),
        position=position,
    )


_WORDS: Mapping[type[ast.AST], str] = {
    ast.Lambda: "lambda",
    ast.JoinedStr: "f'...'",
    ast.NamedExpr: ":=",
    ast.Await: "await",
    ast.Yield: "yield",
    ast.Starred: "*",
    ast.keyword: "name=value",
    ast.SetComp: "{x for ...}",
    ast.DictComp: "{x: y for ...}",
    ast.Set: "{x, y}",
    ast.BitOr: "|",
    ast.BitAnd: "&",
    ast.BitXor: "^",
    ast.Invert: "~",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.MatMult: "@",
}


def _check_constant(node: ast.Constant, position: int) -> None:
    value = node.value
    if isinstance(value, bool | None):
        return
    if isinstance(value, int | float):
        meter = Meter()
        meter.position = position
        meter.finite(value)
    elif not isinstance(value, str) or _SURROGATE.search(value):
        raise ExpressionError(
            "{what} cannot be used in an expression (position {position}).",
            "Values are texts, numbers, true, false and null.",
            what="\\ud800–\\udfff" if isinstance(value, str) else type(value).__name__,
            position=position,
        )


def _check_attribute(node: ast.Attribute, position: int) -> None:
    if node.attr.startswith("_"):
        raise ExpressionError(
            "{name} cannot be read, because it starts with _ (position {position}).",
            'Read such a value of an object with ["{name}"].',
            name=node.attr,
            position=position,
        )


def _check_call(node: ast.Call, position: int) -> None:
    if isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
        return
    if isinstance(node.func, ast.Attribute) and (node.func.attr in TEXT_METHODS or node.func.attr in OBJECT_METHODS):
        return
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    near = closest(name, _CALLABLE)
    raise ExpressionError(
        "There is no function {name}() (position {position}).",
        "Did you mean {closest}()?" if near else "There are: {known}.",
        name=name,
        closest=near,
        known=some(_CALLABLE, len(_CALLABLE)),
        position=node.func.col_offset,
    )


def _check_comprehension(node: ast.comprehension, position: int) -> None:
    targets = node.target.elts if isinstance(node.target, ast.Tuple) else [node.target]
    if node.is_async or not all(isinstance(target, ast.Name) for target in targets):
        raise ExpressionError(
            "Only names can stand between for and in (position {position}).",
            "Write [x for x in list] or [x for name, x in object.items()].",
            position=node.target.col_offset,
        )


_SPECIAL: Mapping[type[ast.AST], Any] = {
    ast.Constant: _check_constant,
    ast.Attribute: _check_attribute,
    ast.Call: _check_call,
    ast.comprehension: _check_comprehension,
}


def _names(node: ast.AST, bound: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """The dotted names under this part, without those that a comprehension around it binds."""
    path, base = _path(node)
    if isinstance(base, ast.Name):
        if base.id not in bound and base.id not in CONSTANTS:
            yield (base.id, *path)
    elif path:
        yield from _names(base, bound)
    elif isinstance(node, ast.ListComp | ast.GeneratorExp):
        yield from _names_of_comprehension(node, bound)
    elif isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute):  # the last name is the method's
            yield from _names(node.func.value, bound)
        for argument in node.args:
            yield from _names(argument, bound)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _names(child, bound)


def _path(node: ast.AST) -> tuple[tuple[str, ...], ast.AST]:
    """``a.b["c"]`` is (("b", "c"), a); what has no such names after it is ((), node)."""
    path: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            path.append(node.attr)
        elif (
            isinstance(node, ast.Subscript)
            and isinstance(key := node.slice, ast.Constant)
            and isinstance(key.value, str)
        ):
            path.append(key.value)
        else:
            return tuple(reversed(path)), node
        node = node.value


def _names_of_comprehension(node: ast.ListComp | ast.GeneratorExp, bound: frozenset[str]) -> Iterator[tuple[str, ...]]:
    for generator in node.generators:
        yield from _names(generator.iter, bound)  # not yet inside
        bound |= {part.id for part in ast.walk(generator.target) if isinstance(part, ast.Name)}
        for condition in generator.ifs:
            yield from _names(condition, bound)
    yield from _names(node.elt, bound)
