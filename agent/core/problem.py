"""`Problem`: one thing that is wrong with a workflow. `agent.core.problems` finds all of them."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.errors import ErrorRecord


@dataclass(frozen=True, slots=True)
class Problem:
    """Where it is, and the sentence with its hint."""

    node_id: str
    """Empty for the workflow itself."""
    field: str
    """Dotted: ``params.target.text``, ``policy.run_if``, ``edges``, ``outputs.table``."""
    record: ErrorRecord
