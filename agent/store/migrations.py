"""The steps from each version of the database to the next. A step that was released is never changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from agent.core.errors import StoreError


def _first(connection: sqlite3.Connection) -> None:
    """Runs and steps."""
    connection.execute(
        """
        CREATE TABLE run (
            id VARCHAR NOT NULL,
            workflow_id VARCHAR NOT NULL,
            workflow_name VARCHAR NOT NULL,
            status VARCHAR NOT NULL,
            inputs VARCHAR NOT NULL,
            outputs VARCHAR NOT NULL,
            error VARCHAR,
            folder VARCHAR NOT NULL,
            created_at VARCHAR NOT NULL,
            started_at VARCHAR,
            ended_at VARCHAR,
            owner VARCHAR NOT NULL,
            PRIMARY KEY (id)
        )
        """
    )
    connection.execute(
        """
        CREATE TABLE step (
            seq INTEGER NOT NULL,
            run_id VARCHAR NOT NULL,
            node_id VARCHAR NOT NULL,
            path VARCHAR NOT NULL,
            attempt INTEGER NOT NULL,
            action VARCHAR NOT NULL,
            title VARCHAR NOT NULL,
            status VARCHAR NOT NULL,
            effect VARCHAR NOT NULL,
            outlet VARCHAR NOT NULL,
            inputs VARCHAR NOT NULL,
            output VARCHAR NOT NULL,
            error VARCHAR,
            screenshot VARCHAR NOT NULL,
            cached BOOLEAN NOT NULL,
            started_at VARCHAR NOT NULL,
            ended_at VARCHAR,
            elapsed_s FLOAT NOT NULL,
            PRIMARY KEY (seq),
            UNIQUE (run_id, node_id, path, attempt),
            FOREIGN KEY (run_id) REFERENCES run (id) ON DELETE CASCADE
        )
        """
    )
    connection.execute("CREATE INDEX run_by_workflow ON run (workflow_id, id)")
    connection.execute("CREATE INDEX run_open ON run (status) WHERE status IN ('waiting', 'running', 'retrying')")


Migration = Callable[[sqlite3.Connection], None]

MIGRATIONS: tuple[Migration, ...] = (_first,)
"""Number n (from 0) leads from version n to n + 1; the version stands in the file as ``PRAGMA user_version``."""


def migrate(
    connection: sqlite3.Connection,
    path: Path,
    migrations: tuple[Callable[[sqlite3.Connection], None], ...] = MIGRATIONS,
) -> None:
    """Bring the database to the newest version, all or nothing. Raises StoreError for one from a newer program."""
    if _version(connection, path, len(migrations)) == len(migrations):
        return
    # The lock comes first and the question again: two processes may have found the same old file.
    connection.execute("BEGIN IMMEDIATE")
    try:
        for number in range(_version(connection, path, len(migrations)), len(migrations)):
            migrations[number](connection)
            connection.execute(f"PRAGMA user_version = {number + 1}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # after some faults SQLite has rolled back itself
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, path: Path, newest: int) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > newest:
        raise StoreError(
            "The database {path} was written by a newer version of the program ({version}; this one knows {newest}).",
            "Install the newer version again, or name another folder in the environment variable TLA_HOME.",
            path=path,
            version=version,
            newest=newest,
        )
    return version
