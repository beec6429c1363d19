"""The demo is the product's main job: it must read exactly what the application shows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from agent.resources import path as resource
from tests.acceptance.conftest import Tla, with_keychain


def truth(language: str, seed: int) -> list[dict[str, str]]:
    """The orders that the application shows, from its own mouth."""
    program = resource("examples/orders_app.py")
    command = [sys.executable, program, "--print-table", "--language", language, "--seed", str(seed)]
    out = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_demo_signs_in_and_reads_the_table_as_it_is(language: str, tla: Tla, tmp_path: Path) -> None:
    result = tla("demo", "--language", language, "--seed", "5", DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "in memory" in result.stdout
    run = json.loads(tla("runs", "--json").stdout)[0]
    expected = truth(language, 5)
    assert run["outputs"]["orders"] == expected
    for row in expected:
        assert all(value in result.stdout for value in row.values())
    report = Path(run["folder"]) / "report.html"
    assert str(report) in re.sub(r"\n", "", result.stdout)
    assert report.stat().st_size > 10_000


def test_where_there_is_a_keychain_the_secret_goes_through_it_and_is_gone_afterwards(tmp_path: Path) -> None:
    shown = with_keychain("demo_with_keychain.sh", tmp_path)
    assert "The secret goes through this machine's keychain." in shown
    assert "✓ done" in shown
    assert "No credentials yet" in shown


def test_after_the_demo_no_secret_is_anywhere_on_the_disk(tmp_path: Path) -> None:
    canary = "Canary-Ünïque-99€"
    script = (
        "import sys; from agent.cli.demo import Person, run_demo; from agent.core.secret import Secret;"
        "from agent.settings import Home; import pyotp;"
        f"person = Person('anna', Secret({canary!r}), Secret('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'));"
        "sys.exit(run_demo(Home.of_user(), 'en', virtual=True, person=person))"
    )
    environment = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}
    result = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, encoding="utf-8", timeout=100, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Canary" not in result.stdout + result.stderr
    files = [file for file in (tmp_path / "home").rglob("*") if file.is_file()]
    assert any(file.name == "agent.db" for file in files)
    for file in files:
        assert b"Canary-" not in file.read_bytes(), file
        assert b"JBSWY3DPEHPK3PXP" not in file.read_bytes(), file
