"""The document model."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from agent.core.workflow import Node, Policy, Workflow
from tests.core.sample import flow, say


def test_nodes_are_found_by_id() -> None:
    workflow = flow(say("a"), say("b"))
    assert workflow.node("b").id == "b"
    with pytest.raises(KeyError):
        workflow.node("c")


def test_children_are_those_of_one_section_in_document_order() -> None:
    workflow = flow(
        say("t"), say("z", parent="t", section="body"), say("a", parent="t", section="body"), say("c", parent="t")
    )
    assert [node.id for node in workflow.children("t", "body")] == ["z", "a"]
    assert [node.id for node in workflow.children("t")] == ["c"]
    assert [node.id for node in workflow.children(None)] == ["t"]


@pytest.mark.parametrize("name", ["1a", "a b", "ä", "a-b", "", "a" * 65, "a\n"])
def test_an_id_can_stand_in_an_expression(name: str) -> None:
    with pytest.raises(ValidationError):
        Node(id=name, action="demo.say")


@pytest.mark.parametrize(
    "policy",
    [
        {"attempts": 0},
        {"timeout": -1},
        {"timeout": 8 * 24 * 3600},
        {"timeout": float("nan")},
        {"backoff": 0.5},
        {"priority": 101},
        {"on_error": "stop"},
        {"retries": 3},
    ],
)
def test_a_policy_has_limits(policy: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Policy.model_validate(policy)


def test_a_document_is_frozen() -> None:
    with pytest.raises(ValidationError):
        Workflow(name="x").name = "y"  # type: ignore[misc]  # the mistake that is tested
