"""The Agent: finds workflows, refuses what cannot run before anything is done, keeps the record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.app import Agent
from agent.core.errors import AgentError, NoDisplay, ProblemsFound, StoreError
from agent.core.events import Event, RunChanged
from agent.core.run import Status
from agent.core.secret import Secret
from agent.devices.fake import FakeEye, fake_devices
from agent.settings import Home, Settings
from agent.vault import Keychain
from agent.vault.memory import MemoryKeyring

SAY = {"id": "say", "action": "log.message", "params": {"text": "hello"}}


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Agent]:
    parts = {"devices": fake_devices(), "keychain": Keychain(MemoryKeyring()), "eye": FakeEye()}
    with Agent.open(Home(tmp_path / "home"), Settings(language="en"), **parts) as agent:
        yield agent


def write(folder: Path, *nodes: dict[str, Any], name: str = "one", **rest: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.workflow.json"
    path.write_text(json.dumps({"format": 1, "name": name.title(), "nodes": nodes} | rest), encoding="utf-8")
    return path


def test_a_workflow_runs_and_is_recorded(agent: Agent, tmp_path: Path) -> None:
    run = agent.run(write(tmp_path, SAY))
    assert run.status is Status.DONE
    assert agent.runs() == (run,)
    assert [step.node_id for step in agent.steps(run.id)] == ["say"]
    assert (Path(run.folder) / "report.html").is_file()


def test_every_event_is_heard_and_the_report_is_there_before_the_end_is_told(agent: Agent, tmp_path: Path) -> None:
    reports = []

    def listen(event: Event) -> None:
        if isinstance(event, RunChanged) and event.run.status.is_final:
            reports.append((Path(event.run.folder) / "report.html").is_file())

    agent.subscribe(listen)
    agent.run(write(tmp_path, SAY))
    assert reports == [True]


def test_the_list_shows_own_workflows_then_examples_and_a_damaged_file_with_its_fault(agent: Agent) -> None:
    write(agent.home.workflows, SAY, name="zebra")
    (agent.home.workflows / "broken.workflow.json").write_text("{", encoding="utf-8")
    files = agent.workflows()
    assert [(file.name, file.example, file.error is None) for file in files[:2]] == [
        ("broken", False, False),
        ("Zebra", False, True),
    ]
    assert all(file.example and file.error is None for file in files[2:])
    assert len(files) >= 4


def test_a_workflow_is_found_by_path_name_and_file_name(agent: Agent) -> None:
    path = write(agent.home.workflows, SAY, name="zebra")
    assert agent.find_workflow(str(path)) == agent.find_workflow("Zebra") == agent.find_workflow("zebra") == path
    with pytest.raises(AgentError, match="giraffe"):
        agent.find_workflow("giraffe")


def test_a_workflow_with_problems_is_not_started(agent: Agent, tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as caught:
        agent.start(write(tmp_path, SAY | {"action": "log.massage"}))
    assert [problem.node_id for problem in caught.value.problems] == ["say"]
    assert agent.runs() == ()


def test_a_home_that_cannot_be_written_is_said_before_anything_is_done(agent: Agent, tmp_path: Path) -> None:
    agent.home.root.parent.mkdir(exist_ok=True)
    agent.home.root.write_text("a file in the way", encoding="utf-8")
    with pytest.raises(StoreError, match="home"):
        agent.start(write(tmp_path, SAY))


def test_without_a_display_only_workflows_that_need_one_are_refused(tmp_path: Path) -> None:
    with Agent.open(Home(tmp_path / "home"), Settings(), keychain=Keychain(MemoryKeyring())) as agent:
        assert agent.run(write(tmp_path, SAY)).status is Status.DONE
        with pytest.raises(NoDisplay):
            agent.start(write(tmp_path, {"id": "see", "action": "screen.screenshot"}, name="two"))


def test_the_log_holds_no_secret_and_no_stack_trace_reaches_the_terminal(
    agent: Agent, capfd: pytest.CaptureFixture[str]
) -> None:
    import logging

    agent.keep_log()
    agent.keychain.set("shop", "password", Secret("canary-4711"))
    logging.getLogger("agent.test").error("typed %s", agent.keychain.secret("shop").reveal())
    try:
        raise ValueError("canary-4711")
    except ValueError:
        logging.getLogger("agent.test").exception("failed")
    text = (agent.home.log_file).read_text(encoding="utf-8")
    assert "typed" in text
    assert "ValueError" in text
    assert "canary-4711" not in text
    assert capfd.readouterr() == ("", "")
