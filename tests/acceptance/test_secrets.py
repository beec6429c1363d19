"""A secret goes into the field and nowhere else: not into the evidence, the record, the report or the log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from agent.app import Agent
from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.run import Run, Status
from agent.core.secret import Secret
from agent.settings import Home, Settings
from agent.vault import Keychain
from agent.vault.memory import MemoryKeyring
from agent.vision.reader import TextReader
from tests.acceptance.conftest import WriteWorkflow

CANARY = "Kanarienvogel"
"""Typed into the user-name field, where it can be read: what must be masked is really on the screen."""

USER_FIELD = {"anchor": {"text": "User name", "occurrence": 1}, "offset": [60, 37]}
TYPE = {
    "id": "type",
    "action": "keyboard.type_secret",
    "params": {"credential": "shop", "field": "password", "target": USER_FIELD | {"window": "Orders*"}},
}
MISS = {
    "id": "miss",
    "action": "screen.find",
    "params": {"target": {"text": "Gibt es nicht", "window": "Orders*"}},
    "policy": {"attempts": 1},
}


@pytest.fixture
def agent(tmp_path: Path, orders_app: str) -> Iterator[Agent]:
    keychain = Keychain(MemoryKeyring())
    keychain.set("shop", "password", Secret(CANARY))
    with Agent.open(Home(tmp_path / "home"), Settings(language="en"), keychain=keychain) as agent:
        agent.keep_log()
        yield agent


def read(picture: Path) -> str:
    """What can be read in a PNG file."""
    image = Image.open(picture).convert("RGBA")
    red, green, blue, alpha = image.split()
    pixels = Image.merge("RGBA", (blue, green, red, alpha)).tobytes()
    frame = Frame(pixels, Region(0, 0, *image.size), datetime.now(UTC))
    return TextReader().read(frame, languages="deu", check=lambda: None).text


def type_and_miss(agent: Agent, write_workflow: WriteWorkflow) -> Run:
    run = agent.run(write_workflow(TYPE, MISS))
    assert run.status is Status.FAILED
    assert run.error is not None
    assert run.error.type == "TargetNotFound"
    return run


@pytest.mark.desktop
def test_the_secret_is_on_the_screen_but_masked_in_the_evidence(agent: Agent, write_workflow: WriteWorkflow) -> None:
    run = type_and_miss(agent, write_workflow)
    assert CANARY in agent.eye.read(None).text
    evidence = Path(run.folder) / agent.steps(run.id)[-1].screenshot
    text = read(evidence)
    assert "User name" in text
    assert CANARY[:6] not in text


@pytest.mark.desktop
def test_the_secret_is_in_no_file_that_the_run_leaves(agent: Agent, write_workflow: WriteWorkflow) -> None:
    type_and_miss(agent, write_workflow)
    agent.close()
    files = [file for file in agent.home.root.rglob("*") if file.is_file()]
    assert {"agent.db", "report.html"} <= {file.name for file in files}
    assert [file for file in files if CANARY.encode() in file.read_bytes()] == []


@pytest.mark.desktop
def test_a_secret_that_the_agent_reads_from_the_screen_is_dots_in_the_record(
    agent: Agent, write_workflow: WriteWorkflow
) -> None:
    look = {"id": "look", "action": "screen.read_text", "params": {"window": "Orders*"}}
    run = agent.run(write_workflow(TYPE, look, outputs={"text": "${nodes.look.text}"}))
    assert run.status is Status.DONE
    record = json.dumps([run.outputs, *(step.output for step in agent.steps(run.id))], ensure_ascii=False)
    assert "User name" in record
    assert CANARY not in record
