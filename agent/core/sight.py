"""`Sight`: which names the expressions of each node may read, because they have a value when it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from pydantic import BaseModel

from agent.core.action import Action, Container
from agent.core.errors import ErrorRecord
from agent.core.graph import predecessors
from agent.core.spelling import Guesses, some
from agent.core.workflow import Node, Workflow

MAX_NESTING = 20
"""Containers in containers."""
ROOTS = ("inputs", "nodes", "vars", "run")


class Sight:
    """What is visible from where in one workflow.

    A node sees the results of the nodes that come before it among its siblings, what its containers see, and the
    variables that they give. A node after a container does not see into it: there may have been many passes.
    """

    def __init__(
        self, workflow: Workflow, nodes: Mapping[str, Node], actions: Mapping[str, type[Action]], guesses: Guesses
    ) -> None:
        self._nodes = nodes
        self._actions = actions
        """By node id; nodes with an unknown action are missing."""
        self._inputs = [given.name for given in workflow.inputs]
        self._edges = workflow.edges
        self._bits = {name: 1 << place for place, name in enumerate(nodes)}
        self._guesses = guesses

    def faults(self, node: Node | None, name: tuple[str, ...]) -> Iterator[ErrorRecord]:
        """What is wrong with reading this dotted name from this node; from the workflow's outputs for None."""
        root, *path = name
        if root == "nodes":
            if path:
                yield from self._node_faults(node, path[0], path[1:])
        elif root == "inputs":
            if path and path[0] not in self._inputs:
                near = self._guesses.closest(path[0], self._inputs)
                yield ErrorRecord(
                    "Problem",
                    "The workflow has no input {name}.",
                    "Did you mean {closest}?" if near else "There are: {known}." if self._inputs else "",
                    {"name": path[0], "closest": near, "known": some(self._inputs)},
                )
        elif root not in ROOTS and not self._is_variable(node, root):
            yield self._unknown(root)

    def _node_faults(self, node: Node | None, other_id: str, path: list[str]) -> Iterator[ErrorRecord]:
        other = self._nodes.get(other_id)
        if other is None:
            near = self._guesses.closest(other_id, self._nodes)
            yield ErrorRecord(
                "Problem",
                "There is no node {name}.",
                "Did you mean {closest}?" if near else "",
                {"name": other_id, "closest": near},
            )
        elif node is None and other.parent is not None:
            yield ErrorRecord(
                "Problem",
                "The node {name} is inside of {container}, and its result is gone when the run ends.",
                "Keep it with data.set, or read the result of {container}.",
                {"name": other_id, "container": other.parent},
            )
        elif node is not None and not self._sees(node, other):
            yield ErrorRecord(
                "Problem",
                "The node {name} does not come before this one, so it has no result yet.",
                "Draw edges from {name} to here, directly or over other nodes.",
                {"name": other_id},
            )
        elif path:
            yield from self._field_faults(other, path[0])

    def _field_faults(self, other: Node, name: str) -> Iterator[ErrorRecord]:
        action = self._actions.get(other.id)
        known = _fields(action) if action is not None else None
        if known is not None and name not in known:
            near = self._guesses.closest(name, known)
            yield ErrorRecord(
                "Problem",
                "The result of {node} has no {name}.",
                "Did you mean {closest}?" if near else "There are: {known}.",
                {"node": other.id, "name": name, "closest": near, "known": some(known, 20)},
            )

    def _sees(self, node: Node, other: Node) -> bool:
        mask = self._masks.get(node.id)
        # Without a mask it is on a circle or behind one, which is reported as such.
        return mask is None or bool(mask & self._bits[other.id])

    @cached_property
    def _masks(self) -> dict[str, int]:
        """For each node the bits of all nodes it sees."""
        arrows: dict[str, list[str]] = {name: [] for name in self._nodes}
        for edge in self._edges:
            if edge.source in arrows and edge.target in arrows:
                arrows[edge.source].append(edge.target)
        before = predecessors(arrows, self._bits)
        masks: dict[str, int] = {}
        for name, node in self._nodes.items():
            mask = before.get(name)
            for container in self.containers(node):
                outer = before.get(container.id)
                mask = None if mask is None or outer is None else mask | outer | self._bits[container.id]
            if mask is not None:
                masks[name] = mask
        return masks

    def containers(self, node: Node) -> list[Node]:
        """The containers around a node, the nearest first; cut one beyond `MAX_NESTING`, for they may be a circle."""
        found: list[Node] = []
        while node.parent is not None and node.parent in self._nodes and len(found) <= MAX_NESTING:
            node = self._nodes[node.parent]
            found.append(node)
        return found

    def _is_variable(self, node: Node | None, name: str) -> bool:
        for container in self.containers(node) if node is not None else ():
            action = self._actions.get(container.id)
            if action is None or (issubclass(action, Container) and name in action.variables):
                return True
        return False

    def _unknown(self, name: str) -> ErrorRecord:
        given = {variable for action in self._actions.values() for variable in getattr(action, "variables", ())}
        if name in given | {"item", "index", "error"}:
            return ErrorRecord(
                "Problem",
                "{name} has a value only inside of a container that gives it.",
                "Put the node into it, for example into flow.for_each for item and index.",
                {"name": name},
            )
        near = self._guesses.closest(name, ROOTS)
        return ErrorRecord(
            "Problem",
            "There is no {name} for expressions.",
            "Did you mean {closest}?"
            if near
            else "Names begin with inputs, nodes, vars or run; texts stand in quotes.",
            {"name": name, "closest": near},
        )


def _fields(action: type[Action]) -> list[str] | None:
    """What expressions can read of a result; None when that is open."""
    result: type[BaseModel] = action.Result
    if result.model_config.get("extra") == "allow":
        return None
    variables = action.variables if issubclass(action, Container) else ()
    # `error` is what is left of a node that failed, when the run goes on.
    return [*result.model_fields, *result.model_computed_fields, *variables, "error"]
