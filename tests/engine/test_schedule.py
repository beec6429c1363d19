"""The one rule, on graphs drawn at random."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.workflow import Edge, Node
from agent.engine.schedule import Schedule

OUTLETS = ("done", "failed", "true")


@dataclass(frozen=True)
class Graph:
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """A graph without cycles: edges go from a lower to a higher number, and the document order is any."""
    count = draw(st.integers(1, 12))
    pairs = draw(
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1), st.sampled_from(OUTLETS)), max_size=30)
    )
    edges = [
        Edge.model_validate({"from": f"n{min(a, b)}", "outlet": outlet, "to": f"n{max(a, b)}"})
        for a, b, outlet in dict.fromkeys(pairs)
        if a != b
    ]
    priorities = draw(st.lists(st.integers(-2, 2), min_size=count, max_size=count))
    nodes = [
        Node.model_validate({"id": f"n{number}", "action": "x.y", "policy": {"priority": priority}})
        for number, priority in enumerate(priorities)
    ]
    return Graph(tuple(draw(st.permutations(nodes))), tuple(dict.fromkeys(edges)))


@given(graphs(), st.data())
def test_every_node_settles_once_and_runs_if_an_edge_to_it_fired(graph: Graph, data: st.DataObject) -> None:
    schedule = Schedule(graph.nodes, graph.edges)
    fired: dict[str, str | None] = {}
    ran: set[str] = set()
    running: list[str] = []
    while not schedule.done:
        ready = schedule.ready()
        assert ready or running, "it neither ends nor goes on"
        if ready and (not running or data.draw(st.booleans())):
            node_id = data.draw(st.sampled_from(ready))
            assert all(edge.source in fired for edge in graph.edges if edge.target == node_id)
            schedule.start(node_id)
            running.append(node_id)
            continue
        node_id = running.pop(data.draw(st.integers(0, len(running) - 1)))
        outlet = data.draw(st.sampled_from([*OUTLETS, None]))
        assert node_id not in fired
        ran.add(node_id)
        fired[node_id] = outlet
        for skipped in schedule.settle(node_id, outlet):
            assert skipped not in fired
            fired[skipped] = None
    assert set(fired) == {node.id for node in graph.nodes}
    for node in graph.nodes:
        incoming = [edge for edge in graph.edges if edge.target == node.id]
        should_run = not incoming or any(fired[edge.source] == edge.outlet for edge in incoming)
        assert (node.id in ran) == should_run


@given(graphs())
def test_ready_nodes_come_by_priority_then_in_document_order(graph: Graph) -> None:
    schedule = Schedule(graph.nodes, graph.edges)
    place = {node.id: (-node.policy.priority, number) for number, node in enumerate(graph.nodes)}
    while ready := schedule.ready():
        assert list(ready) == sorted(ready, key=place.__getitem__)
        schedule.start(ready[0])
        schedule.settle(ready[0], "done")
    assert schedule.done


@given(graphs(), st.data())
def test_after_a_failure_only_what_runs_is_waited_for(graph: Graph, data: st.DataObject) -> None:
    schedule = Schedule(graph.nodes, graph.edges)
    running = [node_id for node_id in schedule.ready() if data.draw(st.booleans())]
    for node_id in running:
        schedule.start(node_id)
    schedule.fail()
    for node_id in running:
        assert not schedule.done
        assert schedule.ready() == ()
        schedule.settle(node_id, "done")
    assert schedule.done
    assert schedule.ready() == ()


def chain(*ids: str) -> Schedule:
    edges = [Edge.model_validate({"from": a, "to": b}) for a, b in itertools.pairwise(ids)]
    return Schedule([Node(id=node_id, action="x.y") for node_id in ids], edges)


def test_a_node_cannot_start_before_its_turn_or_twice() -> None:
    schedule = chain("a", "b")
    with pytest.raises(ValueError, match="b may not start"):
        schedule.start("b")
    schedule.start("a")
    with pytest.raises(ValueError, match="a may not start"):
        schedule.start("a")


def test_skipping_a_ready_node_skips_what_hangs_on_it() -> None:
    schedule = chain("a", "b", "c")
    assert schedule.skip("a") == ("b", "c")
    assert schedule.done


def test_an_edge_from_another_scope_is_not_waited_for() -> None:
    schedule = Schedule([Node(id="a", action="x.y")], [Edge.model_validate({"from": "elsewhere", "to": "a"})])
    assert schedule.ready() == ("a",)
