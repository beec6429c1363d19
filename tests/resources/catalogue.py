"""Finds every text that a user may read, by looking at the source: the keys that a catalogue must have.

Texts reach a user through the calls in `TRANSLATED` and through what classes say of themselves. A text may stand
in the call, in a constant, table or local variable, or be handed on by a small function of the same module.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel

from agent.actions import discover
from agent.core import errors, validation
from agent.core.element import ElementQuery
from agent.core.run import Status
from agent.core.target import Target, WindowQuery
from agent.core.workflow import Policy
from agent.settings import Settings

AGENT = Path(errors.__file__).parent.parent

Places = Mapping[str, tuple[int, ...]]
"""By the name of a call, which of its arguments are translated."""

TRANSLATED: Places = {
    **dict.fromkeys(("tr", "_tr", "language", "say", "table"), (0,)),
    **{name: (0, 1) for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)},
    "ErrorRecord": (1, 2),
    "Requirement": (0, 3),
    "case": (1,),  # a row of `tla bench`
}
WORDS = ("message", "hint", "remedy")
"""Keywords that carry such a text in any call."""


def texts() -> set[str]:
    """Every English text of the program; what has no words, such as ``{field}: {limit}.``, is the same everywhere."""
    found = set(_of_models())
    for path in AGENT.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found.update(_Module(tree).texts())
        if path.match("cli/command.py"):
            found.update(_of_commands(tree))
    return set(filter(has_words, found))


def has_words(text: str) -> bool:
    """Whether there is anything to translate between the places for values."""
    return bool(re.search(r"[^\W\d_]", re.sub(r"{\w+}", "", text)))


class _Module:
    """The texts in one file."""

    def __init__(self, tree: ast.Module) -> None:
        self._nodes = list(ast.walk(tree))
        self._values: dict[str, list[ast.expr]] = {}
        for node in self._nodes:
            self._note(node)
        self._places = {**TRANSLATED, **dict(self._handing_on())}

    def texts(self) -> Iterator[str]:
        for node in self._nodes:
            if isinstance(node, ast.Call):
                for argument in _arguments(node, self._places):
                    yield from self._literals(argument, frozenset())

    def _note(self, node: ast.AST) -> None:
        """Remember what a name may hold."""
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                pairs = [(target, node.value)]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = list(zip(target.elts, node.value.elts, strict=False))
                for name, value in pairs:
                    if isinstance(name, ast.Name):
                        self._values.setdefault(name.id, []).append(value)

    def _handing_on(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The functions that hand a parameter of theirs on to a translated place, with the place in their own call."""
        for node in self._nodes:
            if isinstance(node, ast.FunctionDef) and node.name not in TRANSLATED:
                names = [argument.arg for argument in node.args.args if argument.arg != "self"]
                inside = (inner for inner in ast.walk(node) if isinstance(inner, ast.Call))
                handed = {
                    argument.id
                    for call in inside
                    for argument in _arguments(call, TRANSLATED)
                    if isinstance(argument, ast.Name)
                }
                if places := tuple(place for place, name in enumerate(names) if name in handed):
                    yield node.name, places

    def _literals(self, value: ast.expr, seen: frozenset[str]) -> Iterator[str]:
        """Every text that this expression may give."""
        parts: list[ast.expr] = []
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value
        elif isinstance(value, ast.Name) and value.id not in seen:
            seen |= {value.id}
            parts = self._values.get(value.id, [])
        elif isinstance(value, ast.IfExp):
            parts = [value.body, value.orelse]
        elif isinstance(value, ast.BoolOp):
            parts = value.values
        elif isinstance(value, ast.Tuple | ast.List):
            parts = value.elts
        elif isinstance(value, ast.Dict):
            parts = value.values
        elif isinstance(value, ast.Subscript):
            parts = [value.value]
        elif isinstance(value, ast.JoinedStr):  # lines joined to one hint; each is translated by itself
            parts = [part.value for part in value.values if isinstance(part, ast.FormattedValue)]
        elif isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "strip":
            parts = [value.func.value]
        for part in parts:
            yield from self._literals(part, seen)


def _arguments(call: ast.Call, places: Places) -> Iterator[ast.expr]:
    """The arguments of a call that are translated."""
    function = call.func
    name = (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )
    yield from (call.args[place] for place in places.get(name, ()) if place < len(call.args))
    yield from (word.value for word in call.keywords if word.arg in WORDS)


def _of_commands(tree: ast.Module) -> Iterator[str]:
    """The docstrings of the commands and the help of their parameters."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.decorator_list and (told := ast.get_docstring(node)):
            yield " ".join(told.split())
        elif isinstance(node, ast.keyword) and node.arg == "help":
            yield ast.literal_eval(node.value)


def _of_models() -> Iterator[str]:
    """What the classes say of themselves: statuses, actions and their results, targets, policy, settings."""
    yield from (status.value for status in Status)
    yield from validation.TEXTS
    models: list[type[BaseModel]] = [Policy, Settings, Target, ElementQuery, WindowQuery]
    for action in discover().values():
        models += [action, action.Result]
        yield action.info.label
        yield action.info.category
        yield (action.__doc__ or "").strip().splitlines()[0]
    for model in models:
        for field in model.model_fields.values():
            yield from (text for text in (field.title, field.description) if text)
