"""`Wiring`: how the nodes of a workflow are joined and nested, and what is wrong with that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from agent.core.action import FAILED, Action, Container
from agent.core.errors import ErrorRecord
from agent.core.graph import circles
from agent.core.problem import Problem
from agent.core.sight import MAX_NESTING, Sight
from agent.core.spelling import Guesses, some
from agent.core.workflow import Edge, Node, Workflow


class Wiring:
    """The questions about edges and containers."""

    def __init__(
        self,
        workflow: Workflow,
        nodes: Mapping[str, Node],
        actions: Mapping[str, type[Action]],
        sight: Sight,
        guesses: Guesses,
    ) -> None:
        self._edges = workflow.edges
        self._nodes = nodes
        self._actions = actions
        self._sight = sight
        self._guesses = guesses

    def problems(self) -> Iterator[Problem]:
        """Everything that is wrong with edges."""
        yield from self._circles()
        for edge in self._edges:
            yield from self._edge(edge)
        yield from self._doubled_edges()

    def _circles(self) -> Iterator[Problem]:
        arrows: dict[str, list[str]] = {name: [] for name in self._nodes}
        for edge in self._edges:
            if edge.source in arrows and edge.target in arrows and edge.source != edge.target:
                arrows[edge.source].append(edge.target)
        for circle in circles(arrows):
            yield Problem(
                circle[0],
                "edges",
                ErrorRecord(
                    "Problem",
                    "The nodes wait for each other in a circle: {circle}.",
                    "Remove one of these edges. To repeat steps, put them into flow.for_each.",
                    {"circle": _way((*circle, circle[0]))},
                ),
            )
        parents: dict[str, list[str]] = {name: [] for name in self._nodes}
        for node in self._nodes.values():
            if node.parent in parents:
                parents[node.id].append(node.parent)
        for circle in circles(parents):
            yield Problem(
                circle[0],
                "parent",
                ErrorRecord(
                    "Problem",
                    "The containers are inside of each other in a circle: {circle}.",
                    "Take one of them out.",
                    {"circle": _way((*circle, circle[0]))},
                ),
            )

    def _edge(self, edge: Edge) -> Iterator[Problem]:
        source, target = self._nodes.get(edge.source), self._nodes.get(edge.target)
        for name, other, node in (
            (edge.source, edge.target, source),
            (edge.target, edge.source, target),
        ):
            if node is None:
                near = self._guesses.closest(name, self._nodes)
                yield Problem(
                    other if other in self._nodes else "",
                    "edges",
                    ErrorRecord(
                        "Problem",
                        "The edge {edge} belongs to no node {name}.",
                        "Did you mean {closest}?" if near else "",
                        {"edge": _way((edge.source, edge.target)), "name": name, "closest": near},
                    ),
                )
        if source and edge.source == edge.target:
            yield Problem(
                edge.source,
                "edges",
                ErrorRecord("Problem", "An edge leads from {name} to itself.", "Remove it.", {"name": edge.source}),
            )
        elif source and target and (source.parent, source.section) != (target.parent, target.section):
            yield Problem(
                edge.source,
                "edges",
                ErrorRecord(
                    "Problem",
                    "The edge {edge} crosses the border of a container or of one of its sections.",
                    "Edges join nodes of the same container and section. Draw it from or to the container.",
                    {"edge": _way((edge.source, edge.target))},
                ),
            )
        if source:
            yield from self._outlet(source, edge)

    def _outlet(self, source: Node, edge: Edge) -> Iterator[Problem]:
        action = self._actions.get(source.id)
        outlets = (*action.info.outlets, FAILED) if action else (edge.outlet,)
        if edge.outlet not in outlets:
            yield Problem(
                source.id,
                "edges",
                ErrorRecord(
                    "Problem",
                    "{name} has no outlet {outlet}.",
                    "There are: {known}.",
                    {"name": source.id, "outlet": edge.outlet, "known": some(outlets)},
                ),
            )

    def _doubled_edges(self) -> Iterator[Problem]:
        for (source, outlet, target), count in Counter(
            (edge.source, edge.outlet, edge.target) for edge in self._edges
        ).items():
            if count > 1:
                yield Problem(
                    source if source in self._nodes else "",
                    "edges",
                    ErrorRecord(
                        "Problem",
                        "The edge {edge} at the outlet {outlet} is there {count} times.",
                        "Keep one.",
                        {"edge": _way((source, target)), "outlet": outlet, "count": count},
                    ),
                )

    def place(self, node: Node) -> Iterator[Problem]:
        """What is wrong with the container and section that the node says it is in."""
        if node.parent is None:
            if node.section:
                yield Problem(
                    node.id,
                    "section",
                    ErrorRecord("Problem", "Only a node inside of a container has a section.", "Remove it."),
                )
            return
        if node.parent not in self._nodes:
            near = self._guesses.closest(node.parent, self._nodes)
            yield Problem(
                node.id,
                "parent",
                ErrorRecord(
                    "Problem",
                    "There is no node {name}.",
                    "Did you mean {closest}?" if near else "",
                    {"name": node.parent, "closest": near},
                ),
            )
            return
        parent = self._actions.get(node.parent)
        if parent is not None and not issubclass(parent, Container):
            yield Problem(
                node.id,
                "parent",
                ErrorRecord(
                    "Problem", "{name} is no container, nodes cannot be inside of it.", "", {"name": node.parent}
                ),
            )
        elif parent is not None and node.section not in parent.sections:
            yield Problem(
                node.id,
                "section",
                ErrorRecord(
                    "Problem",
                    "{name} has no section {section}.",
                    "There are: {known}." if any(parent.sections) else "Remove the section.",
                    {"name": node.parent, "section": node.section or '""', "known": some(parent.sections)},
                ),
            )
        if len(self._sight.containers(node)) == MAX_NESTING + 1:
            yield Problem(
                node.id,
                "parent",
                ErrorRecord(
                    "Problem",
                    "Containers are nested deeper than {limit}.",
                    "Put the inner part into a workflow of its own.",
                    {"limit": MAX_NESTING},
                ),
            )


def _way(names: tuple[str, ...]) -> str:
    """``a → b → a``; a long circle is cut."""
    names = names if len(names) <= 12 else (*names[:10], "…", names[-1])
    return " → ".join(names)
