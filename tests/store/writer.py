"""A process that records a run and says what was acknowledged, until it is killed. Argument: the database."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from agent.core.run import Run, Status, Step, new_id
from agent.store import Store


def main() -> None:
    """Save steps for ever, two commits each, and print every key once the commit is through."""
    store = Store.open(Path(sys.argv[1]), owner=str(os.getpid()))
    run = Run(id=new_id(), workflow_id="w", workflow_name="W", status=Status.RUNNING)
    store.save_run(run)
    print("run", run.id, flush=True)
    number = 0
    while True:
        step = Step(run_id=run.id, node_id=f"n{number}", action="x.y", inputs={"text": "x" * (number % 3000)})
        store.save_step(step)
        print("begun", number, flush=True)
        store.save_step(replace(step, status=Status.DONE, output={"n": number}))
        print("done", number, flush=True)
        number += 1


if __name__ == "__main__":
    main()
