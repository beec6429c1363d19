"""Questions over many runs. SQLModel words them, checked against the tables; the store's own connection asks them.

Imported when the first of them is asked (see `tables`).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, func
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import SelectBase
from sqlmodel import col, select

from agent.core.run import Status
from agent.store.rows import RUN_COLUMNS
from agent.store.tables import RunRow

Query = tuple[str, tuple[Any, ...]]
"""SQL with question marks, and what stands for them."""

_DIALECT = sqlite.dialect()


def runs(limit: int, before: str | None, workflow_id: str | None, status: Status | None) -> Query:
    """RUN_COLUMNS of the newest runs first. By key, not by offset: the thousandth page is as quick as the first."""
    columns: list[Any] = [getattr(RunRow, name) for name in RUN_COLUMNS]
    query = select(*columns).order_by(col(RunRow.id).desc()).limit(limit)
    conditions: list[ColumnElement[bool]] = []
    if before is not None:
        conditions.append(col(RunRow.id) < before)
    if workflow_id is not None:
        conditions.append(col(RunRow.workflow_id) == workflow_id)
    if status is not None:
        conditions.append(col(RunRow.status) == status.value)
    return _query(query.where(*conditions))


def statistics() -> Query:
    """All runs, those done, those failed, and the mean seconds of those done."""
    seconds = (func.julianday(RunRow.ended_at) - func.julianday(RunRow.started_at)) * 86_400.0
    done = col(RunRow.status) == Status.DONE.value
    failed = col(RunRow.status) == Status.FAILED.value
    query = select(
        func.count(),
        func.coalesce(func.sum(case((done, 1), else_=0)), 0),
        func.coalesce(func.sum(case((failed, 1), else_=0)), 0),
        func.avg(case((done, seconds), else_=None)),
    ).select_from(RunRow)
    return _query(query)


def _query(statement: SelectBase) -> Query:
    compiled = statement.compile(dialect=_DIALECT)
    assert isinstance(compiled, SQLCompiler)  # noqa: S101 - what a SELECT compiles to
    return str(compiled), tuple(compiled.params[name] for name in compiled.positiontup or ())
