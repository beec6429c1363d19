"""The tables. Their objects never leave this folder: the rest of the program speaks `Run` and `Step`.

Importing this module brings SQLModel (a quarter of a second), so only `queries` does, when it is first asked.
Writing and reading single rows needs none of it; `rows` names the same columns, and a test compares them.
"""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

_OPEN = text("status IN ('waiting', 'running', 'retrying')")


class RunRow(SQLModel, table=True):
    """One run. Values and errors are JSON, times are ISO 8601 in UTC: they sort as text and people can read them."""

    __tablename__ = "run"
    __table_args__ = (
        Index("run_by_workflow", "workflow_id", "id"),
        # The runs under way are few among many that are over, and every start of the program asks for them.
        Index("run_open", "status", sqlite_where=_OPEN),
    )

    id: str = Field(primary_key=True)
    workflow_id: str
    workflow_name: str
    status: str
    inputs: str
    outputs: str
    error: str | None = None
    folder: str
    created_at: str
    started_at: str | None = None
    ended_at: str | None = None
    owner: str


class StepRow(SQLModel, table=True):
    """One attempt at one node in one loop pass. `seq` is the order in which steps began."""

    __tablename__ = "step"
    __table_args__ = (UniqueConstraint("run_id", "node_id", "path", "attempt"),)

    seq: int | None = Field(default=None, primary_key=True)
    run_id: str = Field(foreign_key="run.id", ondelete="CASCADE")
    node_id: str
    path: str
    attempt: int
    action: str
    title: str
    status: str
    effect: str
    outlet: str
    inputs: str
    output: str
    error: str | None = None
    screenshot: str
    cached: bool
    started_at: str
    ended_at: str | None = None
    elapsed_s: float
