"""From version to version, all or nothing; and the tables are what the migrations make."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from agent.core.errors import StoreError
from agent.store import Store, rows
from agent.store.migrations import MIGRATIONS, migrate


def shape(connection: sqlite3.Connection) -> dict[str, Any]:
    """Columns, keys and indexes of every table, apart from the words they were written in."""
    shapes: dict[str, Any] = {}
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        indexes = {
            (unique, origin, partial, tuple(row[2] for row in connection.execute(f"PRAGMA index_info({name})")))
            for _, name, unique, origin, partial in connection.execute(f"PRAGMA index_list({table})").fetchall()
        }
        shapes[table] = (
            connection.execute(f"PRAGMA table_info({table})").fetchall(),
            connection.execute(f"PRAGMA foreign_key_list({table})").fetchall(),
            indexes,
        )
    return shapes


def test_the_migrations_make_what_the_tables_say() -> None:
    from sqlmodel import SQLModel, create_engine

    from agent.store import tables  # noqa: F401 - it fills SQLModel.metadata

    migrated = sqlite3.connect(":memory:", isolation_level=None)
    migrate(migrated, Path(":memory:"))
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine)
    with engine.connect() as connection:
        declared = connection.connection.dbapi_connection
        assert isinstance(declared, sqlite3.Connection)
        assert shape(migrated) == shape(declared)
    engine.dispose()
    migrated.close()


def test_the_rows_name_every_column_of_the_tables() -> None:
    from agent.store.tables import RunRow, StepRow

    assert set(RunRow.model_fields) == {*rows.RUN_COLUMNS, rows.OWNER_COLUMN}
    assert set(StepRow.model_fields) == {"seq", *rows.STEP_COLUMNS}


def test_a_database_of_a_newer_program_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "agent.db"
    with Store.open(path) as store:
        store._commits._connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match=r"newer version of the program \(99; this one knows \d+\)"):
        Store.open(path)
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (99,)
    connection.close()


def test_a_migration_that_fails_leaves_the_old_version(tmp_path: Path) -> None:
    def broken(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE half (done INTEGER)")
        connection.execute("no such statement")

    connection = sqlite3.connect(tmp_path / "agent.db", isolation_level=None)
    migrate(connection, tmp_path)
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, tmp_path, (*MIGRATIONS, broken))
    assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    assert "half" not in shape(connection)
    connection.close()


def test_an_older_database_keeps_its_runs(tmp_path: Path) -> None:
    def later(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE run ADD COLUMN note VARCHAR NOT NULL DEFAULT 'none'")

    connection = sqlite3.connect(tmp_path / "agent.db", isolation_level=None)
    migrate(connection, tmp_path)
    connection.execute("INSERT INTO run VALUES ('r', 'w', 'W', 'done', '{}', '{}', NULL, '', '2026', NULL, NULL, 'p')")
    migrate(connection, tmp_path, (*MIGRATIONS, later))
    migrate(connection, tmp_path, (*MIGRATIONS, later))
    assert connection.execute("SELECT id, note FROM run").fetchall() == [("r", "none")]
    connection.close()
