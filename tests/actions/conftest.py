"""What the tests of all actions share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.actions.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A machine with an empty screen."""
    return Desk(tmp_path)
