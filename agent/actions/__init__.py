"""The node types that come with the program, one file a family, and those of installed plug-ins."""

from __future__ import annotations

import importlib
import importlib.metadata
import logging
import pkgutil
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

from agent.core.action import Action, Registry

log = logging.getLogger(__name__)

ENTRY_POINTS = "agent.actions"
"""The group under which other packages announce theirs: a module with actions, or one action class."""


def discover(plugins: Iterable[importlib.metadata.EntryPoint] | None = None) -> Registry:
    """All actions there are: ours, and those of `plugins` (by default what is installed).

    A plug-in that cannot be loaded, or uses an id that is taken, is logged and left out.
    """
    found = [action for name in modules() for action in _actions(importlib.import_module(name))]
    taken = {action.info.id: action for action in found}
    for plugin in importlib.metadata.entry_points(group=ENTRY_POINTS) if plugins is None else plugins:
        for action in _of_plugin(plugin):
            other = taken.setdefault(action.info.id, action)
            if other is not action:
                log.error("Plug-in %s: the id %s is taken by %s.", plugin.name, action.info.id, other.__module__)
    return Registry(taken.values())


def modules() -> list[str]:
    """The names of this package's modules; PyInstaller needs them, because nothing imports them by name."""
    return sorted(f"{__name__}.{module.name}" for module in pkgutil.iter_modules(__path__))


def _of_plugin(plugin: importlib.metadata.EntryPoint) -> list[type[Action]]:
    try:
        loaded = plugin.load()
    except Exception:  # foreign code can fail in any way, and must not take the program with it
        log.exception("Plug-in %s (%s) could not be loaded and is left out.", plugin.name, plugin.value)
        return []
    actions = list(_actions(loaded)) if isinstance(loaded, ModuleType) else [loaded] if _is_action(loaded) else []
    if not actions:
        log.error("Plug-in %s (%s) holds no action and is left out.", plugin.name, plugin.value)
    return actions


def _actions(module: ModuleType) -> Iterator[type[Action]]:
    """The action classes that the module defines itself."""
    for value in vars(module).values():
        if _is_action(value) and value.__module__ == module.__name__:
            yield value


def _is_action(value: Any) -> bool:
    # `info` of its own: a base class of other actions has none.
    return isinstance(value, type) and issubclass(value, Action) and "info" in vars(value)
