"""The bundled workflows: canonical files without problems, which say what they do."""

from __future__ import annotations

from pathlib import Path

import pytest
import regex

from agent.actions import discover
from agent.app import SUFFIX, Agent
from agent.core.document import dumps, load
from agent.core.problems import problems
from agent.core.run import Status
from agent.devices.fake import FakeDesktop
from agent.resources import path as resource
from agent.vault import Keychain
from agent.vault.memory import MemoryKeyring

FILES = sorted(resource("examples").glob(f"*{SUFFIX}"))
SIGN_IN = resource(f"examples/sign_in_and_read_the_open_orders{SUFFIX}")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_example_is_as_the_program_would_write_it_and_has_no_problems(path: Path) -> None:
    workflow = load(path)
    assert problems(workflow, discover()) == ()
    assert dumps(workflow) == path.read_text(encoding="utf-8")
    assert workflow.id == path.name.removesuffix(SUFFIX)
    assert workflow.description.endswith(".")


def test_hello_greets_by_name() -> None:
    desktop = FakeDesktop()
    parts = {"devices": desktop.devices, "eye": desktop.eye, "keychain": Keychain(MemoryKeyring())}
    with Agent.open(immediate=True, **parts) as agent:
        run = agent.run(resource(f"examples/hello{SUFFIX}"), {"name": "Jürgen"})
    assert run.status is Status.DONE
    assert run.outputs == {"greeting": "Hello, Jürgen!"}


def test_a_failed_sign_in_fails_the_run_and_still_closes_the_application() -> None:
    desktop = FakeDesktop()  # its windows never open, so the first step inside fails
    parts = {"devices": desktop.devices, "eye": desktop.eye, "keychain": Keychain(MemoryKeyring())}
    workflow = load(SIGN_IN)
    # The fake program has no window to wait for.
    nodes = [
        node.model_copy(update={"params": {**node.params, "wait_window": None}}) if node.id == "launch" else node
        for node in workflow.nodes
    ]
    with Agent.open(**parts) as agent:
        run = agent.run(workflow.model_copy(update={"nodes": tuple(nodes)}))
        steps = {step.node_id: step.status for step in agent.steps(run.id)}
    assert run.status is Status.FAILED
    assert steps["sign_in"] is Status.FAILED
    assert steps["close"] is Status.DONE
    assert "save" not in steps or steps["save"] is Status.SKIPPED


@pytest.mark.parametrize("status", ["open", "überfällig"])
def test_the_pattern_takes_a_row_apart(status: str) -> None:
    pattern = load(SIGN_IN).node("rows").params["pattern"]
    text = (
        f"Order Customer Date Amount Status\n104123 Weingut Böhm & Söhne 24.11.2026 1.234,50 € {status}\nTotal: 5,00 €"
    )
    (row,) = [match.groupdict() for match in regex.finditer(pattern, text, regex.MULTILINE)]
    assert row == {
        "order": "104123",
        "customer": "Weingut Böhm & Söhne",
        "date": "24.11.2026",
        "amount": "1.234,50 €",
        "status": status,
    }
