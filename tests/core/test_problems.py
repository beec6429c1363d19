"""The list of everything that is wrong with a workflow."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from agent.core.errors import ErrorRecord, fill
from agent.core.problems import MAX_NODES, problems
from agent.core.workflow import Input, Node, Policy, Workflow
from tests.core.sample import REGISTRY, edge, flow, found, say, workflows


def press(name: str, **params: Any) -> Node:
    """A node that presses something."""
    return Node(id=name, action="demo.press", params=params)


def inside(name: str, parent: str, section: str = "", text: str = "x") -> Node:
    """A node in a container."""
    return say(name, text, parent=parent, section=section)


def container(name: str, action: str = "demo.loop", **rest: Any) -> Node:
    """A container."""
    return Node(id=name, action=action, **rest)


def only(workflow: Workflow) -> tuple[str, str, str]:
    """Its single problem."""
    (problem,) = found(workflow)
    return problem


def test_a_sound_workflow_has_no_problems() -> None:
    sound = flow(
        say("a", "${inputs.user}"),
        Node(id="ask", action="demo.ask", params={"condition": "${nodes.a.length > 3}"}),
        container("loop", params={"items": "${range(3)}"}),
        inside("b", "loop", text="${item} ${index} ${nodes.a.text} ${vars.x} ${run.id}"),
        inside("c", "loop", text="${nodes.b.text} ${nodes.loop.item}"),
        container("try", "demo.try"),
        inside("d", "try", "body"),
        inside("e", "try", "catch", "${error.message} ${nodes.loop.count}"),
        say("end", "${nodes.ask} ${nodes.try}", policy=Policy(run_if="nodes.a.length > 1")),
        say("oops", "${nodes.loop.error.message}"),
        edges=(
            edge("a", "ask"),
            edge("ask", "loop", "true"),
            edge("ask", "try", "false"),
            edge("loop", "try"),
            edge("loop", "oops", "failed"),
            edge("b", "c"),
            edge("try", "end"),
        ),
        inputs=(Input(name="user"),),
        outputs={"count": "${nodes.loop.count}"},
    )
    assert found(sound) == []


def test_everything_is_told_at_once_and_in_order() -> None:
    wrong = flow(
        say("a", "${nodes.b.text}"),
        Node(id="b", action="demo.sya"),
        press("c", buton="left"),
        edges=(edge("a", "c"),),
        outputs={"x": "${nodes.z}"},
    )
    assert [(node, field) for node, field, _ in found(wrong)] == [
        ("a", "params.text"),
        ("b", "action"),
        ("c", "params.buton"),
        ("c", "params.target"),
        ("", "outputs.x"),
    ]


def test_a_workflow_needs_nodes() -> None:
    assert only(flow())[1:] == ("nodes", "The workflow has no nodes. Add the first action.")


def test_a_workflow_has_a_bearable_number_of_nodes() -> None:
    node = say("a")
    assert "more than 10000" in only(flow(*[node] * (MAX_NODES + 1)))[2]


def test_an_unknown_action_gets_a_suggestion() -> None:
    assert only(flow(Node(id="a", action="demo.sya")))[2] == "The action demo.sya is unknown. Did you mean demo.say?"
    assert "extension" in only(flow(Node(id="a", action="who.knows")))[2]


def test_a_former_id_of_an_action_is_known() -> None:
    assert found(flow(Node(id="a", action="demo.push", params={"target": "OK"}))) == []


def test_two_nodes_with_one_id_are_told_once() -> None:
    assert only(flow(say("a"), say("a"), say("a"))) == ("a", "id", "There are 3 nodes a. Give each its own id.")


@pytest.mark.parametrize(
    ("params", "field", "sentence"),
    [
        ({}, "params.target", "target is missing."),
        ({"target": "OK", "buton": 1}, "params.buton", "buton is unknown. Did you mean button?"),
        ({"target": "OK", "button": "lft"}, "params.button", "button must be one of 'left', 'right', not \"lft\"."),
        ({"target": {"txt": "OK"}}, "params.target.txt", "target.txt is unknown. Did you mean text?"),
        (
            {"target": {"text": "OK", "anchor": "a"}},
            "params.target",
            "target: with text, image or element, give anchor",
        ),
        ({"target": {"region": {"x": 1}}}, "params.target.region.y", "target.region.y is missing."),
        ({"target": {"region": {"x": "${1}"}}}, "params.target.region.y", "target.region.y is missing."),
        ({"target": "OK", "amount": "many"}, "params.amount", "amount must be a whole number"),
        ({"target": "OK", "amount": [1, "many"]}, "params.amount", ""),
    ],
)
def test_bad_parameters_are_told_by_their_place(params: dict[str, Any], field: str, sentence: str) -> None:
    problem = found(flow(press("a", **params)))[0]
    assert problem[0] == "a" and problem[1].startswith(field) and sentence in problem[2]


@pytest.mark.parametrize(
    "params",
    [
        {"target": "${vars.target}"},
        {"target": {"text": ["${vars.a}", "OK"]}},
        {"target": {"point": {"x": "${vars.x}", "y": 3}}},
        {"target": {"region": ["${vars.x}", 0, 5, 5]}},
        {"target": {"anchor": {"text": "A", "region": {"x": "${1}", "y": 1, "width": 1, "height": 1}}}},
        {"target": "OK", "button": "${vars.button}", "amount": "${vars.amount}"},
        {"target": "OK", "amount": [1, "${vars.amount}"]},
    ],
)
def test_parameters_that_expressions_will_give_are_set_aside(params: dict[str, Any]) -> None:
    assert found(flow(press("a", **params))) == []


def test_a_wrong_value_beside_an_expression_is_still_told() -> None:
    problem = only(flow(press("a", target={"point": {"x": "${vars.x}", "y": "low"}})))
    assert problem[1:] == ("params.target.point.y", 'target.point.y must be a whole number, not "low". ')


def test_an_action_may_refuse_in_its_own_words() -> None:
    assert only(flow(Node(id="a", action="demo.picky")))[2] == "I do not like this. "


def test_a_circle_is_named_node_by_node() -> None:
    circle = flow(
        say("start"), say("a"), say("b"), say("c"), say("end"),
        edges=(edge("start", "b"), edge("c", "b"), edge("b", "a"), edge("a", "c"), edge("c", "end")),
    )  # fmt: skip
    assert only(circle)[:2] == ("a", "edges")
    assert "a → c → b → a" in only(circle)[2]


def test_every_circle_is_told_and_references_in_them_are_not_held_against_it() -> None:
    two = flow(
        say("a", "${nodes.b.text}"), say("b"), say("c"), say("d"),
        edges=(edge("a", "b"), edge("b", "a"), edge("c", "d"), edge("d", "c")),
    )  # fmt: skip
    assert [problem[0] for problem in found(two)] == ["a", "c"]


@pytest.mark.parametrize(
    ("one", "node", "sentence"),
    [
        (edge("a", "a"), "a", "leads from a to itself"),
        (edge("a", "lop"), "a", "a → lop belongs to no node lop. Did you mean loop?"),
        (edge("zzz", "a"), "a", "zzz → a belongs to no node zzz."),
        (edge("a", "b", "true"), "a", "a has no outlet true. There are: done, failed."),
        (edge("a", "child"), "a", "crosses the border of a container"),
        (edge("child", "b"), "child", "crosses the border of a container"),
        (edge("body", "catch"), "body", "or of one of its sections"),
    ],
)
def test_edges_that_join_nothing_are_told(one: Any, node: str, sentence: str) -> None:
    workflow = flow(
        say("a"), say("b"), container("loop"), inside("child", "loop"),
        container("try", "demo.try"), inside("body", "try", "body"), inside("catch", "try", "catch"), edges=(one,),
    )  # fmt: skip
    problem = only(workflow)
    assert problem[:2] == (node, "edges") and sentence in problem[2]


def test_a_doubled_edge_is_told_and_one_at_another_outlet_is_not_doubled() -> None:
    workflow = flow(say("a"), say("b"), edges=(edge("a", "b"), edge("a", "b", "failed"), edge("a", "b")))
    assert "a → b at the outlet done is there 2 times" in only(workflow)[2]


def test_outlets_of_unknown_actions_are_unknown_too() -> None:
    workflow = flow(Node(id="a", action="who.knows"), say("b"), edges=(edge("a", "b", "whatever"),))
    assert [field for _, field, _ in found(workflow)] == ["action"]


@pytest.mark.parametrize(
    ("node", "field", "sentence"),
    [
        (inside("x", "nobody"), "parent", "There is no node nobody."),
        (inside("x", "a"), "parent", "a is no container"),
        (inside("x", "loop", "body"), "section", "loop has no section body. Remove the section."),
        (inside("x", "try"), "section", 'try has no section "". There are: body, catch.'),
        (say("x", section="body"), "section", "Only a node inside of a container has a section."),
    ],
)
def test_nodes_in_the_wrong_place_are_told(node: Node, field: str, sentence: str) -> None:
    problem = only(flow(say("a"), container("loop"), container("try", "demo.try"), node))
    assert problem[:2] == ("x", field) and sentence in problem[2]


def test_a_node_may_be_inside_of_an_unknown_container() -> None:
    workflow = flow(Node(id="who", action="who.knows"), inside("a", "who", "somewhere", "${anything}"))
    assert [field for _, field, _ in found(workflow)] == ["action"]


def test_containers_inside_of_each_other_are_told() -> None:
    workflow = flow(container("a", parent="b"), container("b", parent="a"), inside("c", "a", text="${item}"))
    told = [problem for problem in found(workflow) if "a → b → a" in problem[2]]
    assert [problem[:2] for problem in told] == [("a", "parent")]


def test_nesting_has_a_limit() -> None:
    nodes = [container("n0"), *(container(f"n{depth}", parent=f"n{depth - 1}") for depth in range(1, 24))]
    assert [problem[:2] for problem in found(flow(*nodes))] == [("n21", "parent")] or len(found(flow(*nodes))) == 3
    assert found(flow(*nodes[:21])) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x ${nodes.first.txt}", "The result of first has no txt. Did you mean text?"),
        ("${nodes.frist.text}", "There is no node frist. Did you mean first?"),
        ("${nodes.after.text}", "after does not come before this one"),
        ("${nodes.beside.text}", "beside does not come before this one"),
        ("${nodes.me.text}", "me does not come before this one"),
        ("${nodes.child.text}", "child does not come before this one"),
        ("${inputs.usr}", "The workflow has no input usr. Did you mean user?"),
        ("${item}", "item has a value only inside of a container"),
        ("${error.message}", "error has a value only inside of a container"),
        ("${nodse.first}", "There is no nodse for expressions. Did you mean nodes?"),
        ("${1 +}", "position 5"),
        ("text ${", "position 5"),
        ("text ${9**9**9}", "power is too large (position 7)"),
        ("${'a' * 10**9}", "longer than"),
    ],
)
def test_expressions_that_will_have_no_value_are_told(text: str, sentence: str) -> None:
    workflow = flow(
        say("first"), container("loop"), inside("child", "loop"), say("me", text), say("after"), say("beside"),
        edges=(edge("first", "loop"), edge("loop", "me"), edge("me", "after"), edge("first", "beside")),
        inputs=(Input(name="user"),),
    )  # fmt: skip
    problem = only(workflow)
    assert problem[:2] == ("me", "params.text") and sentence in problem[2]


def test_a_result_that_may_have_anything_is_not_questioned() -> None:
    workflow = flow(Node(id="open", action="demo.open"), say("b", "${nodes.open.anything}"), edges=(edge("open", "b"),))
    assert found(workflow) == []


def test_a_section_does_not_see_into_another() -> None:
    workflow = flow(
        container("try", "demo.try"), inside("body", "try", "body"), inside("catch", "try", "catch", "${nodes.body}")
    )
    assert "body does not come before this one" in only(workflow)[2]


def test_a_deep_node_sees_what_its_containers_see() -> None:
    workflow = flow(
        say("first"), say("beside"), container("outer"), container("inner", parent="outer"), inside("prior", "outer"),
        inside("deep", "inner", text="${nodes.first.text} ${nodes.prior.text} ${nodes.outer} ${nodes.beside}"),
        edges=(edge("first", "outer"), edge("prior", "inner")),
    )  # fmt: skip
    assert "beside does not come before" in only(workflow)[2]


def test_outputs_read_only_nodes_at_the_top() -> None:
    workflow = flow(container("loop"), inside("child", "loop"), outputs={"a": "${nodes.child.text}", "b": ["${item}"]})
    assert [problem[:2] for problem in found(workflow)] == [("", "outputs.a"), ("", "outputs.b[0]")]


@pytest.mark.parametrize(
    ("run_if", "sentence"),
    [
        ("1 +", "position 3"),
        ("1 / 0", "Division by zero"),
        ("nodes.b.text", "b does not come before"),
        ("${1} and ${2}", "position 0"),
    ],
)
def test_a_bad_condition_is_told(run_if: str, sentence: str) -> None:
    problem = only(flow(say("a", policy=Policy(run_if=run_if)), say("b")))
    assert problem[:2] == ("a", "policy.run_if") and sentence in problem[2]


def test_an_error_outlet_needs_its_edge() -> None:
    node = say("a", policy=Policy(on_error="outlet"))
    assert only(flow(node, say("b"), edges=(edge("a", "b"),)))[1] == "policy.on_error"
    assert found(flow(node, say("b"), edges=(edge("a", "b", "failed"),))) == []


def test_only_pure_actions_are_cached() -> None:
    kept = Policy(cache_for=5)
    assert found(flow(say("a", policy=kept))) == []
    assert only(flow(press("a", target="OK").model_copy(update={"policy": kept})))[1] == "policy.cache_for"


def test_a_disabled_node_may_be_half_finished() -> None:
    off = Policy(enabled=False)
    workflow = flow(
        Node(id="a", action="demo.press", policy=off),
        container("loop", policy=off),
        inside("c", "loop", text="${oops}"),
    )
    assert found(workflow) == []


def test_inputs_are_checked_too() -> None:
    inputs = (
        Input(name="a"),
        Input(name="a"),
        Input(name="day", type="date", default="soon"),
        Input(name="c", type="choice"),
        Input(name="fine", type="integer", default=3),
    )
    assert [problem[1] for problem in found(flow(say("x"), inputs=inputs))] == [
        "inputs.a",
        "inputs.day.default",
        "inputs.c",
    ]


def test_trying_out_expressions_has_an_end() -> None:
    endless = "${[[i for i in range(90000)] for j in range(90000)]}"
    assert len(found(flow(*(say(f"n{index}", endless) for index in range(200))))) == 1


def test_a_thousand_misspelt_references_cost_few_guesses() -> None:
    workflow = flow(*(say(f"n{index}", f"${{nodes.m{index}.text}}") for index in range(1_000)))
    assert len(problems(workflow, REGISTRY)) == 1_000


@given(workflows)
def test_no_document_makes_it_fail(workflow: Workflow) -> None:
    for problem in problems(workflow, REGISTRY):
        assert problem.node_id == "" or problem.node_id in {node.id for node in workflow.nodes}
        assert str(problem.record) and fill(problem.record.hint, problem.record.values) is not None
        assert ErrorRecord.from_json(problem.record.to_json()) == problem.record
