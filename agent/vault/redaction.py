"""`Redactor`: finds the secrets that were handed out, in any text or JSON value, and puts dots in their place."""

from __future__ import annotations

import base64
import html
import json
import logging
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus

from agent.core.secret import MASK, Secret

SHORT = 4
"""Secrets with fewer characters hide only a text that is exactly them: dots over every “a” would hide everything."""


class Redactor:
    """The memory of all secrets handed out in this process, kept until it ends. Thread-safe.

    ::

        redactor = Redactor()
        redactor.add(Secret("hunter22"))
        redactor({"note": "it was hunter22"})    # {"note": "it was •••"}

    Besides the plain text it knows the forms in which texts travel: JSON and Python escapes, URL quoting, HTML, base64.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forms: tuple[str, ...] = ()
        self._short: frozenset[str] = frozenset()

    def add(self, secret: Secret) -> None:
        """Hide this secret from now on."""
        value = secret.reveal()
        if not value:
            return
        with self._lock:
            if len(value) < SHORT:
                self._short |= {value}
            elif value not in self._forms:
                self._forms = tuple(dict.fromkeys((*self._forms, *_forms(value))))

    def __call__(self, value: Any) -> Any:
        """The value with every secret masked, in keys too; the very same object when it holds none."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, dict):
            pairs = {self(key): self(item) for key, item in value.items()}
            return value if all(pairs.get(key, MASK) is item for key, item in value.items()) else pairs
        if isinstance(value, list | tuple):
            items = [self(item) for item in value]
            return value if all(new is old for new, old in zip(items, value, strict=True)) else _like(value, items)
        return value

    def log_filter(self) -> logging.Filter:
        """A filter for log *handlers* that masks secrets in message, traceback and stack."""
        return RedactingFilter(self)

    def _text(self, text: str) -> str:
        if text in self._short:
            return MASK
        places = sorted(place for form in self._forms for place in _places(form, text))
        return _masked(text, places) if places else text


class RedactingFilter(logging.Filter):
    """Masks secrets in log records: message, arguments, traceback and stack.

    Add it to *handlers*: a filter on a logger does not see the records of the loggers below it.
    """

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True; the record is changed in place."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):  # arguments that do not fit: logging would print them itself
            message = f"{record.msg} {record.args}"
        record.msg, record.args = self._redactor(message), ()
        if record.exc_info:
            # Formatters take the ready text; without exc_info none can make its own from the exception.
            record.exc_text = record.exc_text or logging.Formatter().formatException(record.exc_info)
            record.exc_info = None
        record.exc_text = self._redactor(record.exc_text)
        record.stack_info = self._redactor(record.stack_info)
        return True


def _forms(value: str) -> Iterator[str]:
    """The value as it looks in the places where texts end up."""
    yield value
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield repr(value)[1:-1]
    yield html.escape(value)
    for quoted in (quote(value), quote(value, safe=""), quote_plus(value)):
        yield quoted
        yield _lower_escapes(quoted)
    yield from _base64_forms(value.encode())


def _lower_escapes(quoted: str) -> str:
    """``%C3`` as ``%c3``: both are in use."""
    head, *rest = quoted.split("%")
    return "%".join([head, *(part[:2].lower() + part[2:] for part in rest)])


def _base64_forms(value: bytes) -> Iterator[str]:
    """The middle of the value's base64 at each of the three alignments that it can have inside a longer text.

    The characters at both ends also hold bits of their neighbours, so they are left out.
    """
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for shift in range(3):
            encoded = encode(b"\0" * shift + value).decode().rstrip("=")
            left = (0, 2, 3)[shift]
            right = len(encoded) - (1 if (shift + len(value)) % 3 else 0)
            if right - left >= SHORT:
                yield encoded[left:right]


def _places(form: str, text: str) -> Iterator[tuple[int, int]]:
    start = text.find(form)
    while start >= 0:
        yield start, start + len(form)
        # One on, not past it: an overlapping second occurrence must not keep its tail.
        start = text.find(form, start + 1)


def _masked(text: str, places: list[tuple[int, int]]) -> str:
    """The text with dots over the places, which are sorted and may overlap."""
    parts, end = [], 0
    for start, stop in places:
        if start >= end:
            parts += [text[end:start], MASK]
        end = max(end, stop)
    return "".join([*parts, text[end:]])


def _like(value: list[Any] | tuple[Any, ...], items: list[Any]) -> Any:
    return tuple(items) if isinstance(value, tuple) else items
