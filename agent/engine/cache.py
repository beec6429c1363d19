"""`ResultCache`: results of pure actions, so that the same question is not worked out twice."""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agent.core.action import Action
from agent.core.secret import MASK


@dataclass(frozen=True, slots=True)
class Known:
    """A kept result: what the step handed on, and the outlet that fired."""

    output: dict[str, Any]
    outlet: str
    at: float
    size: int


class ResultCache:
    """Keyed by the action's id and its resolved parameters; the least recently used go first. Thread-safe.

    Only pure actions are kept, and only where a node's policy says for how long (`Policy.cache_for`): what an
    action sees on the screen is old a moment later, and a click is never a repetition of another one.
    """

    def __init__(
        self,
        *,
        entries: int = 1000,
        characters: int = 32_000_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._entries = entries
        self._characters = characters
        self._clock = clock
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._lock = threading.Lock()
        self.size = 0
        """Characters of JSON that are kept."""
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        return len(self._known)

    @property
    def hit_rate(self) -> float:
        """Hits by lookups, 0 to 1."""
        asked = self.hits + self.misses
        return self.hits / asked if asked else 0.0

    def get(self, action: Action, max_age_s: float) -> Known | None:
        """The result of the same action with the same parameters, if it is young enough."""
        key = _key(action) if max_age_s > 0 else ""
        if not key:
            return None
        with self._lock:
            known = self._known.get(key)
            if known is None or self._clock() - known.at > max_age_s:
                self.misses += 1
                return None
            self.hits += 1
            self._known.move_to_end(key)
            return known

    def put(self, action: Action, max_age_s: float, output: dict[str, Any], outlet: str) -> None:
        """Keep a result; nothing happens for an action that is not pure, or a result larger than the cache."""
        key = _key(action) if max_age_s > 0 else ""
        if not key:
            return
        size = len(json.dumps(output, default=str))
        with self._lock:
            self._drop(key)
            self._known[key] = Known(output, outlet, self._clock(), size)
            self.size += size
            while len(self._known) > self._entries or self.size > self._characters:
                self._drop(next(iter(self._known)))

    def clear(self) -> None:
        """Forget everything; the counters stay."""
        with self._lock:
            self._known.clear()
            self.size = 0

    def _drop(self, key: str) -> None:
        known = self._known.pop(key, None)
        self.size -= known.size if known else 0


def _key(action: Action) -> str:
    """What stands for the action with these parameters; empty when its result must not be kept."""
    if action.info.effect != "pure":
        return ""
    parameters = json.dumps(action.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    # A secret is written as dots, so two secrets would look like the same parameters.
    return "" if MASK in parameters else f"{action.info.id} {parameters}"
