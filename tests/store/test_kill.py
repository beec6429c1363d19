"""kill -9 at any moment: what was acknowledged is there, and the run is not "running" for ever."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from agent.core.run import Status
from agent.store import Store

WRITER = Path(__file__).with_name("writer.py")


@pytest.mark.parametrize("seed", range(6))
def test_nothing_acknowledged_is_lost(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "agent.db"
    process = subprocess.Popen([sys.executable, WRITER, path], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines = [process.stdout.readline().split()]
    for _ in range(random.Random(seed).randrange(1, 400)):  # noqa: S311 - a draw that can be repeated
        lines.append(process.stdout.readline().split())
    process.kill()
    # What it said between our last look and its end was acknowledged too; a line cut in two was not.
    rest = process.stdout.read()
    lines += [line.split() for line in rest[: rest.rfind("\n") + 1].splitlines()]
    process.stdout.close()
    process.wait()

    run_id = lines[0][1]
    begun = {f"n{line[1]}" for line in lines if line[0] == "begun"}
    done = {f"n{line[1]}" for line in lines if line[0] == "done"}
    with Store.open(path) as store:
        assert store.check() == ()
        before = {step.node_id: step for step in store.steps(run_id)}
        assert begun <= before.keys()
        assert {name for name in done if before[name].status is not Status.DONE} == set()
        assert all(before[name].output == {"n": int(name[1:])} for name in done)
        (orphan,) = store.interrupt_orphans(lambda owner: owner != str(process.pid))
        assert orphan.id == run_id
        after = store.steps(run_id)
        assert {step.status for step in after} <= {Status.DONE, Status.INTERRUPTED}
