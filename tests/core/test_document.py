"""Workflow files: what is written, what is read, and what is refused with which sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given

from agent.core.document import MAX_BYTES, dumps, load, loads, save, schema, upgraded
from agent.core.errors import DocumentError, FormatTooNew, fill
from agent.core.secret import Secret
from agent.core.workflow import FORMAT, Edge, Input, Node, Policy, Workflow
from agent.resources import path as resource
from tests.core.sample import edge, flow, say, workflows

BUSY = Workflow(
    id="orders",
    name="Offene Aufträge „heute“",
    tags=("sales",),
    inputs=(Input(name="day", type="date"), Input(name="fast", type="boolean", required=False, default=False)),
    outputs={"table": "${nodes.read.rows}"},
    nodes=(
        Node(id="read", action="who.knows", params={"z": 1, "a": [1.0, None, {"k": "ä"}]}),
        Node(id="loop", action="demo.loop", policy=Policy(timeout=60, delay=0.5, attempts=1)),
        Node(id="child", action="demo.say", parent="loop", title="Say"),
    ),
    edges=(edge("read", "loop"), edge("loop", "read", "failed")),
    layout={"z": (1.5, 2), "a": (0, -3)},
)


def refused(data: str | bytes) -> tuple[str, str]:
    """Message and hint of the refusal."""
    with pytest.raises(DocumentError) as caught:
        loads(data)
    return str(caught.value), fill(caught.value.hint, caught.value.values)


def test_the_canonical_text_has_the_models_order_and_no_defaults() -> None:
    assert dumps(BUSY).splitlines() == [
        "{",
        '  "format": 1,',
        '  "id": "orders",',
        '  "name": "Offene Aufträge „heute“",',
        '  "tags": [',
        '    "sales"',
        "  ],",
        '  "inputs": [',
        "    {",
        '      "name": "day",',
        '      "type": "date"',
        "    },",
        "    {",
        '      "name": "fast",',
        '      "type": "boolean",',
        '      "required": false,',
        '      "default": false',
        "    }",
        "  ],",
        '  "outputs": {',
        '    "table": "${nodes.read.rows}"',
        "  },",
        '  "nodes": [',
        "    {",
        '      "id": "read",',
        '      "action": "who.knows",',
        '      "params": {',
        '        "z": 1,',
        '        "a": [',
        "          1.0,",
        "          null,",
        "          {",
        '            "k": "ä"',
        "          }",
        "        ]",
        "      }",
        "    },",
        "    {",
        '      "id": "loop",',
        '      "action": "demo.loop",',
        '      "policy": {',
        '        "timeout": 60,',
        '        "attempts": 1,',
        '        "delay": 0.5',
        "      }",
        "    },",
        "    {",
        '      "id": "child",',
        '      "action": "demo.say",',
        '      "title": "Say",',
        '      "parent": "loop"',
        "    }",
        "  ],",
        '  "edges": [',
        "    {",
        '      "from": "read",',
        '      "to": "loop"',
        "    },",
        "    {",
        '      "from": "loop",',
        '      "outlet": "failed",',
        '      "to": "read"',
        "    }",
        "  ],",
        '  "layout": {',
        '    "a": [',
        "      0,",
        "      -3",
        "    ],",
        '    "z": [',
        "      1.5,",
        "      2",
        "    ]",
        "  }",
        "}",
    ]


def test_a_new_workflow_is_three_lines() -> None:
    assert dumps(Workflow(name="New")) == '{\n  "format": 1,\n  "name": "New"\n}\n'


def test_moving_a_node_changes_the_layout_only() -> None:
    moved = BUSY.model_copy(update={"layout": {"a": (7.0, -3.0), "z": (1.5, 2.0)}})
    changed = [
        pair for pair in zip(dumps(BUSY).splitlines(), dumps(moved).splitlines(), strict=True) if len(set(pair)) > 1
    ]
    assert changed == [("      0,", "      7,")]


@given(workflows)
def test_what_was_written_is_read_and_written_again_unchanged(workflow: Workflow) -> None:
    text = dumps(workflow)
    read = loads(text)
    assert read == workflow
    assert dumps(read) == text
    assert dumps(loads(text.encode())) == text


@given(workflows)
def test_the_schema_allows_what_is_written(workflow: Workflow) -> None:
    jsonschema.Draft202012Validator(schema()).validate(json.loads(dumps(workflow)))


def test_the_schema_refuses_what_cannot_be_read() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    for document in ({"name": "x", "nodez": []}, {"format": 2, "name": "x"}, {"name": "x", "edges": [{"from": "a"}]}):
        assert not validator.is_valid(document)


def test_the_schema_file_is_fresh() -> None:
    """Otherwise: python -m agent.core.document > resources/schema/workflow.schema.json"""
    written = subprocess.run([sys.executable, "-m", "agent.core.document"], capture_output=True, check=True)
    assert json.loads(written.stdout) == schema()
    assert written.stdout == resource("schema/workflow.schema.json").read_bytes().replace(b"\r\n", b"\n")


@pytest.mark.parametrize(
    ("data", "sentence", "hint"),
    [
        ("", "not valid JSON: Expecting value (line 1, column 1)", "comma"),
        ('{"name": "x",\n "nodes": [}', "line 2, column 12", "comma"),
        ('{"name": "x"} {}', "Extra data (line 1, column 15)", ""),
        ("[]", "holds […], not a workflow", '{"name"'),
        ("null", "holds null, not a workflow", ""),
        ("\ud800", "not written in UTF-8", ""),
        (b'{"name":\n "\xe4"}', "byte 0xe4 in line 2", "UTF-8"),
        ('{"name": "x"}'.encode("utf-16"), "not written in UTF-8", ""),
        ('{"name": "a", "tags": [], "name": "b"}', 'The key "name" stands twice', ""),
        ('{"name": "a", "nodes": [{"id": "a", "action": "b", "params": {"p": 1, "p": 1}}]}', '"p" stands twice', ""),
        ('{"name": NaN}', "NaN is not a number", ""),
        ('{"name": -Infinity}', "-Infinity is not a number", ""),
        ('{"name": 1e999}', "1e999 is not a number", ""),
        ('{"name": ' + "9" * 5000 + "}", "a number that is too long", ""),
        ('{"name": "\\ud800"}', "half a character: \\ud800", ""),
        ('{"format": 0, "name": "x"}', "format version 0 is unknown", '"format": 1'),
        ('{"format": true, "name": "x"}', "format version true is unknown", ""),
        ('{"format": "1", "name": "x"}', 'format version "1" is unknown', ""),
        ("{}", "name is missing", ""),
        ('{"name": 5}', "name must be a text, not 5", ""),
        ('{"name": ""}', "name must not be shorter than 1", ""),
        ('{"name": "x", "nodes": {}}', "nodes must be a list, not {…}", ""),
        ('{"name": "x", "nodes": [3]}', "nodes[0] must be an object, not 3", ""),
        ('{"name": "x", "id": null}', "id must be a text, not null", ""),
        ('{"name": "x", "nodez": []}', "nodez is unknown", "Did you mean nodes?"),
        ('{"name": "x", "qqq": []}', "qqq is unknown", "There are: format, id, name"),
        (
            '{"name": "x", "nodes": [{"id": "read", "action": "a.b", "policy": {"atempts": 3, "timeout": "long"}}]}',
            "nodes.read.policy.atempts is unknown",
            "Did you mean attempts? More mistakes in the file: 1.",
        ),
        (
            '{"name": "x", "nodes": [{"id": "read", "action": "a.b", "policy": {"timeout": "long"}}]}',
            'nodes.read.policy.timeout must be a number, not "long"',
            "",
        ),
        (
            '{"name": "x", "nodes": [{"id": "read", "action": "a.b", "policy": {"attempts": 0, "delay": -1}}]}',
            "nodes.read.policy.attempts must be at least 1, not 0",
            "More mistakes in the file: 1.",
        ),
        (
            '{"name": "x", "nodes": [{"id": "read", "action": "a.b", "policy": {"on_error": "stop"}}]}',
            "nodes.read.policy.on_error must be one of 'fail', 'continue', 'outlet', not \"stop\"",
            "",
        ),
        ('{"name": "x", "nodes": [{"id": "my node", "action": "a.b"}]}', "name of letters (a to z), digits and _", ""),
        ('{"name": "x", "edges": [{"from": "a", "too": "b"}]}', "edges[0].too is unknown", "Did you mean to?"),
        ('{"name": "x", "inputs": [{"name": "day", "required": "often"}]}', "inputs.day.required must be true or", ""),
        ('{"name": "x", "layout": {"a": [1, "b"]}}', 'layout.a[1] must be a number, not "b"', ""),
    ],
)
def test_a_bad_file_is_refused_with_a_sentence_and_a_hint(data: str | bytes, sentence: str, hint: str) -> None:
    message, told = refused(data)
    assert sentence in message
    assert hint in told


def test_a_newer_format_names_both_versions() -> None:
    with pytest.raises(FormatTooNew, match=f"format {FORMAT + 98}.*format {FORMAT}"):
        loads(f'{{"format": {FORMAT + 98}, "name": "x"}}')


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
@pytest.mark.parametrize("times", [200, 100_000])
def test_deep_nesting_is_refused_where_it_is_too_deep(opening: str, times: int) -> None:
    message, _ = refused('{"name": "x",\n"nodes": ' + opening * times)
    assert "deeper than 100" in message and "line 2" in message


def test_brackets_in_texts_are_no_nesting() -> None:
    text = json.dumps({"name": "[" * 150, "description": '\\"{' * 150})
    assert loads(text).name == "[" * 150


def test_a_text_that_never_ends_is_refused_quickly() -> None:
    assert "Unterminated" in refused('{"name": "' + '\\"' * 5_000_000)[0]


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert loads(b'\xef\xbb\xbf{"name": "x"}').name == loads('\ufeff{"name": "x"}').name == "x"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("orders.workflow.json", "orders"),
        ("v1.2.json", "v1.2"),
        ("Aufträge & Maße lesen.workflow.json", "Auftrage-Masse-lesen"),
        ("日本.workflow.json", ""),
        ("", ""),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_missing_id_is_taken_from_the_file_name(name: str, expected: str) -> None:
    assert loads('{"name": "x"}', name=name).id == expected
    assert loads('{"name": "x", "id": "own"}', name=name).id == "own"


def test_an_older_format_is_upgraded_step_by_step() -> None:
    def nodes_were_steps(document: dict[str, Any]) -> dict[str, Any]:
        steps = document.pop("steps")
        return document | {"nodes": steps}

    def name_was_title(document: dict[str, Any]) -> dict[str, Any]:
        return {("name" if key == "title" else key): value for key, value in document.items()}

    old = {"format": 1, "title": "x", "steps": [1]}
    steps = {1: nodes_were_steps, 2: name_was_title}
    assert upgraded(old, 1, steps, 3) == {"format": 3, "name": "x", "nodes": [1]}
    assert upgraded({"format": 3, "name": "x"}, 3, steps, 3) == {"format": 3, "name": "x"}


def test_an_unknown_action_is_kept_as_it_is() -> None:
    node = {"id": "a", "action": "from.elsewhere", "params": {"deep": [{"x": 1.0, "y": "ü"}], "b": None}}
    text = json.dumps({"format": 1, "name": "x", "nodes": [node]}, ensure_ascii=False, indent=2) + "\n"
    assert dumps(loads(text)) == text


@pytest.mark.parametrize("value", [float("nan"), Secret("hush-hush"), Path("x"), {1, 2}, "\ud800"])
def test_what_json_does_not_have_is_not_written(value: Any) -> None:
    with pytest.raises(DocumentError) as caught:
        dumps(flow(Node(id="a", action="demo.say", params={"text": value})))
    assert "hush-hush" not in repr(caught.value)


def test_saving_replaces_the_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "x.workflow.json"
    for text in ("first", "second"):
        save(flow(say("a", text), id="x"), path)
        assert load(path).node("a").params == {"text": text}
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_replaced_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "x.workflow.json"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(DocumentError):
        save(flow(Node(id="a", action="demo.say", params={"text": {1}})), path)
    assert path.read_text(encoding="utf-8") == "mine"


def test_saving_through_a_link_keeps_the_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("{}", encoding="utf-8")
    try:
        link.symlink_to(real)
    except OSError:
        pytest.skip("this user may not make links")
    save(flow(say("a")), link)
    assert link.is_symlink() and load(real) == load(link).model_copy(update={"id": "real"})


@pytest.mark.parametrize("place", ["no/such/folder/x.json", "file/x.json"])
def test_a_place_that_cannot_be_written_is_named(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DocumentError, match=r"x\.json cannot be written"):
        save(flow(say("a")), tmp_path / place)


def test_missing_files_folders_and_devices_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="There is no file"):
        load(tmp_path / "gone.json")
    with pytest.raises(DocumentError, match="is a folder"):
        load(tmp_path)
    with pytest.raises(DocumentError, match=r"no file|not a file"):
        load(Path(os.devnull) if os.name == "posix" else tmp_path / "nul\0")


@pytest.mark.skipif(os.name != "posix" or os.getuid() == 0, reason="everything is readable here")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("{}", encoding="utf-8")
    path.chmod(0)
    with pytest.raises(DocumentError, match="cannot be read"):
        load(path)


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(50 * MAX_BYTES)  # a hole: a gigabyte that takes no room on the disk
    with pytest.raises(DocumentError, match="larger than 20 MB"):
        load(path)


def test_an_edge_may_be_built_by_either_name() -> None:
    assert Edge(source="a", target="b") == Edge.model_validate({"from": "a", "to": "b"})
