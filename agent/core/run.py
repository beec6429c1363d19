"""The record: `Run` and `Step`, frozen, with ids made here. A change is a new snapshot."""

from __future__ import annotations

import os
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from agent.core.errors import ErrorRecord


class Status(StrEnum):
    """Where a run or a step stands."""

    WAITING = "waiting"
    RUNNING = "running"
    RETRYING = "retrying"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    """The program ended while it was under way."""

    @property
    def is_final(self) -> bool:
        """Whether nothing will change any more."""
        return self not in (Status.WAITING, Status.RUNNING, Status.RETRYING)


def new_id() -> str:
    """A UUIDv7: sorts by time, so rows come out in the order they were made (RFC 9562, section 5.7)."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0b11 << 62) | 0b10 << 62
    return str(uuid.UUID(int=value))


def now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One running of a workflow."""

    id: str
    workflow_id: str
    workflow_name: str
    status: Status = Status.WAITING
    inputs: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    error: ErrorRecord | None = None
    """Why it failed; of one that waits because the desktop is locked or lost, why it does."""
    folder: str = ""
    """Where its screenshots, files and report lie."""
    created_at: datetime = field(default_factory=now)
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def elapsed_s(self) -> float:
        """Seconds from start to end (or to now, while it runs); 0 before the start."""
        return ((self.ended_at or now()) - self.started_at).total_seconds() if self.started_at else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One attempt at one node in one loop pass. Its key is (run_id, node_id, path, attempt)."""

    run_id: str
    node_id: str
    path: str = ""
    """The loop path: ``"each_order[3]/retry[0]"``; empty at the top."""
    attempt: int = 1
    action: str
    title: str = ""
    status: Status = Status.RUNNING
    effect: str = "once"
    outlet: str = ""
    """The outlet that fired, when it is settled."""
    inputs: dict[str, Any] = field(default_factory=dict)
    """The resolved parameters; secrets are never among them."""
    output: dict[str, Any] = field(default_factory=dict)
    error: ErrorRecord | None = None
    screenshot: str = ""
    """A file name in the run's folder."""
    cached: bool = False
    started_at: datetime = field(default_factory=now)
    ended_at: datetime | None = None
    elapsed_s: float = 0.0

    @property
    def key(self) -> tuple[str, str, str, int]:
        """(run id, node id, loop path, attempt)."""
        return (self.run_id, self.node_id, self.path, self.attempt)
