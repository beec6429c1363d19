"""`problems`: everything that is wrong with a workflow, at once and by node, before any of it runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from agent.core.action import FAILED, Action, Registry
from agent.core.errors import AgentError, ErrorRecord, ExpressionError
from agent.core.expression import evaluate, names_in, references, resolve, texts
from agent.core.formula import Names
from agent.core.input_value import check_value
from agent.core.meter import MAX_STEPS, Meter
from agent.core.problem import Problem
from agent.core.sight import Sight
from agent.core.spelling import Guesses
from agent.core.validation import Fault, Path, dotted, faults
from agent.core.wiring import Wiring
from agent.core.workflow import Node, Workflow

__all__ = ["MAX_NODES", "Problem", "problems"]

MAX_NODES = 10_000


def problems(workflow: Workflow, registry: Registry) -> tuple[Problem, ...]:
    """Everything that is wrong, in the order of the document: its shape first, then node by node. Never raises."""
    if not workflow.nodes:
        return (Problem("", "nodes", ErrorRecord("Problem", "The workflow has no nodes.", "Add the first action.")),)
    if len(workflow.nodes) > MAX_NODES:
        return (
            Problem(
                "",
                "nodes",
                ErrorRecord(
                    "Problem",
                    "The workflow has {count} nodes, more than {limit}.",
                    "Divide it into several workflows.",
                    {"count": len(workflow.nodes), "limit": MAX_NODES},
                ),
            ),
        )
    return tuple(_Check(workflow, registry).all())


class _Check:
    """One check of one workflow: the tables that all questions share, and the questions."""

    def __init__(self, workflow: Workflow, registry: Registry) -> None:
        self._workflow = workflow
        self._registry = registry
        self._nodes: dict[str, Node] = {}
        for node in workflow.nodes:
            self._nodes.setdefault(node.id, node)
        self._actions = {name: found for name, node in self._nodes.items() if (found := registry.get(node.action))}
        self._with_failed_edge = {edge.source for edge in workflow.edges if edge.outlet == FAILED}
        self._guesses = Guesses()
        self._trials = MAX_STEPS
        """The work that may still be spent on trying out expressions: a hostile file has any number of them."""
        self._sight = Sight(workflow, self._nodes, self._actions, self._guesses)
        self._wiring = Wiring(workflow, self._nodes, self._actions, self._sight, self._guesses)

    def all(self) -> Iterator[Problem]:
        yield from self._inputs()
        yield from self._twice()
        yield from self._wiring.problems()
        for node in self._workflow.nodes:
            yield from self._node(node)
        yield from self._outputs()

    def _inputs(self) -> Iterator[Problem]:
        for name, count in Counter(given.name for given in self._workflow.inputs).items():
            if count > 1:
                yield Problem(
                    "",
                    f"inputs.{name}",
                    ErrorRecord(
                        "Problem", "There are {count} inputs named {name}.", "", {"count": count, "name": name}
                    ),
                )
        for given in self._workflow.inputs:
            if given.type == "choice" and not given.choices:
                yield Problem(
                    "",
                    f"inputs.{given.name}",
                    ErrorRecord("Problem", "The input {name} has no choices.", "", {"name": given.name}),
                )
            elif given.default is not None:
                try:
                    check_value(given, given.default)
                except AgentError as error:
                    yield Problem("", f"inputs.{given.name}.default", error.record())

    def _twice(self) -> Iterator[Problem]:
        for name, count in Counter(node.id for node in self._workflow.nodes).items():
            if count > 1:
                yield Problem(
                    name,
                    "id",
                    ErrorRecord(
                        "Problem",
                        "There are {count} nodes {name}.",
                        "Give each its own id.",
                        {"count": count, "name": name},
                    ),
                )

    def _outputs(self) -> Iterator[Problem]:
        for name, value in self._workflow.outputs.items():
            yield from self._expressions(None, value, f"outputs.{name}")

    def _node(self, node: Node) -> Iterator[Problem]:
        yield from self._wiring.place(node)
        action = self._registry.get(node.action)  # not by id: there may be two of them
        if action is None:
            near = self._guesses.closest(node.action, self._registry)
            yield Problem(
                node.id,
                "action",
                ErrorRecord(
                    "Problem",
                    "The action {action} is unknown.",
                    "Did you mean {closest}?" if near else "It may belong to an extension that is not installed.",
                    {"action": node.action, "closest": near},
                ),
            )
        else:
            yield from self._policy(node, action)
        if self._is_off(node):  # half-finished nodes are what people switch off
            return
        if action is not None:
            yield from self._parameters(node, action)
        yield from self._expressions(node, node.params, "params")
        if node.policy.run_if:
            yield from self._expression(node, "policy.run_if", node.policy.run_if, names_in, evaluate)

    def _is_off(self, node: Node) -> bool:
        return not all(part.policy.enabled for part in (node, *self._sight.containers(node)))

    def _policy(self, node: Node, action: type[Action]) -> Iterator[Problem]:
        if node.policy.cache_for and action.info.effect != "pure":
            yield Problem(
                node.id,
                "policy.cache_for",
                ErrorRecord(
                    "Problem",
                    "The result of {action} cannot be kept, because the action looks at or changes the world.",
                    "Set “Cache for” to 0.",
                    {"action": action.info.id},
                ),
            )
        if node.policy.on_error == "outlet" and node.id not in self._with_failed_edge:
            yield Problem(
                node.id,
                "policy.on_error",
                ErrorRecord(
                    "Problem",
                    "There is no edge at the outlet failed, but “On error” says that it is taken.",
                    "Draw the edge, or choose fail or continue.",
                ),
            )

    def _parameters(self, node: Node, action: type[Action]) -> Iterator[Problem]:
        """What the action says of its parameters, as far as it can be said before the expressions have values."""
        open_paths = [path for path, _ in texts(node.params)]
        try:
            action.model_validate(node.params)
        except ValidationError as error:
            for fault in faults(error, action, node.params):
                if not any(_may_come_from(fault, path) for path in open_paths):
                    field = dotted(("params", *fault.path))
                    yield Problem(node.id, field, ErrorRecord("Problem", fault.message, fault.hint, fault.values))
        except AgentError as error:  # a validator of the action that says it in our own words
            yield Problem(node.id, "params", error.record())

    def _expressions(self, node: Node | None, value: Any, field: str) -> Iterator[Problem]:
        for path, text in texts(value):
            yield from self._expression(node, dotted((field, *path)), text, references, resolve)

    def _expression(
        self,
        node: Node | None,
        field: str,
        text: str,
        read: Callable[[str], Names],
        value: Callable[[str, Mapping[str, Any], Meter], Any],
    ) -> Iterator[Problem]:
        """What is wrong with the names in a text; one that reads none has its value already and is tried out."""
        node_id = node.id if node else ""
        try:
            names = read(text)
            if not names and self._trials > 0:
                meter = Meter()
                try:
                    value(text, {}, meter)
                finally:
                    self._trials -= MAX_STEPS - meter.left
        except ExpressionError as error:
            yield Problem(node_id, field, error.record())
            return
        for name in sorted(names):
            for record in self._sight.faults(node, name):
                yield Problem(node_id, field, record)


def _may_come_from(fault: Fault, path: Path) -> bool:
    """Whether an expression at this path may be why: it will be another value when the node runs."""
    if path == fault.path[: len(path)]:
        return True
    if fault.base is None and fault.type in ("missing", "extra_forbidden"):
        return False
    # A complaint about a whole value, or about one of the types it may have, may be about what is in it.
    around = fault.path if fault.base is None else fault.base
    return around == path[: len(around)]
