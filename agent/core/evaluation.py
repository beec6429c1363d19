"""`Evaluation`: walks the tree of an expression that `agent.core.formula` has checked, and gives its value."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

from agent.core.errors import ExpressionError
from agent.core.function import FUNCTIONS, OBJECT_METHODS, TEXT_METHODS, Callables
from agent.core.meter import Meter
from agent.core.operation import arithmetic, as_list, comparison, kind, operand, truth
from agent.core.spelling import closest, some

CONSTANTS: Mapping[str, Any] = {"true": True, "false": False, "null": None}
"""JSON's names, beside Python's True, False and None."""


class Evaluation:
    """One evaluation over a scope: the names that the expression may use, with their values."""

    def __init__(self, scope: Mapping[str, Any], meter: Meter) -> None:
        self._scope = scope
        self._meter = meter
        self._bound: dict[str, Any] = {}
        """The variables of the comprehensions that we are in."""

    def value(self, node: ast.expr) -> Any:
        """The value of this part. Raises ExpressionError."""
        self._at(node)
        self._meter.spend()
        return _RULES[type(node)](self, node)

    def _at(self, node: ast.expr) -> None:
        self._meter.position = node.col_offset

    def _constant(self, node: ast.Constant) -> Any:
        return node.value

    def _name(self, node: ast.Name) -> Any:
        for known in (self._bound, CONSTANTS, self._scope):
            if node.id in known:
                return known[node.id]
        return self._missing(node.id, "", self._scope)

    def _attribute(self, node: ast.Attribute) -> Any:
        owner = self.value(node.value)
        self._at(node)
        if isinstance(owner, Mapping):
            return self._entry(node.value, owner, node.attr)
        raise ExpressionError(
            "A value of the kind {kind} has no {name} (position {position}).",
            "Only objects have named values. A list is read with [0], a function called with ().",
            kind=kind(operand(self._meter, owner)),
            name=node.attr,
            position=node.col_offset,
        )

    def _entry(self, owner: ast.expr, mapping: Mapping[Any, Any], key: Any) -> Any:
        try:
            return mapping[key]
        except KeyError:
            return self._missing(key, ast.unparse(owner), mapping)

    def _missing(self, key: Any, owner: str, known: Mapping[Any, Any]) -> NoReturn:
        names = [name for name in known if isinstance(name, str)]
        near = closest(str(key), names)
        raise ExpressionError(
            "There is no {name} in {owner} (position {position})."
            if owner
            else "There is no {name} (position {position}).",
            "Did you mean {closest}?" if near else "There are: {known}." if names else "",
            name=str(key)[:100],
            owner=owner,
            closest=near,
            known=some(names),
            position=self._meter.position,
        )

    def _subscript(self, node: ast.Subscript) -> Any:
        owner = operand(self._meter, self.value(node.value))
        if isinstance(node.slice, ast.Slice):
            return self._slice(node, owner, node.slice)
        key = operand(self._meter, self.value(node.slice))
        self._at(node)
        if isinstance(owner, Mapping) and isinstance(key, str | int | float):
            return self._entry(node.value, owner, key)
        if isinstance(owner, str | list | tuple) and isinstance(key, int):
            return self._item(owner, key)
        raise ExpressionError(
            "{owner}[{key}] is not possible (position {position}).",
            "Lists and texts are read with whole numbers, objects with names.",
            owner=kind(owner),
            key=kind(key),
            position=node.col_offset,
        )

    def _item(self, owner: str | list[Any] | tuple[Any, ...], index: int) -> Any:
        try:
            return owner[index]
        except IndexError as error:
            raise ExpressionError(
                "There is no item {index}: the {kind} has {count} (position {position}).",
                "The first item is 0, the last -1.",
                index=index,
                kind=kind(owner),
                count=len(owner),
                position=self._meter.position,
            ) from error

    def _slice(self, node: ast.Subscript, owner: Any, part: ast.Slice) -> Any:
        bounds = [None if bound is None else self.value(bound) for bound in (part.lower, part.upper, part.step)]
        self._at(node)
        whole = isinstance(owner, str | list | tuple) and all(isinstance(b, int | None) for b in bounds)
        if not whole or bounds[2] == 0:
            raise ExpressionError(
                "This part of a {kind} cannot be taken (position {position}).",
                "Write text[2:5] or list[-3:]: whole numbers, and a step that is not 0.",
                kind=kind(owner),
                position=node.col_offset,
            )
        taken = slice(*bounds)
        count = len(range(*taken.indices(len(owner))))
        if isinstance(owner, str):
            self._meter.text(count)
        else:
            self._meter.items(count)
        return owner[taken]

    def _list(self, node: ast.List | ast.Tuple) -> list[Any]:
        return [self.value(item) for item in node.elts]

    def _dict(self, node: ast.Dict) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            name = self.value(key) if key is not None else None
            if not isinstance(name, str):
                raise ExpressionError(
                    "The names in an object are texts, not {kind} (position {position}).",
                    'Write {{"name": value}}.',
                    kind=kind(name),
                    position=self._meter.position,
                )
            result[name] = self.value(value)
        return result

    def _boolean(self, node: ast.BoolOp) -> Any:
        stops_at = isinstance(node.op, ast.Or)
        for part in node.values[:-1]:
            value = self.value(part)
            if truth(self._meter, value) is stops_at:
                return value
        return self.value(node.values[-1])

    def _unary(self, node: ast.UnaryOp) -> Any:
        value = operand(self._meter, self.value(node.operand))
        self._at(node)
        if isinstance(node.op, ast.Not):
            return not value
        # -x is 0 - x: the rules for numbers are in one place.
        return arithmetic(self._meter, ast.Sub if isinstance(node.op, ast.USub) else ast.Add, 0, value)

    def _binary(self, node: ast.BinOp) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        self._at(node)
        return arithmetic(self._meter, type(node.op), left, right)

    def _compare(self, node: ast.Compare) -> bool:
        left = self.value(node.left)
        for sign, part in zip(node.ops, node.comparators, strict=True):
            right = self.value(part)
            self._at(node)
            if not comparison(self._meter, type(sign), left, right):
                return False
            left = right
        return True

    def _choice(self, node: ast.IfExp) -> Any:
        return self.value(node.body if truth(self._meter, self.value(node.test)) else node.orelse)

    def _call(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Attribute):
            return self._method(node, node.func)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        return self._called(node, name, FUNCTIONS, [])

    def _method(self, node: ast.Call, function: ast.Attribute) -> Any:
        owner = operand(self._meter, self.value(function.value))
        self._at(function)
        methods = TEXT_METHODS if isinstance(owner, str) else OBJECT_METHODS if isinstance(owner, Mapping) else {}
        if function.attr in methods:
            return self._called(node, function.attr, methods, [owner])
        near = closest(function.attr, methods)
        raise ExpressionError(
            "A value of the kind {kind} has no {name}() (position {position}).",
            "Did you mean {closest}?" if near else "There are: {known}." if methods else "",
            kind=kind(owner),
            name=function.attr,
            closest=near,
            known=some(methods, len(methods)),
            position=function.col_offset,
        )

    def _called(self, node: ast.Call, name: str, table: Callables, first: list[Any]) -> Any:
        function, least, most = table[name]
        if not least <= len(node.args) <= most:
            raise ExpressionError(
                "{name}() takes {least} to {most} values, not {count} (position {position}).",
                name=name,
                least=least,
                most=most,
                count=len(node.args),
                position=self._meter.position,
            )
        values = [self.value(argument) for argument in node.args]
        self._at(node.func)
        return function(self._meter, *first, *values)

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> list[Any]:
        outer = self._bound
        self._bound = dict(outer)
        try:
            result: list[Any] = []
            for _ in self._passes(node.generators):
                result.append(self.value(node.elt))
                self._meter.room(len(result))
            return result
        finally:
            self._bound = outer

    def _passes(self, generators: list[ast.comprehension]) -> Iterator[None]:
        if not generators:
            yield
            return
        first, *others = generators
        for item in as_list(self._meter, self.value(first.iter)):
            self._meter.spend()
            self._bind(first.target, item)
            if all(truth(self._meter, self.value(condition)) for condition in first.ifs):
                yield from self._passes(others)

    def _bind(self, target: ast.expr, item: Any) -> None:
        if isinstance(target, ast.Name):
            self._bound[target.id] = item
        elif isinstance(target, ast.Tuple):
            self._at(target)
            parts = as_list(self._meter, item)
            if len(parts) != len(target.elts):
                raise ExpressionError(
                    "{names} names stand for an item of {parts} parts (position {position}).",
                    names=len(target.elts),
                    parts=len(parts),
                    position=target.col_offset,
                )
            for name, part in zip(target.elts, parts, strict=True):
                self._bind(name, part)


_RULES: Mapping[type[ast.expr], Callable[[Evaluation, Any], Any]] = {
    ast.Constant: Evaluation._constant,
    ast.Name: Evaluation._name,
    ast.Attribute: Evaluation._attribute,
    ast.Subscript: Evaluation._subscript,
    ast.List: Evaluation._list,
    ast.Tuple: Evaluation._list,
    ast.Dict: Evaluation._dict,
    ast.BoolOp: Evaluation._boolean,
    ast.UnaryOp: Evaluation._unary,
    ast.BinOp: Evaluation._binary,
    ast.Compare: Evaluation._compare,
    ast.IfExp: Evaluation._choice,
    ast.Call: Evaluation._call,
    ast.ListComp: Evaluation._comprehension,
    ast.GeneratorExp: Evaluation._comprehension,
}
"""The expressions that can be evaluated, and how: nothing else is."""

EVALUABLE = tuple(_RULES)
