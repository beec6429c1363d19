"""A run while it is under way: the tree of scopes, and the nodes at work in them. Only the engine thread changes it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.core.action import Action, Pass, PassEnd, Round
from agent.core.errors import ErrorRecord
from agent.core.masks import Masks
from agent.core.run import Run, Status, Step, now
from agent.core.workflow import Edge, Node, Workflow
from agent.engine.schedule import Schedule
from agent.engine.way import Trail

if TYPE_CHECKING:
    from agent.engine.arbiter import Claim
    from agent.engine.attempt import Attempt
    from agent.engine.timers import Timer


class Variables:
    """``vars`` of a run. Steps set them from their threads."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self._lock = threading.Lock()

    def set(self, name: str, value: Any) -> None:
        """Give the variable a value."""
        with self._lock:
            self._values[name] = value

    def snapshot(self) -> dict[str, Any]:
        """All of them as they are now."""
        with self._lock:
            return dict(self._values)


class LiveRun:
    """A run that is not over."""

    def __init__(
        self,
        run: Run,
        workflow: Workflow,
        inputs: Mapping[str, Any],
        workflow_folder: Path,
        trail: Trail | None = None,
    ) -> None:
        self.run = run
        """The latest snapshot, as it was recorded."""
        self.workflow = workflow
        self.inputs = dict(inputs)
        self.folder = Path(run.folder)
        self.workflow_folder = workflow_folder
        self.trail = trail or Trail()
        self.stop = threading.Event()
        """Set from any thread; every clock of the run looks at it."""
        self.ended = threading.Event()
        self.variables = Variables()
        self.masks = Masks()
        self.root: Scope | None = None
        self.nodes = {node.id: node for node in workflow.nodes}
        self.tasks: set[Task] = set()
        """The nodes under way, in all scopes."""
        self.breakdown: ErrorRecord | None = None
        """Why the run cannot go on whatever its workflow says: the record cannot be written."""
        self._parts: dict[tuple[str | None, str], tuple[Sequence[Node], Sequence[Edge]]] = {}

    def part(self, parent: str | None, section: str) -> tuple[Sequence[Node], Sequence[Edge]]:
        """The nodes of one parent and section with the edges between them. Remembered: loops ask often."""
        key = (parent, section)
        if key not in self._parts:
            nodes = self.workflow.children(parent, section)
            ids = {node.id for node in nodes}
            self._parts[key] = (nodes, [edge for edge in self.workflow.edges if edge.source in ids])
        return self._parts[key]


class Scope:
    """One pass through a container's section, or the workflow's top level."""

    def __init__(
        self,
        live: LiveRun,
        *,
        holder: Task | None = None,
        section: str = "",
        place: int = 0,
        path: str = "",
        variables: Mapping[str, Any] | None = None,
    ) -> None:
        self.live = live
        self.holder = holder
        """The container, None at the top."""
        self.place = place
        """Which pass of the container's round this is."""
        self.path = path
        nodes, edges = live.part(holder.node.id if holder else None, section)
        self.schedule = Schedule(nodes, edges)
        self.empty = not nodes
        self.tasks: set[Task] = set()
        self.outputs: dict[str, dict[str, Any]] = {}
        """The children's results, for the container."""
        outer = holder.scope if holder else None
        self.variables: dict[str, Any] = {**(outer.variables if outer else {}), **(variables or {})}
        # What was settled outside when this pass began is seen; nothing that settles beside it later.
        self.seen: dict[str, Any] = dict(outer.seen) if outer else {}
        if holder is not None:
            self.seen[holder.node.id] = dict(variables or {})
        self.error: ErrorRecord | None = None
        self.failed_node = ""
        self.screenshot = ""
        self.halted = False
        """Nothing starts any more, here and in the scopes below."""
        self.ended = False

    def values(self) -> dict[str, Any]:
        """What expressions of this scope's nodes see now."""
        run = self.live.run
        started = (run.started_at or run.created_at).isoformat()
        return {
            "inputs": self.live.inputs,
            "vars": self.live.variables.snapshot(),
            # The Python is for workflows that start a Python program with the libraries that we have.
            "run": {"id": run.id, "folder": run.folder, "started": started, "python": sys.executable},
            "nodes": dict(self.seen),
            **self.variables,
        }

    def fail(self, task: Task, error: ErrorRecord, screenshot: str) -> None:
        """Keep the first error. A container that hands on a child's error names the child, with its screenshot."""
        if self.error is not None:
            return
        own = PassEnd(error, task.node.id, screenshot)
        origin = next((end for end in task.failures if end.error == error), own)
        self.error, self.failed_node, self.screenshot = error, origin.failed_node, origin.screenshot

    def end(self) -> PassEnd:
        """How the pass ended, for the container."""
        return PassEnd(self.error, self.failed_node, self.screenshot, self.outputs, self.empty)


