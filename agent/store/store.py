"""`Store`: the local database. What a call has written is there after a crash and after a power cut."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from agent.core.errors import AgentError, ErrorRecord
from agent.core.run import Run, Status, Step, now
from agent.store import rows
from agent.store.commits import Commits
from agent.store.fault import BUSY_S, told
from agent.store.migrations import migrate

_OPEN = "status IN ('waiting', 'running', 'retrying')"

INTERRUPTED = ErrorRecord(
    "Interrupted",
    "The program ended while this was under way.",
    "Look at what the last step has done before you start the workflow again.",
)


@dataclass(frozen=True, slots=True)
class Statistics:
    """Totals over all runs on record."""

    runs: int
    ok: int
    failed: int
    mean_s: float
    """Seconds of a run that was done, on average; 0 when there is none."""


class Store:
    """Runs and steps in one SQLite file. Thread-safe, and several processes may have it open.

    It is a `Journal`: `save_run` and `save_step` are one commit each, or a share in one. The file is in WAL mode with
    ``synchronous=FULL``: a commit is on the disk before the call returns. (With NORMAL it would be some fifteen
    times quicker and safe against a crash of the program, but a power cut could take the last steps with it, and
    a step that was done but is not on record may be done twice.)
    """

    def __init__(self, path: Path, owner: str, writer: sqlite3.Connection) -> None:
        self.path = path
        self._owner = owner
        self._commits = Commits(writer)
        self._reader = _connect(path)
        self._reading = threading.Lock()

    @classmethod
    def open(cls, path: Path, *, owner: str = "") -> Self:
        """Open the database, made or brought up to date where needed. Raises StoreError.

        `owner` names this process, in a form that no later process shares. It is kept with each run, so that
        another process can tell whether the run still has somebody who runs it.
        """
        with told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.touch(mode=0o600)  # what was read from screens is nobody else's business
            writer = _connect(path)
            try:
                migrate(writer, path)
                return cls(path, owner, writer)
            except BaseException:
                writer.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file. What is in the write-ahead log goes into it when the last process closes."""
        with self._reading:
            self._reader.close()
        self._commits.close()

    # -- journal ---------------------------------------------------------------------------------------------

    def save_run(self, run: Run) -> None:
        """Insert or replace the run, durably. Raises StoreError."""
        self._write(rows.SAVE_RUN, (*rows.run_row(run), self._owner))

    def save_step(self, step: Step) -> None:
        """Insert or replace the step by its key, durably. Its run must be there. Raises StoreError."""
        self._write(rows.SAVE_STEP, rows.step_row(step))

    def _write(self, statement: str, row: rows.Row) -> None:
        with told(self.path):
            self._commits.write(statement, row)

    # -- questions -------------------------------------------------------------------------------------------

    def run(self, run_id: str) -> Run | None:
        """The run with this id."""
        found = self._read(f"{rows.SELECT_RUN} WHERE id = ?", (run_id,))
        return rows.run_from(found[0]) if found else None

    def runs(
        self,
        limit: int = 50,
        before: str | None = None,
        workflow_id: str | None = None,
        status: Status | None = None,
    ) -> tuple[Run, ...]:
        """The newest runs first; `before` is the last run id of the page before this one."""
        from agent.store import queries

        return tuple(map(rows.run_from, self._read(*queries.runs(limit, before, workflow_id, status))))

    def find_run(self, prefix: str) -> Run:
        """The run whose id starts as a person typed it. Raises AgentError when there is none, or more than one."""
        typed = prefix.strip().lower()
        # A range, not LIKE: it takes the index, and % and _ mean nothing in it.
        found = self._read(
            f"{rows.SELECT_RUN} WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 3", (typed, typed + "\U0010ffff")
        )
        if not typed or not found:
            raise AgentError("There is no run {prefix}.", "`tla runs` lists the latest.", prefix=f"“{prefix}”")
        if len(found) > 1:
            raise AgentError(
                "More than one run starts with {prefix}, such as {first} and {second}.",
                "Give more of the id.",
                prefix=typed,
                first=found[0][0],
                second=found[1][0],
            )
        return rows.run_from(found[0])

    def steps(self, run_id: str) -> tuple[Step, ...]:
        """The steps of a run, in the order they began."""
        return tuple(map(rows.step_from, self._read(f"{rows.SELECT_STEP} WHERE run_id = ? ORDER BY seq", (run_id,))))

    def statistics(self) -> Statistics:
        """Totals over all runs."""
        from agent.store import queries

        ((runs, ok, failed, mean_s),) = self._read(*queries.statistics())
        return Statistics(runs, ok, failed, mean_s or 0.0)

    def _read(self, statement: str, values: tuple[Any, ...] = ()) -> list[rows.Row]:
        with told(self.path), self._reading:
            return self._reader.execute(statement, values).fetchall()

    # -- care ------------------------------------------------------------------------------------------------

    def interrupt_orphans(self, alive: Callable[[str], bool]) -> tuple[Run, ...]:
        """Mark the runs that are not over and whose process has ended, with their open steps. Returns them.

        `alive` says whether the process that is so named (see `open`) still runs.
        """
        under_way = self._read(f"SELECT id, owner FROM run WHERE {_OPEN}")  # noqa: S608 - a constant
        orphans = [run_id for run_id, owner in under_way if not alive(owner)]
        return tuple(run for run_id in orphans if (run := self._interrupt(run_id)) is not None)

    def _interrupt(self, run_id: str) -> Run | None:
        """The run as it is now; None when another process was quicker."""
        at, error = now().isoformat(), rows.error_json(INTERRUPTED)
        change = f"SET status = 'interrupted', error = ?, ended_at = ? WHERE {_OPEN}"
        with told(self.path), self._commits.transaction() as writer:
            changed = writer.execute(f"UPDATE run {change} AND id = ?", (error, at, run_id))
            writer.execute(f"UPDATE step {change} AND run_id = ?", (error, at, run_id))
        return self.run(run_id) if changed.rowcount else None

    def check(self) -> tuple[str, ...]:
        """What is wrong with the file; empty when it is in good health. Reads all of it."""
        try:
            with self._reading:
                found = [str(row[0]) for row in self._reader.execute("PRAGMA quick_check")]
        except sqlite3.DatabaseError as error:
            return (str(error),)
        return tuple(line for line in found if line != "ok")

    def backup(self, to: Path) -> Path:
        """Copy the database as it is at this moment; others go on writing. Raises StoreError.

        The copy replaces an older one only when it is complete.
        """
        part = to.with_name(to.name + ".part")
        with told(to):
            to.parent.mkdir(parents=True, exist_ok=True)
            part.unlink(missing_ok=True)
            part.touch(mode=0o600)
            copy = sqlite3.connect(part)
            try:
                with self._reading:
                    self._reader.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
            finally:
                copy.close()
            part.replace(to)
        return to


def _connect(path: Path) -> sqlite3.Connection:
    # Without implicit transactions: each statement is one, and commits itself.
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        _set_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # On macOS an ordinary sync stops at the drive's own cache (https://sqlite.org/pragma.html#pragma_fullfsync).
        connection.execute("PRAGMA fullfsync = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _set_wal(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log. SQLite does not wait by itself when two processes do this at once."""
    until = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
