"""Engines for the tests: one in the caller's thread, one with threads of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.stand import Stand


@pytest.fixture(params=["immediate", "threads"])
def stand(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stand]:
    """Both kinds of engine must do the same."""
    stand = Stand(tmp_path, immediate=request.param == "immediate")
    yield stand
    stand.engine.close()


@pytest.fixture
def threaded(tmp_path: Path) -> Iterator[Stand]:
    """The engine as the program has it."""
    stand = Stand(tmp_path)
    yield stand
    stand.engine.close()
