"""A test stand for the engine: small actions, a journal in memory, and workflows in a few words."""

from __future__ import annotations

import threading
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel

from agent.core.action import Action, Container, Pass, PassEnd, Registry, Round
from agent.core.context import Context
from agent.core.devices import Manners
from agent.core.errors import ActionError, ChildFailed, StoreError
from agent.core.events import Event, EventBus
from agent.core.run import Run, Status, Step
from agent.core.workflow import Workflow
from agent.devices.fake import FakeDesktop, FakeVault
from agent.engine import Engine


class Value(BaseModel):
    value: Any = None


class Echo(Action, id="test.echo", label="Echo", icon="x", category="Test", effect="pure"):
    """Give back the value."""

    value: Any = None

    calls: ClassVar[list[Any]] = []

    def run(self, context: Context) -> Value:
        self.calls.append(self.value)
        return Value(value=self.value)


class Count(Action, id="test.count", label="Count", icon="x", category="Test", effect="idempotent"):
    """Take a whole number."""

    number: int

    def run(self, context: Context) -> Value:
        return Value(value=self.number)


class Branch(
    Action, id="test.branch", label="Branch", icon="x", category="Test", effect="pure", outlets=("true", "false")
):
    """Go one way or the other."""

    way: bool

    def run(self, context: Context) -> Value:
        return Value(value=self.way)

    def outlet(self, result: BaseModel) -> str:
        return "true" if self.way else "false"


class Fail(Action, id="test.fail", label="Fail", icon="x", category="Test", effect="idempotent"):
    """Fail, the first `times`."""

    times: int = 1000
    act: bool = False
    calls: ClassVar[dict[str, int]] = {}

    def run(self, context: Context) -> Value:
        self.calls[context.run_id] = self.calls.get(context.run_id, 0) + 1
        if self.act:
            context.acting()
        if self.calls[context.run_id] <= self.times:
            raise ActionError("It failed for the {count}. time.", "Try it.", count=self.calls[context.run_id])
        return Value(value=self.calls[context.run_id])


class FailOnce(Fail, id="test.fail_once", label="Fail", icon="x", category="Test", effect="once"):
    """As Fail, but of the kind that must not happen twice."""


class Crash(Action, id="test.crash", label="Crash", icon="x", category="Test"):
    """Fail in a way that nobody foresaw."""

    text: str = "oops"

    def run(self, context: Context) -> Value:
        raise RuntimeError(self.text)


class Exit(Action, id="test.exit", label="Exit", icon="x", category="Test"):
    """Try to end the program."""

    def run(self, context: Context) -> Value:
        raise SystemExit(3)


class Nothing(Action, id="test.nothing", label="Nothing", icon="x", category="Test"):
    """Forget to return a result."""

    def run(self, context: Context) -> Value:
        return None  # type: ignore[return-value]  # that is the fault


class Wait(Action, id="test.wait", label="Wait", icon="x", category="Test", effect="idempotent"):
    """Sleep as an action should."""

    seconds: float = 0.01

    def run(self, context: Context) -> Value:
        context.sleep(self.seconds)
        return Value(value=self.seconds)


class Set(Action, id="test.set", label="Set", icon="x", category="Test", effect="idempotent"):
    """Set a variable."""

    name: str
    value: Any

    def run(self, context: Context) -> Value:
        context.set_variable(self.name, self.value)
        return Value(value=self.value)


class Gate(Action, id="test.gate", label="Gate", icon="x", category="Test", effect="idempotent"):
    """Say that it is there, and wait until the gate opens, deaf to everything else."""

    name: str
    entered: ClassVar[dict[str, threading.Event]] = {}
    opened: ClassVar[dict[str, threading.Event]] = {}

    @classmethod
    def make(cls, name: str) -> tuple[threading.Event, threading.Event]:
        cls.entered[name], cls.opened[name] = threading.Event(), threading.Event()
        return cls.entered[name], cls.opened[name]

    def run(self, context: Context) -> Value:
        self.entered[self.name].set()
        self.opened[self.name].wait(20)
        return Value(value=self.name)


class DeskGate(Gate, id="test.desk_gate", label="Gate", icon="x", category="Test", uses={"desktop"}):
    """A gate that needs the desktop."""


class WatchGate(Gate, id="test.watch_gate", label="Gate", icon="x", category="Test", watches=True):
    """A gate that only watches the desktop, and fails when it opens."""

    def run(self, context: Context) -> Value:
        super().run(context)
        raise ActionError("It was not seen.")


class Click(Action, id="test.click", label="Click", icon="x", category="Test", uses={"desktop"}, effect="once"):
    """Type a text, for what it is worth."""

    text: str = "x"
    fail: bool = False
    wait: float = 0.0

    def run(self, context: Context) -> Value:
        context.input.type_text(self.text)
        context.sleep(self.wait)
        if self.fail:
            raise ActionError("The click went wrong.")
        return Value(value=self.text)


class Look(Click, id="test.look", label="Look", icon="x", category="Test", uses={"desktop"}, effect="pure"):
    """Look at the desktop and change nothing."""

    def run(self, context: Context) -> Value:
        context.sleep(self.wait)
        if self.fail:
            raise ActionError("There is nothing to see.")
        return Value(value=len(context.windows.list()))


class Loop(Container, id="test.loop", label="Loop", icon="x", category="Test"):
    """Run the children for each item."""

    items: list[Any]
    parallel: int = 1
    variables: ClassVar[tuple[str, ...]] = ("item", "index")

    def passes(self, context: Context) -> Generator[Round, tuple[PassEnd, ...], Value]:
        passes = [Pass(variables={"item": item, "index": index}) for index, item in enumerate(self.items)]
        ends = yield Round(passes, self.parallel)
        for end in ends:
            if end.error is not None:
                raise ChildFailed(end.error)
        return Value(value=[dict(end.outputs) for end in ends])


class Try(Container, id="test.try", label="Try", icon="x", category="Test"):
    """Run the body, and the catch when it failed."""

    sections: ClassVar[tuple[str, ...]] = ("body", "catch")
    closed: ClassVar[list[str]] = []

    def passes(self, context: Context) -> Generator[Round, tuple[PassEnd, ...], Value]:
        try:
            (body,) = yield Round((Pass("body"),))
            if body.error is None:
                return Value(value="fine")
            caught = {"message": str(body.error), "step": body.failed_node, "screenshot": body.screenshot}
            (handled,) = yield Round((Pass("catch", {"error": caught}),))
            if handled.error is not None:
                raise ChildFailed(body.error)
            return Value(value=caught)
        finally:
            self.closed.append(context.run_id)


REGISTRY = Registry(
    (
        *(Echo, Count, Branch, Fail, FailOnce, Crash, Exit, Nothing, Wait, Set),
        *(Gate, DeskGate, WatchGate, Click, Look, Loop, Try),
    )
)


def node(node_id: str, action: str = "echo", *, parent: str | None = None, section: str = "", **rest: Any) -> Any:
    """A node as a document has it; what is no parameter of the action goes into the policy by ``policy=``."""
    policy = rest.pop("policy", {})
    return {
        "id": node_id,
        "action": f"test.{action}",
        "params": rest,
        "policy": {"delay": 0.001, **policy},
        "parent": parent,
        "section": section,
    }


def workflow(*nodes: Any, edges: Sequence[str] = (), outputs: Mapping[str, Any] | None = None) -> Workflow:
    """A workflow; an edge is written ``a>b`` or ``a:failed>b``."""
    joined = []
    for edge in edges:
        source, _, target = edge.partition(">")
        name, _, outlet = source.partition(":")
        joined.append({"from": name, "outlet": outlet or "done", "to": target})
    document = {"id": "t", "name": "Test", "nodes": nodes, "edges": joined, "outputs": dict(outputs or {})}
    return Workflow.model_validate(document)


class MemoryJournal:
    """A journal that forgets at the end; `broken` makes it refuse like a full disk."""

    def __init__(self) -> None:
        self.runs: dict[str, Run] = {}
        self.steps: dict[tuple[str, str, str, int], Step] = {}
        self.history: list[tuple[str, Status]] = []
        """Every save, in order: node id (or "run") and status."""
        self.broken = False
        self.breaks_at: str = ""
        """The node whose save breaks it."""
        self._lock = threading.Lock()

    def save_run(self, run: Run) -> None:
        with self._lock:
            self._check()
            self.runs[run.id] = run
            self.history.append(("run", run.status))

    def save_step(self, step: Step) -> None:
        with self._lock:
            self.broken = self.broken or step.node_id == self.breaks_at
            self._check()
            self.steps[step.key] = step
            self.history.append((step.node_id, step.status))

    def _check(self) -> None:
        if self.broken:
            raise StoreError("The disk is full.", "Free some space.")


class MemoryLease:
    """A lease that another process may hold; that one's words are in `other`."""

    def __init__(self) -> None:
        self.other = ""
        self.holder = ""
        self.asked = threading.Event()
        self.error: StoreError | None = None

    def take(self, holder: str) -> str:
        self.asked.set()
        if self.error is not None:
            raise self.error
        if not self.other:
            self.holder = holder
        return self.other

    def give_back(self) -> None:
        self.holder = ""


def keep(value: Any) -> Any:
    """A redactor that knows no secret."""
    return value


@dataclass
class Stand:
    """An engine with everything around it in reach."""

    folder: Path
    immediate: bool = False
    threads: int = 64
    redact: Any = keep
    manners: Manners | None = None
    registry: Registry = field(default_factory=lambda: REGISTRY)
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    lease: MemoryLease = field(default_factory=MemoryLease)
    bus: EventBus = field(default_factory=EventBus)
    desktop: FakeDesktop = field(default_factory=FakeDesktop)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bus.subscribe(self.events.append)
        self.engine = Engine(
            self.registry,
            self.desktop.devices,
            self.desktop.eye,
            FakeVault(),
            self.journal,
            self.bus,
            self.lease,
            self.redact,
            manners=self.manners,
            threads=self.threads,
            immediate=self.immediate,
        )

    def start(self, workflow: Workflow, inputs: Mapping[str, Any] | None = None) -> Run:
        folder = self.folder / f"run-{len(self.journal.runs)}"
        return self.engine.start(workflow, inputs or {}, folder=folder, workflow_folder=self.folder)

    def run(self, workflow: Workflow, inputs: Mapping[str, Any] | None = None) -> Run:
        return self.engine.wait(self.start(workflow, inputs).id, 20)

    def steps(self, run: Run) -> dict[str, Step]:
        """The last attempt of each node, by ``path/node``."""
        own = [step for step in self.journal.steps.values() if step.run_id == run.id]
        return {f"{step.path}/{step.node_id}".strip("/"): step for step in own}

    def statuses(self, run: Run) -> dict[str, str]:
        return {name: step.status.value for name, step in self.steps(run).items()}
