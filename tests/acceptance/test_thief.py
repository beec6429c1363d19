"""Forms filled in while another window steals the focus; the proof with 1,000 is tests/benchmarks/thief_proof.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.devices import open_devices
from agent.devices.virtual_display import VirtualDisplay
from tests.benchmarks.thief_proof import FORM_PLACE, THIEF_PLACE, Proof
from tests.devices.conftest import Program


@pytest.fixture
def programs(display: VirtualDisplay) -> Iterator[tuple[Program, Program]]:
    """The form and the thief."""
    form, thief = Program("receiver.py", display), Program("receiver.py", display)
    thief.open("Thief", THIEF_PLACE)
    form.open("Form", FORM_PLACE)
    yield form, thief
    form.close()
    thief.close()


@pytest.mark.desktop
def test_a_thief_gets_no_character_and_each_theft_is_reported(
    display: VirtualDisplay, programs: tuple[Program, Program], tmp_path: Path
) -> None:
    tally = Proof(display, open_devices(), *programs, tmp_path).run(25)
    assert (tally.fills, tally.stolen, tally.unreported) == (25, 0, 0)
    assert tally.filled + tally.reported == 25
    assert tally.is_proof, "the thief was too slow to prove anything"
