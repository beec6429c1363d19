"""Runs and steps as rows of the database, and back. No SQLModel here: this is the way of every single step."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from agent.core.errors import ErrorRecord
from agent.core.run import Run, Status, Step

Row = tuple[Any, ...]

RUN_COLUMNS = (
    "id",
    "workflow_id",
    "workflow_name",
    "status",
    "inputs",
    "outputs",
    "error",
    "folder",
    "created_at",
    "started_at",
    "ended_at",
)
OWNER_COLUMN = "owner"
"""Which process runs the run; beside RUN_COLUMNS, because a `Run` does not know it."""

STEP_COLUMNS = (
    "run_id",
    "node_id",
    "path",
    "attempt",
    "action",
    "title",
    "status",
    "effect",
    "outlet",
    "inputs",
    "output",
    "error",
    "screenshot",
    "cached",
    "started_at",
    "ended_at",
    "elapsed_s",
)
STEP_KEY = ("run_id", "node_id", "path", "attempt")


def _upsert(table: str, columns: tuple[str, ...], key: tuple[str, ...]) -> str:
    # Not INSERT OR REPLACE: that would give the row a new place in the order, and delete a run's steps with it.
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in key)
    names, places = ", ".join(columns), ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({names}) VALUES ({places}) ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes}"  # noqa: S608 - all names are constants of this module


SAVE_RUN = _upsert("run", (*RUN_COLUMNS, OWNER_COLUMN), ("id",))
SAVE_STEP = _upsert("step", STEP_COLUMNS, STEP_KEY)
SELECT_RUN = f"SELECT {', '.join(RUN_COLUMNS)} FROM run"  # noqa: S608 - as above
SELECT_STEP = f"SELECT {', '.join(STEP_COLUMNS)} FROM step"  # noqa: S608 - as above


def run_row(run: Run) -> Row:
    """The values of RUN_COLUMNS."""
    return (
        run.id,
        run.workflow_id,
        run.workflow_name,
        run.status.value,
        _json(run.inputs),
        _json(run.outputs),
        error_json(run.error),
        run.folder,
        run.created_at.isoformat(),
        _iso(run.started_at),
        _iso(run.ended_at),
    )


def run_from(row: Row) -> Run:
    """The run that a row of RUN_COLUMNS holds."""
    return Run(
        id=row[0],
        workflow_id=row[1],
        workflow_name=row[2],
        status=Status(row[3]),
        inputs=json.loads(row[4]),
        outputs=json.loads(row[5]),
        error=_error(row[6]),
        folder=row[7],
        created_at=datetime.fromisoformat(row[8]),
        started_at=_time(row[9]),
        ended_at=_time(row[10]),
    )


def step_row(step: Step) -> Row:
    """The values of STEP_COLUMNS."""
    return (
        step.run_id,
        step.node_id,
        step.path,
        step.attempt,
        step.action,
        step.title,
        step.status.value,
        step.effect,
        step.outlet,
        _json(step.inputs),
        _json(step.output),
        error_json(step.error),
        step.screenshot,
        step.cached,
        step.started_at.isoformat(),
        _iso(step.ended_at),
        step.elapsed_s,
    )


def step_from(row: Row) -> Step:
    """The step that a row of STEP_COLUMNS holds."""
    return Step(
        run_id=row[0],
        node_id=row[1],
        path=row[2],
        attempt=row[3],
        action=row[4],
        title=row[5],
        status=Status(row[6]),
        effect=row[7],
        outlet=row[8],
        inputs=json.loads(row[9]),
        output=json.loads(row[10]),
        error=_error(row[11]),
        screenshot=row[12],
        cached=bool(row[13]),
        started_at=datetime.fromisoformat(row[14]),
        ended_at=_time(row[15]),
        elapsed_s=row[16],
    )


# In ASCII: a text may hold half a surrogate pair (from a hostile file), which SQLite would refuse as UTF-8.
# Made once: `json.dumps` with options makes an encoder for every call.
_encode = json.JSONEncoder(separators=(",", ":"), default=str).encode


def _json(value: dict[str, Any]) -> str:
    return _encode(value) if value else "{}"


def error_json(error: ErrorRecord | None) -> str | None:
    """The error as JSON, None for none."""
    return _json(error.to_json()) if error is not None else None


def _error(text: str | None) -> ErrorRecord | None:
    return ErrorRecord.from_json(json.loads(text)) if text is not None else None


def _iso(time: datetime | None) -> str | None:
    return time.isoformat() if time is not None else None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None
