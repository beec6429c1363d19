"""`Commits`: the connection that writes. Calls that come at the same time share one commit."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_FAULTS = (sqlite3.Error, ValueError, OverflowError)
"""What an execute may raise; the latter two for values that SQLite cannot hold."""


class _Entry:
    """A statement that somebody waits for. Until it is through, its error says that it is not."""

    __slots__ = ("done", "error", "statement", "values")

    def __init__(self, statement: str, values: tuple[Any, ...]) -> None:
        self.statement = statement
        self.values = values
        self.done = False
        self.error: Exception | None = sqlite3.InternalError("The statement was not executed.")

    def settle(self, error: Exception | None = None) -> None:
        """It was executed, or this came in the way."""
        self.error, self.done = error, True


class Commits:
    """Thread-safe. One connection, as SQLite has one writer anyway.

    Waiting for a lock in Python wakes at once, while SQLite's own waiting sleeps and tries again. Who gets the lock
    writes for all who wait for it: sixty runs at once cost few waits for the disk, not sixty.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._entries: list[_Entry] = []
        self._queue = threading.Lock()

    def write(self, statement: str, values: tuple[Any, ...]) -> None:
        """Execute the statement; it is durable when this returns. Raises for this statement only: sqlite3.Error,
        or ValueError and OverflowError for what SQLite cannot hold.
        """
        entry = _Entry(statement, values)
        with self._queue:
            self._entries.append(entry)
        with self._lock:
            if not entry.done:
                self._write_all()
        if entry.error is not None:
            raise entry.error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """The connection for a transaction of one's own: all of it or nothing."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()

    def _write_all(self) -> None:
        with self._queue:
            entries, self._entries = self._entries, []
        if len(entries) > 1 and self._write_together(entries):
            return
        for entry in entries:
            try:
                self._connection.execute(entry.statement, entry.values)
                entry.settle()
            except _FAULTS as error:
                entry.settle(error)

    def _write_together(self, entries: list[_Entry]) -> bool:
        """All in one commit; False when one of them fails, and then none is written: each must learn its own fate."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for entry in entries:
                self._connection.execute(entry.statement, entry.values)
            self._connection.execute("COMMIT")
        except _FAULTS:
            self._roll_back()
            return False
        for entry in entries:
            entry.settle()
        return True

    def _roll_back(self) -> None:
        if self._connection.in_transaction:  # after some faults SQLite has rolled back itself
            self._connection.execute("ROLLBACK")
