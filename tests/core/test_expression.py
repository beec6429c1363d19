"""What `${...}` gives, what it refuses and where it says the fault is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import ExpressionError, fill
from agent.core.expression import contains_expression, evaluate, names_in, references, resolve, texts
from agent.core.run import now
from agent.core.secret import Secret
from tests.core.sample import expressions, json_values

ROWS = [{"name": "A", "price": 2}, {"name": "B", "price": 5}]
SCOPE: dict[str, Any] = {
    "inputs": {"user": "Ann", "count": 5, "items": "mine", "pin": Secret("4711-pin")},
    "nodes": {"read": {"text": "Hi\nyou", "rows": ROWS, "path": Path("a/b"), "at": now().date()}},
    "vars": {"a": 1, "b": [1, 2, 3], "none": None},
    "item": {"k-1": "v", "from": {"class": 1}},
}


def refused(work: Any) -> ExpressionError:
    """The error of an expression that must not be evaluated, checked for a sentence that is complete."""
    with pytest.raises(ExpressionError) as caught:
        work()
    error = caught.value
    assert "{" not in str(error).replace("${", "").replace("{x", "")
    fill(error.hint, error.values)
    return error


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("inputs.user", "Ann"),
        ("nodes.read.rows[1].name", "B"),
        ("nodes['read'].rows[-1]['price']", 5),
        ("item['k-1']", "v"),
        ("item.from.class if 'a.if' == \"a.if\" else 2", 1),  # keywords are good names after a dot
        ("inputs.items", "mine"),  # a key wins over the method of the same name
        ("inputs.count * 2 + 1 - 4 / 2 ** 2", 10.0),
        ("7 // 2, 7 % 4, -inputs.count, +1", [3, 3, -5, 1]),
        ("'a' + 'b' * 3", "abbb"),
        ("[1] + vars.b * 2", [1, 1, 2, 3, 1, 2, 3]),
        ("1 < inputs.count <= 5 != 6", True),
        ("'n' in inputs.user and 'x' not in inputs.user", True),
        ("vars.none is None or 1 / 0", True),
        ("not vars.none and inputs.user", "Ann"),
        ("'many' if inputs.count > 3 else 'few'", "many"),
        ("vars.b[1:], 'hello'[::-1], vars.b[:1]", [[2, 3], "olleh", [1]]),
        ("[r.name.lower() for r in nodes.read.rows if r.price > 2]", ["b"]),
        ("[[x * y for x in vars.b] for y in [1, 2]]", [[1, 2, 3], [2, 4, 6]]),
        ("[k for k, v in nodes.read.rows[0].items() if v == 2]", ["price"]),
        ("sum(r.price for r in nodes.read.rows)", 7),
        ("{'a': [true, false, null], 'b': True}", {"a": [True, False, None], "b": True}),
        ("len(inputs.user) + len(vars.b) + len(item)", 8),
        ("int('12') + float('0.5') + round(2.567, 1) + abs(-1)", 16.1),
        ("min(3, 1, 2) + max(vars.b) + int(2.9)", 6),
        ("sorted(['b', 'a']), any([0, 1]), all([0, 1]), bool('')", [["a", "b"], True, False, False]),
        ("range(2, 8, 3), range(2)", [[2, 5], [0, 1]]),
        ("'; '.join(['a', 1, true])", "a; 1; true"),
        ("' a-b '.strip().upper().replace('-', '+').split('+')", ["A", "B"]),
        ("'a b\tc'.split(), 'x\\ny'.splitlines(), 'xxax'.strip('x')", [["a", "b", "c"], ["x", "y"], "a"]),
        ("'abc'.startswith('a'), 'abc'.endswith('b'), 'abc'.contains('bc'), 'aXa'.count('a')", [True, False, True, 2]),
        ("{'a': 1}.get('b', 3), {'a': 1}.keys(), {'a': 1}.values()", [3, ["a"], [1]]),
        ("str(vars.b) + str(null) + str(1.5) + str(true)", "[1, 2, 3]1.5true"),
        ("nodes.read.path + '!'", f"{Path('a/b')}!"),
        ("str(nodes.read.at) == today()", True),
        ("now()[:10] == today()", True),
        ("'a' in item, 'from' in item, null not in item, 'x y'.title()", [False, True, True, "X Y"]),
        ("[] * 3, 2 * 'a', 0 * [1], -1 * 'a'", [[], "aa", [], ""]),
        ("vars.b is not None, None == null, [] == [], 'a' != 1", [True, True, True, True]),
        ("'\\d+' + 'ä'", "\\d+ä"),
        ("\n  inputs.count\n  + 1\n", 6),
    ],
)
def test_expressions_give_what_python_would(source: str, value: Any) -> None:
    assert evaluate(source, SCOPE) == value


@pytest.mark.parametrize(
    ("source", "position", "sentence"),
    [
        ("9**9**9", 0, "power is too large"),
        ("2**1000000", 0, "power is too large"),
        ("1e308 * 10", 0, "too large"),
        ("10**300 * 10**300", 0, "too large"),
        ("1" * 400, 0, "too large"),
        ("1e999", 0, "too large"),
        ("round(1e300 * 1.0, -400) / 0", 0, "Division by zero"),
        ("1 / 0", 0, "Division by zero"),
        ("(-8) ** 0.5", 0, "none at all"),
        ("float('nan')", 0, "none at all"),
        ("int('9' * 5000)", 0, "not a number"),
        ("int('x')", 0, '"x" is not a number'),
        ("'a'*10**9", 0, "longer than 1000000 characters"),
        ("'ab'.replace('a', 'x' * 900000).replace('x', 'yy')", 32, "longer than"),
        ("('x' * 1000).join(range(99999))", 13, "longer than"),
        ("[0] * 10**9", 0, "more than 100000 items"),
        ("range(10**9)", 0, "more than 100000 items"),
        ("range(1, 5, 0)", 0, "cannot be 0"),
        ("range(10**80)", 0, "more than 100000 items"),
        ("[[i for i in range(90000)] for j in range(90000)]", 2, "too much work"),
        ("sum(i * j for i in range(900) for j in range(900))", 4, "more than 100000 items"),
        ("'%1000000000d' % 1", 0, "str % int is not possible"),
        ("(1).__class__", 4, "__class__ cannot be read"),
        ("inputs._x", 7, "_x cannot be read"),
        ("inputs.user.format(1)", 12, "no function format()"),
        ("'{0.__class__}'.format_map(inputs)", 16, "no function format_map()"),
        ("open('/etc/passwd')", 0, "no function open()"),
        ("__import__('os')", 0, "no function __import__()"),
        ("[len][0]('x')", 0, "no function"),
        ("lambda: 1", 0, "lambda cannot"),
        ("f'{inputs.user}'", 0, "f'...' cannot"),
        ("(x := 1)", 1, ":= cannot"),
        ("[*vars.b]", 1, "* cannot"),
        ("{**inputs}", 0, "names in an object are texts"),
        ("sorted(vars.b, reverse=True)", 15, "name=value cannot"),
        ("1 | 2", 0, "| cannot"),
        ("b'x'", 0, "bytes cannot"),
        ("1j", 0, "complex cannot"),
        ("...", 0, "ellipsis cannot"),
        ("'\\ud800'", 0, "cannot be used"),
        ("[x for x.y in vars.b]", 9, "Only names"),
        ("[x for x, y in vars.b]", 7, "list is needed here, not int"),
        ("inputs.usr", 7, "no usr in inputs"),
        ("'ö.in' + item.from.if.x", 19, "no if in item.from"),
        ("ꙮ.ꙮ", 0, "no ꙮ"),
        ("item.ꙮꙮ.from", 5, "no ꙮꙮ in item"),
        ("'ä' + inptus", 6, "no inptus"),
        ("[i for i in vars.b] + i", 22, "no i "),
        ("vars.b.a", 7, "list has no a"),
        ("inputs.user.strip", 12, "str has no strip"),
        ("vars.b.upper()", 7, "list has no upper()"),
        ("vars.b[3]", 0, "no item 3: the list has 3"),
        ("vars.b['a']", 0, "list[str] is not possible"),
        ("vars.b[::0]", 0, "cannot be taken"),
        ("1 + 'a'", 0, "int + str is not possible"),
        ("1 < 'a'", 0, "int < str is not possible"),
        ("1 in 2", 0, "int in int is not possible"),
        ("sorted([1, 'a'])", 0, "different kinds"),
        ("min([])", 0, "empty list"),
        ("len(1, 2)", 0, "len() takes 1 to 1 values, not 2"),
        ("''.split('')", 3, "empty"),
        ("{1: 2}", 1, "names in an object are texts"),
        ("", 0, "empty"),
        ("x =", 2, "cannot be read"),
        ("a b", 2, "cannot be read"),
        ("1) + (2", 1, "cannot be read"),
        ("a\x00b", 0, "cannot be read"),
        ("(" * 100_000, 0, "longer than 2000"),
        ("(" * 300, 200, "cannot be read"),
        ("-" * 1_900 + "1", 50, "nested too deeply"),
        ("[" * 100 + "]" * 100, 49, "nested too deeply"),
        ("+".join(["1"] * 900), 1700, "nested too deeply"),
        ("[" + "1," * 998 + "1]", 1, "too large"),
    ],
)
def test_what_is_wrong_or_dangerous_is_refused_with_its_place(source: str, position: int, sentence: str) -> None:
    error = refused(lambda: evaluate(source, SCOPE))
    assert sentence in str(error)
    assert error.position == position
    assert f"position {position}" in str(error) or "position" not in error.message


def test_a_value_that_holds_itself_too_often_is_refused() -> None:
    source = "1"
    for _ in range(10):
        source = f"[{', '.join(['x'] * 10)}] for x in [{source}]"
        source = f"[{source}][0]"
    assert "too much work" in str(refused(lambda: evaluate(source, SCOPE)))


def test_comparing_a_value_that_holds_itself_too_often_is_refused() -> None:
    scope: dict[str, Any] = {"a": [1], "b": [1]}
    for _ in range(40):
        scope = {name: [value, value] for name, value in scope.items()}
    assert "too much work" in str(refused(lambda: evaluate("a == b", scope)))
    assert evaluate("a", scope) is scope["a"]  # handing it on costs nothing


def test_a_value_too_deep_for_python_is_refused_and_not_a_crash() -> None:
    deep: Any = [1]
    other: Any = [1]
    for _ in range(20_000):
        deep, other = [deep], [other]
    scope = {"a": deep, "b": other, "round": []}
    scope["round"].append(scope["round"])
    for source in ("a == b", "a in [b]", "sorted([a, b])", "str(a)", "str(round)", "round == round[0]"):
        refused(lambda source=source: evaluate(source, scope))


def test_things_of_our_own_are_handed_on_but_not_calculated_with() -> None:
    thing = object()
    assert evaluate("thing if [thing] else 1", {"thing": thing}) is thing
    for source in ("str(thing)", "thing == 1", "thing.x", "'' + thing", "str([thing])"):
        assert "kind object" in str(refused(lambda source=source: evaluate(source, {"thing": thing})))


def test_one_budget_holds_for_all_expressions_of_a_value() -> None:
    one = "${len([i for i in range(60000)])}"
    assert resolve([one] * 2, SCOPE) == [60_000] * 2
    assert "too much work" in str(refused(lambda: resolve([one] * 50, SCOPE)))


def test_a_lone_expression_keeps_its_type_and_others_become_text() -> None:
    value = {"a": "${vars.b}", "b": ["${inputs.count}", "n=${inputs.count}; ${vars.none}${1 < 2}", "${ 'x' }"], "c": 7}
    assert resolve(value, SCOPE) == {"a": [1, 2, 3], "b": [5, "n=5; true", "x"], "c": 7}
    assert resolve("${nodes.read.rows}", SCOPE) is ROWS


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("$${inputs.user}", "${inputs.user}"),
        ("$${a} ${inputs.user} $$${inputs.user} $", "${a} Ann $${inputs.user} $"),
        ("${ {'a': '}'}['a'] }", "}"),
        ('${"it\'s }"}!', "it's }!"),
        ("${'\\'}'}", "'}"),
        ("100 $ {x} $x", "100 $ {x} $x"),
    ],
)
def test_dollars_braces_and_quotes_are_read_as_meant(text: str, result: str) -> None:
    assert resolve(text, SCOPE) == result


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("ok ${1} and ${inputs.usr}", 21),
        ("äö ${inputs.user} ${ 'ü' + nix }", 27),
        ("a ${1", 2),
        ("a ${'x}", 2),
        ("a ${" + " " * 3000 + "}", 2),
        ("${1} ${}", 7),
        ("pin: ${inputs.pin}", 14),
    ],
)
def test_positions_count_from_the_start_of_the_whole_text(text: str, position: int) -> None:
    assert refused(lambda: resolve(text, SCOPE)).position == position


def test_a_position_inside_of_a_deep_value_is_that_in_its_own_text() -> None:
    assert refused(lambda: resolve({"a": ["fine", "x ${nix}"]}, SCOPE)).position == 4


def test_a_secret_is_handed_on_whole_and_never_touched() -> None:
    assert resolve("${inputs.pin}", SCOPE) is SCOPE["inputs"]["pin"]
    assert resolve("${[inputs.pin] if inputs.count else 0}", SCOPE) == [Secret("4711-pin")]
    touching = ["+ 'a'", "== 'a'", "in ['a']", "and 1", "if inputs.pin else 1", ".lower()", "[0]", "* 2", ".a"]
    for source in [
        *(f"inputs.pin {end}" for end in touching),
        "len(inputs.pin)",
        "str([inputs.pin])",
        "not inputs.pin",
    ]:
        error = refused(lambda source=source: evaluate(source, SCOPE))
        assert "secret" in str(error) and "4711" not in repr(error.record())


@pytest.mark.parametrize("source", ["inputs.count > 3", "${inputs.count > 3}", "  ${ inputs.count > 3 }\n"])
def test_a_condition_may_be_written_with_or_without_the_braces(source: str) -> None:
    assert evaluate(source, SCOPE) is True
    assert names_in(source) == {("inputs", "count")}


def test_two_expressions_are_no_condition() -> None:
    refused(lambda: evaluate("${1} ${2}", SCOPE))


def test_a_missing_name_is_suggested() -> None:
    error = refused(lambda: evaluate("nodes.raed", SCOPE))
    assert fill(error.hint, error.values) == "Did you mean read?"
    assert "inputs, nodes" in fill(
        refused(lambda: evaluate("zzz", SCOPE)).hint, refused(lambda: evaluate("zzz", SCOPE)).values
    )


def test_references_are_the_names_that_are_read() -> None:
    value = {
        "a": "${[x.y for x in nodes.read.rows if x.z > inputs.q for y in x.w if y]} ${nodes['a'].b.lower()}",
        "b": ["${nodes.c.rows[0].k} ${item} ${len(true)} $${inputs.not_this}", 3],
    }
    assert references(value) == {
        ("nodes", "read", "rows"),
        ("inputs", "q"),
        ("nodes", "a", "b"),
        ("nodes", "c", "rows"),
        ("item",),
    }


def test_keywords_after_a_dot_are_names() -> None:
    assert names_in("inputs.from + nodes.try.class.lower()") == {("inputs", "from"), ("nodes", "try", "class")}


def test_a_name_bound_by_a_comprehension_is_still_read_outside_of_it() -> None:
    assert names_in("[x for x in x.list] + x.rest") == {("x", "list"), ("x", "rest")}


def test_expressions_are_found_where_they_are() -> None:
    value = {"a": ["x", "${1}"], "b": "$${x}", "c": {"d": "y ${2}"}}
    assert list(texts(value)) == [(("a", 1), "${1}"), (("c", "d"), "y ${2}")]
    assert contains_expression(value) and not contains_expression(["$${x}", 1, "$", None])


def test_a_value_nested_without_end_is_refused() -> None:
    deep: Any = "${1}"
    for _ in range(5_000):
        deep = [deep]
    assert "nested" in str(refused(lambda: resolve(deep, SCOPE)))


@given(expressions)
def test_any_text_gives_a_value_or_an_expression_error(source: str) -> None:
    for work in (lambda: evaluate(source, SCOPE), lambda: resolve(f"x ${{{source}}}", SCOPE), lambda: names_in(source)):
        try:
            work()
        except ExpressionError as error:
            assert 0 <= error.position <= len(source) + 4
            assert str(error) and fill(error.hint, error.values) is not None


@given(expressions)
def test_what_was_evaluated_read_only_the_names_that_were_announced(source: str) -> None:
    read: set[str] = set()

    class Watching(dict[str, Any]):
        def __getitem__(self, key: str) -> Any:
            read.add(key)
            return super().__getitem__(key)

    try:
        evaluate(source, Watching(SCOPE))
    except ExpressionError:
        return
    assert read <= {name[0] for name in names_in(source)}


@given(json_values.filter(lambda value: not contains_expression(value)))
def test_values_without_expressions_stay_as_they_are(value: Any) -> None:
    if "$${" not in str(value):
        assert resolve(value, {}) == value


@given(json_values, st.text(max_size=5))
def test_a_value_goes_through_a_lone_expression_unchanged(value: Any, name: str) -> None:
    assert resolve("${inputs[vars.name]}", {"inputs": {name: value}, "vars": {"name": name}}) == value
