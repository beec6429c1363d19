"""Finds every text that a user may read, by looking at the source: the keys that a catalogue must have."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from agent.actions import discover
from agent.core import errors
from agent.core.run import Status
from agent.core.workflow import Policy
from agent.settings import Settings

AGENT = Path(errors.__file__).parent.parent
ERRORS = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, BaseException)}
TRANSLATES = {"tr", "say", "_tr", "language"}
"""Names of the calls whose first argument is translated."""


def texts() -> set[str]:
    """Every English text of the program."""
    found = set(_of_models())
    for path in AGENT.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = _constants(tree)
        for node in ast.walk(tree):
            found.update(_of_node(node, constants))
        if path.parent.name == "cli" and path.name == "command.py":
            found.update(_of_commands(tree))
    return {text for text in found if any(letter.isalpha() for letter in text)}


def _constants(tree: ast.Module) -> dict[str, str]:
    """Module-level names that hold a text."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _of_node(node: ast.AST, constants: dict[str, str]) -> Iterator[str]:
    if isinstance(node, ast.Call):
        name = _called(node.func)
        if name in TRANSLATES:
            yield from _literals(node.args[:1], constants)
        elif name in ERRORS:
            yield from _literals(node.args[:2], constants)
            yield from _literals([word.value for word in node.keywords if word.arg in ("message", "hint")], constants)
        elif name == "Requirement":
            yield from _literals([*node.args[:1], *node.args[3:4]], constants)
            yield from _literals([word.value for word in node.keywords if word.arg in ("name", "remedy")], constants)
        elif name == "ErrorRecord":
            yield from _literals(node.args[1:3], constants)
            yield from _literals([word.value for word in node.keywords if word.arg in ("message", "hint")], constants)
        elif name == "table":
            heads = node.args[0] if node.args else None
            if isinstance(heads, ast.Tuple):
                yield from _literals(heads.elts, constants)


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def _literals(arguments: list[ast.expr], constants: dict[str, str]) -> Iterator[str]:
    for argument in arguments:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value
        elif isinstance(argument, ast.Name) and argument.id in constants:
            yield constants[argument.id]
        elif isinstance(argument, ast.IfExp):
            yield from _literals([argument.body, argument.orelse], constants)


def _of_commands(tree: ast.Module) -> Iterator[str]:
    """The docstrings of the commands and the help of their parameters."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.decorator_list and (told := ast.get_docstring(node)):
            yield " ".join(told.split())
        elif isinstance(node, ast.keyword) and node.arg == "help" and isinstance(node.value, ast.Constant):
            yield node.value.value


def _of_models() -> Iterator[str]:
    """What the classes say of themselves: statuses, actions, policy, settings."""
    yield from (status.value for status in Status)
    models = [Policy, Settings]
    for action in discover().values():
        models.append(action)
        yield action.info.label
        yield action.info.category
        yield (action.__doc__ or "").strip().splitlines()[0]
    for model in models:
        for field in model.model_fields.values():
            yield from (text for text in (field.title, field.description) if text)
