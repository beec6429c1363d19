"""Bad input: each gets a clear sentence, a hint and an exit code, and never a stack trace."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.devices.virtual_display import VirtualDisplay
from tests.acceptance.conftest import TLA, Tla, WriteWorkflow

LOG = {"id": "say", "action": "log.message", "params": {"text": "hello"}}
SEE = {"id": "look", "action": "screen.find", "params": {"target": "Speichern"}, "policy": {"attempts": 1}}


def told(result: subprocess.CompletedProcess[str]) -> str:
    """What the person reads; there is never a stack trace in it."""
    text = result.stdout + result.stderr
    assert "Traceback" not in text
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param('{"format": 1, "name": "x"', "line 1", id="cut off"),
        pytest.param('{"format": 1, "name": "x", "nodes": [}', "line 1", id="malformed"),
        pytest.param("[" * 100_000, "deep", id="deeply nested"),
        pytest.param('{"format": 1, "name": "x", "a": ' + '{"a": ' * 500 + "1" + "}" * 501, "deep", id="deep objects"),
        pytest.param('{"format": 99, "name": "x"}', "99", id="unknown format"),
        pytest.param('{"format": 1, "name": "x", "nodez": []}', "nodes", id="misspelt key"),
        pytest.param('{"format": 1, "name": "x", "name": "y"}', "name", id="twice the same key"),
    ],
)
def test_a_damaged_file_is_refused_with_a_sentence(content: str, sentence: str, tla: Tla, tmp_path: Path) -> None:
    path = tmp_path / "bad.workflow.json"
    path.write_text(content, encoding="utf-8")
    result = tla("run", path)
    assert result.returncode == 3
    assert sentence in told(result)


def test_a_huge_file_is_refused_before_it_is_read(tla: Tla, tmp_path: Path) -> None:
    path = tmp_path / "huge.workflow.json"
    with path.open("wb") as file:
        file.truncate(21_000_000)
    result = tla("run", path)
    assert result.returncode == 3
    assert "20 MB" in told(result)


def test_a_missing_file_is_named(tla: Tla, tmp_path: Path) -> None:
    result = tla("run", tmp_path / "gone.workflow.json")
    assert result.returncode == 3
    assert "gone.workflow.json" in told(result)


def test_a_cycle_is_named_node_by_node(tla: Tla, write_workflow: WriteWorkflow) -> None:
    nodes = [LOG | {"id": name} for name in ("fetch", "read", "write")]
    edges = [{"from": "fetch", "to": "read"}, {"from": "read", "to": "write"}, {"from": "write", "to": "fetch"}]
    result = tla("run", write_workflow(*nodes, edges=edges))
    assert result.returncode == 3
    assert "fetch → read → write → fetch" in told(result)


@pytest.mark.parametrize("command", ["run", "check"])
def test_all_problems_are_listed_with_their_nodes(command: str, tla: Tla, write_workflow: WriteWorkflow) -> None:
    path = write_workflow(
        {"id": "one", "action": "mouse.clik", "params": {}},
        {"id": "two", "action": "log.message", "params": {"txt": "x"}},
        {"id": "three", "action": "log.message", "params": {"text": "${nodes.nobody.text}"}},
    )
    result = tla(command, path)
    assert result.returncode == 3
    text = told(result)
    assert "one:" in text and "mouse.click" in text
    assert "two:" in text and "text" in text
    assert "three:" in text and "nobody" in text


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("Hello ${inputs.}", "position"),
        ("${9**9**9}", "position"),
        ("${'a' * 10**9}", "position"),
        ("${(1).__class__}", "position"),
    ],
)
def test_a_bad_expression_is_refused_with_its_position(
    expression: str, sentence: str, tla: Tla, write_workflow: WriteWorkflow
) -> None:
    result = tla("run", write_workflow(LOG | {"params": {"text": expression}}))
    assert result.returncode == 3
    assert sentence in told(result)


@pytest.mark.desktop
def test_a_text_that_is_not_there_shows_the_closest_and_keeps_a_picture(
    display: VirtualDisplay, tla: Tla, write_workflow: WriteWorkflow, orders_app: str
) -> None:
    node = SEE | {"params": {"target": {"text": "Pasword", "window": orders_app, "min_confidence": 0.99}}}
    result = tla("run", write_workflow(node))
    assert result.returncode == 2
    assert "Pasword" in told(result)
    assert "Closest was “Password”" in told(result) or 'Closest was "Password"' in told(result)
    run = json.loads(tla("runs", "--json").stdout)[0]
    steps = json.loads(tla("show", run["id"], "--json").stdout)["steps"]
    assert (Path(run["folder"]) / steps[-1]["screenshot"]).read_bytes().startswith(b"\x89PNG")


@pytest.mark.desktop
def test_a_missing_ocr_language_is_named_with_its_package(
    display: VirtualDisplay, tla: Tla, write_workflow: WriteWorkflow, tmp_path: Path
) -> None:
    settings = tmp_path / "home" / "settings.json"
    settings.parent.mkdir()
    settings.write_text('{"ocr_languages": "deu+xyz"}', encoding="utf-8")
    result = tla("run", write_workflow(SEE))
    assert result.returncode == 4
    assert "xyz" in told(result)


def test_without_a_display_a_run_that_needs_one_is_not_started(tla: Tla, write_workflow: WriteWorkflow) -> None:
    result = tla("run", write_workflow(LOG, SEE))
    assert result.returncode == 4
    assert "hello" not in result.stdout
    assert "display" in told(result).lower()


def test_without_a_display_a_run_that_needs_none_works(tla: Tla, write_workflow: WriteWorkflow) -> None:
    result = tla("run", write_workflow(LOG))
    assert result.returncode == 0, told(result)
    assert "hello" in result.stdout


def test_a_missing_keychain_is_said_with_the_remedy(tla: Tla) -> None:
    result = tla("credential", "list", DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent")
    assert result.returncode == 5
    assert "keychain" in told(result).lower()


@pytest.mark.skipif(shutil.which("gnome-keyring-daemon") is None, reason="gnome-keyring is not installed")
def test_a_locked_keychain_is_said_with_the_remedy(tmp_path: Path) -> None:
    script = Path(__file__).with_name("locked_keychain.sh")
    environment = {
        **os.environ,
        "LC_ALL": "C.UTF-8",
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "TLA": str(TLA),
    }
    result = subprocess.run(
        ["dbus-run-session", "--", "sh", script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 5, result.stdout + result.stderr
    assert "locked" in told(result)


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system without a free byte."""
    place = tmp_path / "full"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system is not allowed here")
    try:
        with (place / "filler").open("wb") as file:
            while chunk := 65_536:
                try:
                    file.write(b"\0" * chunk)
                    file.flush()
                except OSError:
                    break
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def test_on_a_full_disk_the_run_stops_before_it_acts(
    full_disk: Path, tla: Tla, write_workflow: WriteWorkflow, tmp_path: Path
) -> None:
    written = tmp_path / "written.txt"
    node = {"id": "write", "action": "file.write", "params": {"path": str(written), "text": "x"}}
    result = tla("run", write_workflow(node), TLA_HOME=str(full_disk))
    assert result.returncode == 6
    assert not written.exists()
    assert "space" in told(result)


def test_in_a_folder_that_cannot_be_written_the_run_stops_before_it_acts(
    tla: Tla, write_workflow: WriteWorkflow, tmp_path: Path
) -> None:
    written = tmp_path / "written.txt"
    node = {"id": "write", "action": "file.write", "params": {"path": str(written), "text": "x"}}
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    result = tla("run", write_workflow(node), TLA_HOME=str(tmp_path / "file" / "home"))
    assert result.returncode == 6
    assert not written.exists()