class State(Enum):
    """Where a node under way stands."""

    QUEUED = auto()
    """It waits for its turn."""
    RUNNING = auto()
    """A thread is at it."""
    RETRYING = auto()
    """It waits for the time of its next attempt."""
    IN_ROUND = auto()
    """A container whose passes run."""


@dataclass(eq=False, slots=True)
class Task:
    """A node under way in a scope: its attempts, one after the other."""

    scope: Scope
    node: Node
    action: type[Action]
    number: int = 1
    """Which attempt."""
    state: State = State.QUEUED
    guarded: bool = False
    """Its `run_if` was asked and said yes, or there is none."""
    step: Step | None = None
    """The latest row of this node in this pass, when there is one."""
    attempt: Attempt | None = None
    claim: Claim[Task] | None = None
    timer: Timer[Any] | None = None
    passes: Passes | None = None
    passed: int = 0
    """The passes that a container has started, over all its rounds."""
    children: set[Scope] = field(default_factory=set)
    failures: list[PassEnd] = field(default_factory=list)
    """A container's passes that failed, over all its rounds."""

    @property
    def live(self) -> LiveRun:
        """The run that it belongs to."""
        return self.scope.live

    def drop(self) -> None:
        """It is no longer under way."""
        self.scope.tasks.discard(self)
        self.live.tasks.discard(self)

    def row(self, status: Status = Status.RUNNING, outlet: str = "") -> Step:
        """A fresh row for the attempt; ended when the status is final."""
        known = hasattr(self.action, "info")
        at = now()
        return Step(
            run_id=self.live.run.id,
            node_id=self.node.id,
            path=self.scope.path,
            attempt=self.number,
            action=self.action.info.id if known else self.node.action,
            title=self.node.title or (self.action.info.label if known else ""),
            status=status,
            effect=self.action.info.effect if known else "once",
            outlet=outlet,
            started_at=at,
            ended_at=at if status.is_final else None,
        )


class Passes:
    """A container's round: which pass starts next, and how they ended. Pure."""

    def __init__(self, round_: Round) -> None:
        self._passes = iter(round_.passes)
        self._parallel = max(1, round_.parallel)
        self._ends: list[PassEnd | None] = []
        self._running = 0
        self._closed = False

    def next(self) -> tuple[int, Pass] | None:
        """The place and the pass that may start now, None when none may."""
        if self._closed or self._running >= self._parallel:
            return None
        following = next(self._passes, None)
        if following is None:
            self._closed = True
            return None
        self._ends.append(None)
        self._running += 1
        return len(self._ends) - 1, following

    def end(self, place: int, end: PassEnd) -> None:
        """The pass is over. After a failed one, none starts any more."""
        self._ends[place] = end
        self._running -= 1
        if end.error is not None:
            self._closed = True

    def close(self) -> None:
        """Start no further pass."""
        self._closed = True

    @property
    def over(self) -> bool:
        """Whether no pass runs and none will start."""
        return self._closed and not self._running

    def ends(self) -> tuple[PassEnd, ...]:
        """How the passes ended, in the order they started."""
        return tuple(end for end in self._ends if end is not None)
