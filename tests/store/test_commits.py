"""Statements that come together share a commit, and each still learns its own fate."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.store.commits import Commits


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "a.db", isolation_level=None, check_same_thread=False)
    connection.execute("CREATE TABLE t (n INTEGER PRIMARY KEY)")
    yield connection
    connection.close()


def write_together(commits: Commits, numbers: list[int]) -> list[int]:
    """Let all wait for the lock, then let it go; returns the numbers that were refused."""
    refused: list[int] = []

    def write(number: int) -> None:
        try:
            commits.write("INSERT INTO t VALUES (?)", (number,))
        except sqlite3.IntegrityError:
            refused.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in numbers]
    with commits._lock:
        for thread in threads:
            thread.start()
        while len(commits._entries) < len(numbers):
            threading.Event().wait(0.001)
    for thread in threads:
        thread.join(10)
    return refused


def test_who_waits_together_shares_a_commit(connection: sqlite3.Connection) -> None:
    said: list[str] = []
    connection.set_trace_callback(said.append)
    assert write_together(Commits(connection), list(range(10))) == []
    assert said.count("COMMIT") == 1
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (10,)


def test_one_that_fails_does_not_take_the_others_along(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO t VALUES (3)")
    assert write_together(Commits(connection), list(range(6))) == [3]
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (6,)


def test_a_transaction_that_fails_leaves_nothing(connection: sqlite3.Connection) -> None:
    commits = Commits(connection)
    with pytest.raises(ZeroDivisionError), commits.transaction() as own:
        own.execute("INSERT INTO t VALUES (1)")
        raise ZeroDivisionError
    commits.write("INSERT INTO t VALUES (2)", ())
    assert connection.execute("SELECT n FROM t").fetchall() == [(2,)]
