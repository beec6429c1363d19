"""What SQLite says, in the words of the program: every fault is a `StoreError` with a remedy."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.core.errors import StoreError

BUSY_S = 10.0
"""How long a write waits while another process writes."""

_BASE = 0xFF
"""The low byte of an extended error code is the plain one."""


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system raise inside into StoreErrors that name this database."""
    try:
        yield
    except (sqlite3.Error, ValueError, OverflowError) as error:
        raise _explained(error, path) from error
    except OSError as error:
        raise StoreError(
            "The database {path} cannot be reached: {reason}.",
            "Check that its folder exists and that you may write there.",
            path=path,
            reason=error.strerror or str(error),
        ) from error


def _explained(error: Exception, path: Path) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0) & _BASE
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreError(
            "The database {path} is damaged.",
            "It was left as it is. Put a backup in its place, or move it away to begin with an empty one.",
            path=path,
        )
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _is_full(path)):
        return StoreError(
            "The disk is full; the database {path} cannot be written.",
            "Free some space and start the workflow again. Nothing was done that is not on record.",
            path=path,
        )
    # With a write-ahead log SQLite needs two more files, and says "cannot open" where the folder takes none.
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM) or not os.access(path.parent, os.W_OK):
        return StoreError(
            "The database {path} cannot be written: it or its folder is read-only.",
            "Give your user write access, or name another folder in the environment variable TLA_HOME.",
            path=path,
        )
    if code == sqlite3.SQLITE_CANTOPEN:
        return StoreError(
            "The database {path} cannot be opened.",
            "Check that its folder exists and that you may write there, or name another folder in TLA_HOME.",
            path=path,
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreError(
            "Another program kept the database {path} locked for more than {seconds} s.",
            "Close programs that have it open, such as a database viewer or a backup, and try again.",
            path=path,
            seconds=BUSY_S,
        )
    return StoreError(
        "The database {path} failed: {reason}.",
        "`tla doctor` checks it. If the disk is fine, restart the program.",
        path=path,
        reason=str(error).rstrip("."),
    )


def _is_full(path: Path) -> bool:
    """Whether the disk has no room for another page; SQLite calls that an I/O error while it grows its index."""
    try:
        return shutil.disk_usage(path.parent).free < 64 * 1024
    except OSError:
        return False
