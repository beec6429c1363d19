"""An ambiguous target leaves a picture in which the candidates are numbered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from agent.core.action import Action, Registry
from agent.core.context import Context
from agent.core.errors import ErrorRecord
from agent.core.geometry import Region
from agent.core.run import Status
from agent.core.target import Target
from tests.engine.stand import Stand, Value, node, workflow


class Seek(Action, id="test.seek", label="Seek", icon="x", category="Test", uses={"desktop"}, effect="once"):
    """Find a target."""

    target: Target

    def run(self, context: Context) -> BaseModel:
        context.find(self.target)
        return Value()


class Spy(Seek, id="test.spy", label="Spy", icon="x", category="Test", watches=True, effect="pure"):
    """Find a target without a turn at the desktop."""


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    stand = Stand(tmp_path, immediate=True, registry=Registry((Seek, Spy)))
    stand.desktop.eye.texts["Edit"] = (Region(110, 110, 50, 20), Region(110, 210, 50, 20))
    return stand


def failed(stand: Stand, action: str, **policy: Any) -> tuple[ErrorRecord, set[str]]:
    """(the error, the files in the run's folder)"""
    run = stand.run(workflow(node("a", action, target="Edit", policy={"attempts": 1, **policy})))
    assert run.status is Status.FAILED and run.error is not None
    return run.error, {path.name for path in (stand.folder / "run-0").iterdir()}


@pytest.mark.parametrize("action", ["seek", "spy"])
def test_the_picture_is_kept_and_named_in_the_hint(stand: Stand, action: str) -> None:
    error, files = failed(stand, action)
    assert files == {"a-1-error.png", "a-1-candidates.png"}
    assert error.hint == "Give occurrence.\nThey are numbered in the picture {picture}."
    assert error.values["picture"] == "a-1-candidates.png"


def test_no_picture_is_kept_when_none_is_wanted(stand: Stand) -> None:
    error, files = failed(stand, "seek", screenshot="never")
    assert (error.hint, files) == ("Give occurrence.", set())


def test_a_picture_that_fails_does_not_hide_the_error(stand: Stand) -> None:
    def blind(*_: object) -> None:
        raise RuntimeError("no picture")

    stand.desktop.eye.numbered = blind  # type: ignore[assignment, method-assign]  # a broken eye
    error, files = failed(stand, "seek")
    assert (error.hint, files) == ("Give occurrence.", {"a-1-error.png"})


def test_what_is_not_there_has_no_candidates(stand: Stand) -> None:
    stand.desktop.eye.texts.clear()
    assert failed(stand, "seek")[1] == {"a-1-error.png"}
