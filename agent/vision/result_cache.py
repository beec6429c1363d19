"""`ResultCache`: the texts of whole pictures, for some minutes, and kept in a file when that is asked for.

`LineCache` knows the cells that a screen is made of; this knows pictures, whichever way they were read.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from agent.core.errors import StoreError
from agent.core.geometry import Region
from agent.core.text import Line, TextRead, Word

log = logging.getLogger(__name__)

_FORMAT = 1
_LARGEST_FILE = 64 * 1024 * 1024
_A_WORD = 1100
"""Bytes in memory for a word with its place and its share of a line, as measured."""


class _Entry(NamedTuple):
    read: TextRead
    size: int
    read_at: float


class ResultCache:
    """Texts by what stands for their pixels and settings. Thread-safe.

    Bounded by number, by bytes and by age; the one that was used longest ago goes first. The age counts from the
    reading, however often a text is asked for: nothing private outlives it.
    """

    def __init__(
        self,
        *,
        entries: int = 500,
        size: int = 32 * 1024 * 1024,
        age_s: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = entries
        self._largest = size
        self._age_s = age_s
        self._clock = clock
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        with self._lock:
            self._forget_old()
            return len(self._entries)

    @property
    def size(self) -> int:
        """About how many bytes the texts take."""
        with self._lock:
            self._forget_old()
            return self._size

    def get(self, key: str) -> TextRead | None:
        """The text, if it is known."""
        with self._lock:
            self._forget_old()
            if key not in self._entries:
                return None
            self._entries.move_to_end(key)
            return self._entries[key].read

    def put(self, key: str, read: TextRead) -> None:
        """Keep a text that has just been read."""
        with self._lock:
            self._put(key, _Entry(read, _size_of(read), self._clock()))

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._size = 0

    def save(self, path: Path) -> int:
        """Write the texts to a file that only this user may read; returns how many. Raises StoreError.

        The file holds what stood on the pictures: whoever asks for it decides that it may be kept.
        """
        with self._lock:
            self._forget_old()
            now, today = self._clock(), time.time()
            entries = [
                {"key": key, "read_at": today - (now - entry.read_at), **_to_json(entry.read)}
                for key, entry in self._entries.items()
            ]
        part = path.with_name(path.name + ".part")
        try:
            part.unlink(missing_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                json.dump({"format": _FORMAT, "results": entries}, file, ensure_ascii=False, separators=(",", ":"))
            part.replace(path)
        except OSError as error:
            raise StoreError(
                "The texts that were read cannot be kept in {path}: {reason}.",
                "Free some space, or choose another folder.",
                path=path,
                reason=error.strerror or error,
            ) from error
        return len(entries)

    def load(self, path: Path) -> int:
        """Take in what `save` wrote and is not too old; returns how many. A missing or damaged file gives none."""
        try:
            if path.stat().st_size > _LARGEST_FILE:
                raise ValueError("too large")
            found = json.loads(path.read_bytes())
            if found["format"] != _FORMAT:
                raise ValueError("another format")
            read = [(str(each["key"]), float(each["read_at"]), _from_json(each)) for each in found["results"]]
        except FileNotFoundError:
            return 0
        except (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
            log.warning("The texts in %s were not taken over: %s.", path, type(error).__name__)
            return 0
        with self._lock:
            now, today = self._clock(), time.time()
            young = [each for each in read if 0 <= today - each[1] <= self._age_s]
            for key, read_at, text in young:
                if key not in self._entries:
                    self._put(key, _Entry(text, _size_of(text), now - (today - read_at)))
        return len(young)

    def _put(self, key: str, entry: _Entry) -> None:
        old = self._entries.pop(key, None)
        self._size += entry.size - (old.size if old else 0)
        self._entries[key] = entry
        self._forget_old()
        while len(self._entries) > self._most or self._size > self._largest:
            self._size -= self._entries.popitem(last=False)[1].size

    def _forget_old(self) -> None:
        allowed = self._clock() - self._age_s
        for key in [key for key, entry in self._entries.items() if entry.read_at < allowed]:
            self._size -= self._entries.pop(key).size


def _size_of(read: TextRead) -> int:
    return 500 + sum(_A_WORD + 2 * len(word.text) for word in read.words)


def _to_json(read: TextRead) -> dict[str, Any]:
    region = read.region
    return {
        "region": (region.x, region.y, region.width, region.height),
        "lines": [[_word_to_json(word) for word in line.words] for line in read.lines],
    }


def _word_to_json(word: Word) -> tuple[object, ...]:
    rect = word.rect
    return (word.text, rect.x, rect.y, rect.width, rect.height, word.confidence, word.cell)


def _from_json(data: Mapping[str, Any]) -> TextRead:
    """Raises ValueError, TypeError or KeyError for what is not a text."""
    lines = [Line.of([_word(item) for item in line]) for line in data["lines"]]
    return TextRead(tuple(lines), Region(*data["region"]))


def _word(item: Any) -> Word:
    text, x, y, width, height, confidence, cell = item
    if not isinstance(text, str) or not 0 <= float(confidence) <= 100:
        raise ValueError("no word")
    return Word(text, Region(x, y, width, height), float(confidence), int(cell))
