"""The README tells the truth: its examples work, its commands exist, its pictures are there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from agent.actions import discover
from agent.cli.command import app
from agent.core.action import Action, Registry
from agent.core.document import loads
from agent.core.problems import problems

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The README's only code block of this language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return str(found)


def test_the_workflow_of_the_readme_has_no_problems() -> None:
    workflow = loads(block("json"), name="greeting.workflow.json")
    assert problems(workflow, discover()) == ()
    assert len(block("json").splitlines()) <= 12


def test_the_action_of_the_readme_is_a_node_type() -> None:
    names: dict[str, Any] = {"__name__": "readme"}
    exec(block("python"), names)  # noqa: S102 - our own README
    greet: type[Action] = names["Greet"]
    assert Registry([greet])["demo.greet"] is greet
    assert greet.model_validate({"name": "Jürgen"}).run(None).model_dump() == {"text": "Hello Jürgen"}  # type: ignore[arg-type]  # it looks at no context


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`tla (\w+)", README))))
def test_a_command_of_the_readme_exists(command: str) -> None:
    assert command in typer.main.get_command(app).commands  # type: ignore[attr-defined]  # it is a group


@pytest.mark.parametrize("name", re.findall(r"\]\(([^)]+)\)", README))
def test_what_the_readme_shows_is_there(name: str) -> None:
    assert (ROOT / name).is_file()


@pytest.mark.parametrize("task", ["demo", "test"])
def test_the_two_commands_stand_in_the_first_screen(task: str) -> None:
    first = "\n".join(README.splitlines()[:30])
    assert f"python3 packaging/bootstrap.py {task}" in first


def test_ci_calls_the_test_command_of_the_readme() -> None:
    assert "python3 packaging/bootstrap.py test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_exit_codes_of_the_readme_are_those_of_the_errors() -> None:
    from agent.cli.console import STOPPED_CODE, exit_code

    told = {
        int(code): text for code, text in re.findall(r"(\d+) ([^·\n]+)", README.split("Exit codes")[1].split("##")[0])
    }
    known = ("ActionError", "DocumentError", "DeviceError", "VaultError", "StoreError")
    assert [exit_code(name) for name in known] == [2, 3, 4, 5, 6]
    assert {0, 1, 2, 3, 4, 5, 6, STOPPED_CODE} == set(told)
