"""Workflows drawn at random, run with real threads: the promises hold whatever the graph looks like."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from agent.core.action import Action, Registry
from agent.core.context import Context
from agent.core.errors import ActionError
from agent.core.run import Status
from agent.core.workflow import Workflow
from tests.engine.stand import REGISTRY, Stand, node, workflow


class Alone(Action, id="test.alone", label="Alone", icon="x", category="Test", uses={"desktop"}, effect="idempotent"):
    """Notice whether another one is at the desktop."""

    fail: bool = False
    inside: ClassVar[threading.Lock] = threading.Lock()
    crowds: ClassVar[list[str]] = []

    def run(self, context: Context) -> BaseModel:
        if not self.inside.acquire(blocking=False):
            self.crowds.append(context.node_id)
            return self.Result()
        try:
            context.sleep(0.0005)
        finally:
            self.inside.release()
        if self.fail:
            raise ActionError("As drawn.")
        return self.Result()


@st.composite
def workflows(draw: st.DrawFn) -> Workflow:
    """Steps of every kind, edges at every outlet, some of them in a loop."""
    count = draw(st.integers(1, 9))
    nodes: list[Any] = []
    for number in range(count):
        action, params = draw(
            st.sampled_from(
                [
                    ("count", {"number": 1}),
                    ("branch", {"way": True}),
                    ("branch", {"way": False}),
                    ("alone", {}),
                    ("alone", {"fail": True}),
                    ("loop", {"items": [1, 2], "parallel": 2}),
                ]
            )
        )
        policy = {
            "attempts": draw(st.integers(1, 2)),
            "on_error": draw(st.sampled_from(["fail", "continue"])),
            "priority": draw(st.integers(-1, 1)),
            "run_if": draw(st.sampled_from(["", "", "True", "False"])),
            "enabled": draw(st.sampled_from([True, True, True, False])),
            "screenshot": "never",
        }
        nodes.append(node(f"n{number}", action, policy=policy, **params))
        if action == "loop":
            nodes.append(node(f"c{number}", "alone", parent=f"n{number}"))
    outlets = st.sampled_from(["done", "failed", "true", "false"])
    pairs = draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1), outlets), max_size=16))
    edges = {f"n{min(a, b)}:{outlet}>n{max(a, b)}" for a, b, outlet in pairs if a != b}
    return workflow(*nodes, edges=sorted(edges))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(workflows(), min_size=1, max_size=3))
def test_every_run_ends_and_keeps_the_rule(tmp_path: Path, drawn: list[Workflow]) -> None:
    Alone.crowds.clear()
    stand = Stand(tmp_path, registry=Registry([*REGISTRY.values(), Alone]))
    runs = [stand.start(each) for each in drawn]
    for each, run in zip(drawn, runs, strict=True):
        ended = stand.engine.wait(run.id, 20)
        assert ended.status in {Status.DONE, Status.FAILED}
        check(stand, each, run.id, whole=ended.status is Status.DONE)
    assert Alone.crowds == []
    assert stand.lease.holder == ""
    stand.engine.close()


def check(stand: Stand, each: Workflow, run_id: str, *, whole: bool) -> None:
    """Every step is settled, and a node ran only if an edge to it fired and after all that lead to it."""
    steps = {step.node_id: step for step in stand.journal.steps.values() if step.run_id == run_id and not step.path}
    assert all(step.status.is_final for step in stand.journal.steps.values() if step.run_id == run_id)
    top = {one.id for one in each.children(None)}
    assert steps.keys() == top if whole else steps.keys() <= top
    for node_id, step in steps.items():
        incoming = [edge for edge in each.edges if edge.target == node_id]
        fired = [edge for edge in incoming if steps[edge.source].outlet == edge.outlet]
        assert all(steps[edge.source].ended_at <= step.started_at for edge in incoming)  # type: ignore[operator]  # final, so ended
        if step.status is not Status.SKIPPED:
            assert fired or not incoming
        elif not step.outlet and incoming and each.node(node_id).policy.run_if != "False":
            assert not fired
