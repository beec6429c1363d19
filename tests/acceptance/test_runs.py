"""Runs of the real program: they take turns, stop at once, and tell the truth after a crash."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from agent.devices.virtual_display import VirtualDisplay
from tests.acceptance.conftest import Tla, WriteWorkflow, start_tla, with_keychain

HOLD_THE_DESKTOP = (
    {"id": "see", "action": "screen.screenshot"},
    {"id": "say", "action": "log.message", "params": {"text": "the desktop is mine"}},
    {"id": "hold", "action": "flow.delay", "params": {"seconds": 60}, "policy": {"timeout": 100}},
)


def read_until(process: subprocess.Popen[str], text: str) -> str:
    """Read what the program prints, up to the line with this text."""
    read = ""
    assert process.stdout is not None
    for line in process.stdout:
        read += line
        if text in line:
            return read
    raise AssertionError(f"it ended without {text!r}: {read}")


def steps_of(name: str, tla: Tla) -> list[dict[str, Any]]:
    """The journalled steps of the latest run of this workflow."""
    run = next(run for run in json.loads(tla("runs", "--json").stdout) if run["workflow_name"] == name)
    steps: list[dict[str, Any]] = json.loads(tla("show", run["id"], "--json").stdout)["steps"]
    return steps


@pytest.mark.desktop
def test_a_second_run_waits_for_the_desktop_and_says_for_whom(
    display: VirtualDisplay, write_workflow: WriteWorkflow
) -> None:
    first = start_tla("run", write_workflow(*HOLD_THE_DESKTOP, name="first"))
    read_until(first, "the desktop is mine")
    second = start_tla("run", write_workflow(*HOLD_THE_DESKTOP, name="second"))
    assert "first" in read_until(second, "waiting for the desktop")
    first.send_signal(signal.SIGINT)
    read_until(second, "the desktop is mine")
    second.send_signal(signal.SIGINT)
    for process in (first, second):
        process.communicate(timeout=20)
        assert process.returncode == 130


@pytest.mark.desktop
def test_the_desktop_of_a_killed_run_is_free_again_and_the_run_is_interrupted(
    display: VirtualDisplay, write_workflow: WriteWorkflow, tla: Tla
) -> None:
    first = start_tla("run", write_workflow(*HOLD_THE_DESKTOP, name="first"))
    read_until(first, "the desktop is mine")
    while len(steps_of("first", tla)) < 3:
        time.sleep(0.1)
    first.kill()
    first.communicate(timeout=20)
    nodes = ({"id": "see", "action": "screen.screenshot"},)
    assert tla("run", write_workflow(*nodes, name="second")).returncode == 0
    runs = {run["workflow_name"]: run for run in json.loads(tla("runs", "--json").stdout)}
    assert runs["first"]["status"] == "interrupted"
    assert runs["second"]["status"] == "done"
    assert [step["status"] for step in steps_of("first", tla)] == ["done", "done", "interrupted"]


def test_ctrl_c_stops_a_run_and_the_journal_says_so(write_workflow: WriteWorkflow, tla: Tla) -> None:
    node = {"id": "wait", "action": "flow.delay", "params": {"seconds": 60}, "policy": {"timeout": 100}}
    process = start_tla("run", write_workflow({"id": "say", "action": "log.message", "params": {"text": "go"}}, node))
    read_until(process, "go")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in out + err
    assert json.loads(tla("runs", "--json").stdout)[0]["status"] == "stopped"


def test_a_run_gives_outputs_a_report_and_a_record(write_workflow: WriteWorkflow, tla: Tla) -> None:
    node = {"id": "set", "action": "data.set", "params": {"name": "sum", "value": "${inputs.a + inputs.b}"}}
    inputs = [{"name": "a", "type": "integer"}, {"name": "b", "type": "integer", "default": 4}]
    path = write_workflow(node, inputs=inputs, outputs={"total": "${nodes.set.value}"})
    result = tla("run", path, "-i", "a=38")
    assert result.returncode == 0, result.stderr
    run = json.loads(tla("runs", "--json").stdout)[0]
    assert run["outputs"] == {"total": 42}
    report = (Path(run["folder"]) / "report.html").read_text(encoding="utf-8")
    assert "42" in report
    assert run["id"] in tla("show", run["id"][:20]).stdout


def test_an_input_that_is_missing_or_unknown_is_named(write_workflow: WriteWorkflow, tla: Tla) -> None:
    node = {"id": "say", "action": "log.message", "params": {"text": "${inputs.name}"}}
    path = write_workflow(node, inputs=[{"name": "name"}])
    assert "name" in tla("run", path).stderr
    wrong = tla("run", path, "-i", "nam=x")
    assert wrong.returncode == 3
    assert "nam" in wrong.stderr


def test_the_commands_speak_german_to_a_german_system(tla: Tla) -> None:
    result = tla("runs", LC_ALL="de_DE.UTF-8")
    assert result.returncode == 0
    assert "Noch keine Läufe" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [("list",), ("runs",), ("actions",), ("actions", "mouse.click"), ("actions", "--json"), ("--help",), ("version",)],
)
def test_the_commands_that_show_work_on_an_empty_home(arguments: tuple[str, ...], tla: Tla) -> None:
    result = tla(*arguments)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip()


def test_doctor_says_what_is_missing_and_how_to_get_it(tla: Tla) -> None:
    result = tla("doctor", DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent")
    assert result.returncode == 4  # at least a display and a keychain are missing here
    assert "✗" in result.stdout
    assert "✓ Local database" in result.stdout


def test_a_credential_goes_in_by_standard_input_and_never_comes_out(tmp_path: Path) -> None:
    shown = with_keychain("credential_round.sh", tmp_path)
    assert "shop  password, user" in shown
    assert "No credentials yet" in shown
    assert "canary-7731" not in shown


def test_a_credential_that_is_typed_is_not_shown(tmp_path: Path) -> None:
    try:
        for end in os.openpty():
            os.close(end)
    except OSError:
        pytest.skip("this machine has no pseudo-terminals")
    shown = with_keychain("credential_typed.sh", tmp_path)
    assert "typed  password" in shown
    assert "canary-7731" not in shown
