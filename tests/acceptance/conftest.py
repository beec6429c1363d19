"""Acceptance tests start the program as a person does: the command `tla` in a process of its own."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.devices import open_devices
from agent.devices.virtual_display import VirtualDisplay
from agent.resources import path as resource

TLA = Path(sys.executable).with_name("tla.exe" if sys.platform == "win32" else "tla")
Tla = Callable[..., subprocess.CompletedProcess[str]]
WriteWorkflow = Callable[..., Path]


def start_tla(*arguments: str | Path, **environment: str) -> subprocess.Popen[str]:
    """Start `tla` in English and leave it running."""
    return subprocess.Popen(
        [TLA, *map(str, arguments)],
        env={**os.environ, "LC_ALL": "C.UTF-8", "COLUMNS": "200", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


@pytest.fixture
def tla() -> Tla:
    """Run `tla` to its end: ``tla("run", file, LANG="de")``."""

    def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        process = start_tla(*arguments, **environment)
        out, err = process.communicate(timeout=100)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    return run


@pytest.fixture
def write_workflow(tmp_path: Path) -> WriteWorkflow:
    """Write a workflow of nodes that follow each other: ``write_workflow({"id": …, "action": …}, …)``."""

    def write(*nodes: dict[str, Any], name: str = "test", **rest: Any) -> Path:
        edges = [{"from": one["id"], "to": two["id"]} for one, two in itertools.pairwise(nodes)]
        path = tmp_path / f"{name}.workflow.json"
        document = {"format": 1, "name": name, "nodes": nodes, "edges": edges} | rest
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    return write


@pytest.fixture
def orders_app(display: VirtualDisplay) -> Iterator[str]:
    """The bundled application at its sign-in page, in English; the fixture is its window's title."""
    program = resource("examples/orders_app.py")
    process = subprocess.Popen(
        [sys.executable, program, "--language", "en"], env={**os.environ, **display.environment()}
    )
    try:
        yield wait_for_window("Orders – Sign in")
    finally:
        process.terminate()
        process.wait(10)


def wait_for_window(title: str) -> str:
    """Wait until a window with this title is there, and return the title."""
    for _ in range(200):
        if title in titles():
            return title
        time.sleep(0.05)
    raise AssertionError(f"no window {title!r} within 10 s")


def titles() -> list[str]:
    """What is open now."""
    return [window.title for window in open_devices().windows.list()]


def with_keychain(script: str, home: Path) -> str:
    """Run a shell script in a private D-Bus session, where it makes a keychain; returns all that was shown."""
    result = subprocess.run(
        ["dbus-run-session", "--", "sh", Path(__file__).with_name(script)],
        env={
            **os.environ,
            "LC_ALL": "C.UTF-8",
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / "data"),
            "TLA": str(TLA),
            "PYTHON": sys.executable,
        },
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr
