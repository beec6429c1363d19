"""`Schedule`: which nodes may start now. Pure: no threads, no clock, no journal."""

from __future__ import annotations

import bisect
from collections import deque
from collections.abc import Iterable, Sequence

from agent.core.workflow import Edge, Node


class Schedule:
    """The state of one scope: the children of one parent and section, and the edges between them.

    The one rule: a node may start once all its incoming edges are settled and at least one of them fired, or when
    it has none; if none fired it is skipped, which settles its own edges without firing them. This covers
    branches, joins and error paths.

    ::

        schedule = Schedule(nodes, edges)
        while ready := schedule.ready():
            schedule.start(ready[0])
            skipped = schedule.settle(ready[0], "done")
    """

    def __init__(self, nodes: Sequence[Node], edges: Iterable[Edge]) -> None:
        self._nodes = nodes
        self._place = {node.id: place for place, node in enumerate(nodes)}
        self._edges: dict[str, list[Edge]] = {node.id: [] for node in nodes}
        self._unsettled = dict.fromkeys(self._place, 0)
        for edge in edges:
            if edge.source in self._place and edge.target in self._place:
                self._edges[edge.source].append(edge)
                self._unsettled[edge.target] += 1
        self._fired: set[str] = set()
        self._ready: list[tuple[int, int]] = []
        """(-priority, place), sorted."""
        self._left = set(self._place)
        """The nodes that are not settled, running ones among them."""
        self._running: set[str] = set()
        self._failed = False
        for node in nodes:
            if not self._unsettled[node.id]:
                self._make_ready(node.id)

    @property
    def failed(self) -> bool:
        """Whether nothing new starts any more."""
        return self._failed

    @property
    def done(self) -> bool:
        """Whether nothing runs and nothing will start."""
        return not self._running and (self._failed or not self._left)

    def ready(self) -> tuple[str, ...]:
        """The nodes that may start now, by priority (the highest first), then in document order."""
        return () if self._failed else tuple(self._nodes[place].id for _, place in self._ready)

    def start(self, node_id: str) -> None:
        """The node runs from now on. Raises ValueError when it may not."""
        if self._failed or not self._take(node_id):
            raise ValueError(f"{node_id} may not start now")
        self._running.add(node_id)

    def settle(self, node_id: str, outlet: str | None) -> tuple[str, ...]:
        """A started node is over and this outlet fires; None: none does. Returns what is skipped by that."""
        self._running.remove(node_id)
        return self._settle(node_id, outlet)

    def skip(self, node_id: str) -> tuple[str, ...]:
        """A ready or started node is passed over and nothing fires. Returns what is skipped by that, without it."""
        if node_id in self._running:
            return self.settle(node_id, None)
        if not self._take(node_id):
            raise ValueError(f"{node_id} is not ready")
        return self._settle(node_id, None)

    def fail(self) -> None:
        """Start nothing new; what runs may still settle."""
        self._failed = True

    def withdraw(self, node_id: str) -> None:
        """After `fail`: a started node has not really begun and never will."""
        self._running.remove(node_id)

    def leads(self, node_id: str, outlet: str) -> bool:
        """Whether an edge starts at this outlet."""
        return any(edge.outlet == outlet for edge in self._edges[node_id])

    def _take(self, node_id: str) -> bool:
        place = self._place[node_id]
        key = (-self._nodes[place].policy.priority, place)
        at = bisect.bisect_left(self._ready, key)
        if at == len(self._ready) or self._ready[at] != key:
            return False
        del self._ready[at]
        return True

    def _make_ready(self, node_id: str) -> None:
        place = self._place[node_id]
        bisect.insort(self._ready, (-self._nodes[place].policy.priority, place))

    def _settle(self, node_id: str, outlet: str | None) -> tuple[str, ...]:
        skipped: list[str] = []
        settled = deque([(node_id, outlet)])
        while settled:
            source, fires = settled.popleft()
            self._left.remove(source)
            for edge in self._edges[source]:
                self._unsettled[edge.target] -= 1
                if edge.outlet == fires:
                    self._fired.add(edge.target)
                if self._unsettled[edge.target]:
                    continue
                if edge.target in self._fired:
                    self._make_ready(edge.target)
                else:
                    skipped.append(edge.target)
                    settled.append((edge.target, None))
        return tuple(skipped)
