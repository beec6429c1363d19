"""`Ledger`: journal first, then announce. What leaves the engine leaves through here, with secrets masked."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from agent.core.errors import ErrorRecord
from agent.core.events import EventBus, Level, LogLine, RunChanged, StepChanged
from agent.core.journal import Journal, Redact
from agent.core.run import Run, Step

LIMIT = 256 * 1024
"""Characters of JSON that the journal keeps of one output. Expressions see all of it."""

LARGE = 16 * 1024
"""When an output is cut, values longer than this go, the small ones beside them stay."""


class Ledger:
    """Writes snapshots to the journal and then tells the bus. Thread-safe."""

    def __init__(self, journal: Journal, bus: EventBus, redact: Redact) -> None:
        self._journal = journal
        self._bus = bus
        self.redact = redact

    def run(self, run: Run) -> Run:
        """Record and announce the run; returns it as it was recorded. Raises StoreError, and then nobody hears."""
        run = self._clean_run(run)
        self._journal.save_run(run)
        self._bus.publish(RunChanged(run))
        return run

    def step(self, step: Step) -> None:
        """Record and announce the step. Raises StoreError, and then nobody hears."""
        step = self._clean_step(step)
        self._journal.save_step(step)
        self._bus.publish(StepChanged(step))

    def announce_run(self, run: Run) -> Run:
        """Announce a run that cannot be recorded: its end must not go unheard because the disk is full."""
        run = self._clean_run(run)
        self._bus.publish(RunChanged(run))
        return run

    def announce_step(self, step: Step) -> None:
        """As `announce_run`, for a step."""
        self._bus.publish(StepChanged(self._clean_step(step)))

    def line(self, run_id: str, node_id: str, level: Level, text: str) -> None:
        """A line for the person who watches."""
        self._bus.publish(LogLine(run_id, node_id, level, str(self.redact(text))))

    def _clean_run(self, run: Run) -> Run:
        return replace(
            run, inputs=self.redact(run.inputs), outputs=cut(self.redact(run.outputs)), error=self._clean(run.error)
        )

    def _clean_step(self, step: Step) -> Step:
        inputs, output, error = cut(self.redact(step.inputs)), cut(self.redact(step.output)), self._clean(step.error)
        if inputs is step.inputs and output is step.output and error is step.error:
            return step  # mostly: nothing was secret or large
        return replace(step, inputs=inputs, output=output, error=error)

    def _clean(self, error: ErrorRecord | None) -> ErrorRecord | None:
        return ErrorRecord.from_json(self.redact(error.to_json())) if error is not None else None


def cut(values: dict[str, Any], limit: int = LIMIT) -> dict[str, Any]:
    """The values as they are when their JSON is at most `limit` characters long, else without the large ones."""
    if not values or len(_json(values)) <= limit:
        return values
    sizes = {name: len(_json(value)) for name, value in values.items()}
    large = min(LARGE, limit // len(values))
    return {
        name: value if sizes[name] <= large else f"… ({sizes[name]} characters are not kept in the record)"
        for name, value in values.items()
    }


_json = json.JSONEncoder(ensure_ascii=False, default=str).encode
