"""Small actions and workflows for the tests of `agent.core`, and JSON values out of the blue."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, ClassVar, Literal

from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, model_validator

from agent.core.action import Action, Container, PassEnd, Registry, Round
from agent.core.context import Context
from agent.core.errors import ActionError
from agent.core.problems import problems
from agent.core.target import Target
from agent.core.workflow import Edge, Node, Policy, Workflow


class Say(Action, id="demo.say", label="Say", icon="message", category="Demo", effect="pure"):
    """Say something."""

    text: str = Field(title="Text")
    times: int = Field(1, title="Times", ge=1)

    class Result(BaseModel):
        text: str
        length: int = 0


class Press(Action, id="demo.press", label="Press", icon="mouse", category="Demo", replaces={"demo.push"}):
    """Press something."""

    target: Target = Field(title="Where")
    button: Literal["left", "right"] = Field("left", title="Button")
    amount: int | list[int] = Field(1, title="Amount")


class Ask(Action, id="demo.ask", label="Ask", icon="branch", category="Demo", effect="pure", outlets=("true", "false")):
    """Ask something."""

    condition: Any = Field(None, title="Condition")


class Picky(Action, id="demo.picky", label="Picky", icon="message", category="Demo"):
    """Refuse everything, in its own words."""

    @model_validator(mode="before")
    @classmethod
    def _never(cls, value: Any) -> Any:
        raise ActionError("I do not like {it}.", it="this")


class Open(Action, id="demo.open", label="Open", icon="message", category="Demo"):
    """Give whatever it likes."""

    class Result(BaseModel):
        model_config = ConfigDict(extra="allow")


class Loop(Container, id="demo.loop", label="Loop", icon="loop", category="Demo", effect="idempotent"):
    """Repeat something."""

    variables: ClassVar[tuple[str, ...]] = ("item", "index")
    items: Any = Field((), title="Items")

    class Result(BaseModel):
        count: int

    def passes(self, context: Context) -> Generator[Round, tuple[PassEnd, ...], Result]:
        yield Round(())
        return self.Result(count=0)


class Attempt(Container, id="demo.try", label="Try", icon="try", category="Demo", effect="idempotent"):
    """Try something."""

    sections: ClassVar[tuple[str, ...]] = ("body", "catch")
    variables: ClassVar[tuple[str, ...]] = ("error",)


REGISTRY = Registry([Say, Press, Ask, Picky, Open, Loop, Attempt])


def say(name: str, text: str = "x", **rest: Any) -> Node:
    """A node that can run anywhere."""
    return Node(id=name, action="demo.say", params={"text": text}, **rest)


def edge(source: str, target: str, outlet: str = "done") -> Edge:
    """An edge, as short as it reads."""
    return Edge.model_validate({"from": source, "to": target, "outlet": outlet})


def flow(*nodes: Node, edges: tuple[Edge, ...] = (), **rest: Any) -> Workflow:
    """A workflow of these nodes."""
    return Workflow(name="Test", nodes=nodes, edges=edges, **rest)


def found(workflow: Workflow) -> list[tuple[str, str, str]]:
    """Its problems as (node, field, message with its hint)."""
    return [
        (problem.node_id, problem.field, f"{problem.record} {problem.record.hint}".format_map(problem.record.values))
        for problem in problems(workflow, REGISTRY)
    ]


names = st.from_regex(r"[a-c][a-c0-9_]{0,3}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
SNIPPETS = (
    "inputs nodes vars run item a b .a .b ['a'] [0] [1:2] ( ) [ ] { } , : . 1 2.5 9 'x' \"y\" + - * ** / // % == < > "
    "in not and or is if else for x len( str( range( .upper() .get( sum( True null ${ } $${ lambda _ __class__ ä \n"
)
snippets = st.sampled_from(SNIPPETS.split(" "))
expressions = st.lists(snippets, max_size=14).map(" ".join) | st.lists(snippets, max_size=14).map("".join) | texts

policies = st.builds(
    Policy,
    enabled=st.booleans(),
    timeout=st.floats(0, 600),
    attempts=st.integers(1, 100),
    run_if=expressions,
    on_error=st.sampled_from(["fail", "continue", "outlet"]),
    cache_for=st.sampled_from([0.0, 1.5]),
)
nodes = st.builds(
    Node,
    id=names,
    action=st.sampled_from(["demo.say", "demo.press", "demo.push", "demo.loop", "demo.try", "demo.ask", "who.knows"]),
    title=texts,
    params=st.dictionaries(
        st.sampled_from(["text", "times", "target", "amount", "items", "txt"]), json_values | expressions, max_size=3
    ),
    policy=policies,
    parent=st.none() | names,
    section=st.sampled_from(["", "body", "catch", "nowhere"]),
)
edges = st.builds(edge, names, names, st.sampled_from(["done", "failed", "true", "x"]))
workflows = st.builds(
    Workflow,
    id=st.from_regex(r"[A-Za-z0-9_.-]{0,8}", fullmatch=True),
    name=texts.filter(bool),
    description=texts,
    tags=st.lists(texts, max_size=2).map(tuple),
    nodes=st.lists(nodes, max_size=6).map(tuple),
    edges=st.lists(edges, max_size=8).map(tuple),
    outputs=st.dictionaries(names, json_values | expressions, max_size=2),
    layout=st.dictionaries(names, st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), max_size=3),
)
