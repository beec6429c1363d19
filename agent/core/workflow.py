"""`Workflow`: the document that people draw. Nodes with actions, joined by edges; the layout apart."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

FORMAT = 1
"""The version of the file format that this program writes. Older ones are upgraded by `agent.core.document`."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]
"""A name that can stand in an expression: ``nodes.read_orders.text``."""


def _in_seconds(value: float) -> float:
    return float(value)


Seconds = Annotated[float, Field(ge=0, le=7 * 24 * 3600), AfterValidator(_in_seconds)]


class _Part(BaseModel):
    # Strict about names: a misspelt key in a hand-written file must be named, not ignored.
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Policy(_Part):
    """How a node is run. Every value has a default, and only what differs is written to the file."""

    enabled: bool = Field(True, title="Enabled", description="A disabled node is passed over as if it were done.")
    note: str = Field("", title="Note")
    timeout: Seconds = Field(30.0, title="Timeout (s)", description="For one attempt.")
    attempts: int = Field(3, title="Attempts", ge=1, le=100, description="All in all, the first included.")
    delay: Seconds = Field(1.0, title="Delay (s)", description="Before the second attempt.")
    backoff: float = Field(2.0, title="Backoff", ge=1, le=10, description="Each further delay is so many times longer.")
    priority: int = Field(0, title="Priority", ge=-100, le=100, description="The highest goes first.")
    run_if: str = Field("", title="Run if", description="An expression; when it is false the node is skipped.")
    on_error: Literal["fail", "continue", "outlet"] = Field(
        "fail",
        title="On error",
        description="fail: the edge at the outlet “failed” is taken, without one the run fails; "
        "continue: go on as if done; outlet: there must be such an edge.",
    )
    cache_for: Seconds = Field(0.0, title="Cache for (s)", description="Pure actions only; 0 is off.")
    screenshot: Literal["never", "on_error", "before_after"] = Field("on_error", title="Screenshot")


class Node(_Part):
    """One node: an action with its parameters. Children of a container name it as `parent`."""

    id: Identifier
    action: str = Field(min_length=1, max_length=200)
    title: str = ""
    params: dict[str, Any] = Field(default_factory=dict)
    policy: Policy = Policy()
    parent: Identifier | None = None
    section: str = Field("", description="Which part of the container: for flow.try body, catch or finally.")


class Edge(_Part):
    """From an outlet of one node to another. Both have the same parent and section."""

    source: Identifier = Field(alias="from")
    outlet: str = Field("done", min_length=1, max_length=64)
    target: Identifier = Field(alias="to")


InputType = Literal["text", "number", "integer", "boolean", "date", "choice", "credential", "file"]


class Input(_Part):
    """A value that the workflow asks for when it starts."""

    name: Identifier
    type: InputType = "text"
    title: str = ""
    description: str = ""
    required: bool = True
    default: Any = None
    choices: tuple[str, ...] = ()


class Workflow(_Part):
    """The document."""

    format: int = FORMAT
    id: str = Field("", max_length=200, pattern=r"^[A-Za-z0-9_.-]*$")
    name: str = Field(min_length=1, max_length=200)
    description: str = ""
    tags: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()
    outputs: dict[Identifier, Any] = Field(
        default_factory=dict, description="Values of the finished run, by name; expressions allowed."
    )
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    layout: dict[Identifier, tuple[float, float]] = Field(
        default_factory=dict, description="Where the editor draws each node; changes nothing else."
    )

    def node(self, node_id: str) -> Node:
        """The node with this id. Raises KeyError."""
        for node in self.nodes:
            if node.id == node_id:
                return node
        raise KeyError(node_id)

    def children(self, parent: str | None, section: str = "") -> tuple[Node, ...]:
        """The nodes directly in a container's section, or at the top (None), in document order."""
        return tuple(node for node in self.nodes if node.parent == parent and node.section == section)
