"""What is saved comes back, in order and whole."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.core.errors import AgentError, ErrorRecord, StoreError
from agent.core.run import Run, Status, Step, new_id
from agent.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "agent.db") as store:
        yield store


def a_run(**values: Any) -> Run:
    return Run(**{"id": new_id(), "workflow_id": "w", "workflow_name": "Würfel", **values})


def a_step(run: Run, **values: Any) -> Step:
    return Step(**{"run_id": run.id, "node_id": "n", "action": "test.echo", **values})


def test_a_run_comes_back_as_it_was(store: Store) -> None:
    run = a_run(
        status=Status.FAILED,
        inputs={"name": "Grüße 😀", "n": [1, None, True, 2.5]},
        outputs={"x": {"y": []}},
        error=ErrorRecord("TargetNotFound", "No {text}.", "Look.", {"text": "“x”", "n": 3}),
        folder="/somewhere",
        started_at=datetime(2026, 1, 2, 3, 4, 5, 6, UTC),
        ended_at=datetime(2026, 1, 2, 3, 4, 6, 0, UTC),
    )
    store.save_run(run)
    assert store.run(run.id) == run
    assert store.run("nobody") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(st.dictionaries(st.text(), JSON, max_size=3), st.text(st.characters(exclude_categories=["Cs"])), st.booleans())
def test_any_step_comes_back_as_it_was(store: Store, values: dict[str, Any], text: str, flag: bool) -> None:
    run = a_run()
    store.save_run(run)
    step = a_step(run, inputs=values, output=values, title=text, path=text, cached=flag, elapsed_s=0.1)
    store.save_step(step)
    assert store.steps(run.id) == (step,)


def test_half_a_surrogate_pair_does_not_stop_the_record(store: Store) -> None:
    run = a_run(inputs={"hostile": "\ud800"})
    store.save_run(run)
    assert store.run(run.id) == run


def test_a_name_that_sqlite_cannot_hold_is_refused_aloud(store: Store) -> None:
    with pytest.raises(StoreError, match="surrogates"):
        store.save_run(a_run(workflow_name="\ud800"))
    assert store.runs() == ()


def test_saving_again_replaces_and_keeps_the_order(store: Store) -> None:
    run = a_run()
    store.save_run(run)
    first, second = a_step(run, node_id="z"), a_step(run, node_id="a")
    store.save_step(first)
    store.save_step(second)
    done = replace(first, status=Status.DONE, output={"v": 1})
    store.save_step(done)
    store.save_run(replace(run, status=Status.DONE))
    assert store.steps(run.id) == (done, second)


def test_attempts_and_passes_are_rows_of_their_own(store: Store) -> None:
    run = a_run()
    store.save_run(run)
    steps = [a_step(run, attempt=1), a_step(run, attempt=2), a_step(run, path="each[0]"), a_step(run, path="each[1]")]
    for step in steps:
        store.save_step(step)
    assert store.steps(run.id) == tuple(steps)


def test_a_step_without_its_run_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        store.save_step(a_step(a_run()))


def test_runs_come_newest_first_by_page_and_filter(store: Store) -> None:
    runs = [
        a_run(
            id=f"{number:04}",
            workflow_id="even" if number % 2 == 0 else "odd",
            status=Status.DONE if number < 5 else Status.FAILED,
        )
        for number in range(10)
    ]
    for run in runs:
        store.save_run(run)
    page = store.runs(limit=4)
    assert [run.id for run in page] == ["0009", "0008", "0007", "0006"]
    assert [run.id for run in store.runs(limit=4, before=page[-1].id)] == ["0005", "0004", "0003", "0002"]
    assert [run.id for run in store.runs(workflow_id="even", status=Status.DONE)] == ["0004", "0002", "0000"]


def test_a_run_is_found_by_the_start_of_its_id(store: Store) -> None:
    for run_id in ("abc1", "abc2", "b%d3"):
        store.save_run(a_run(id=run_id))
    assert store.find_run(" ABC1 ").id == "abc1"
    assert store.find_run("b").id == "b%d3"
    with pytest.raises(AgentError, match="More than one run starts with abc, such as abc2 and abc1"):
        store.find_run("abc")
    for nothing in ("x", "", "%", "abc10"):
        with pytest.raises(AgentError, match="There is no run"):
            store.find_run(nothing)


def test_statistics_count_and_average(store: Store) -> None:
    assert store.statistics().runs == 0
    start = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
    for status, seconds in ((Status.DONE, 1.5), (Status.DONE, 2.5), (Status.FAILED, 9), (Status.STOPPED, 9)):
        end = datetime.fromtimestamp(start.timestamp() + seconds, UTC)
        store.save_run(a_run(status=status, started_at=start, ended_at=end))
    totals = store.statistics()
    assert (totals.runs, totals.ok, totals.failed) == (4, 2, 1)
    assert totals.mean_s == pytest.approx(2.0, abs=0.01)


def test_what_was_saved_is_there_after_opening_again(tmp_path: Path) -> None:
    run = a_run()
    with Store.open(tmp_path / "agent.db") as store:
        store.save_run(run)
    with Store.open(tmp_path / "agent.db") as store:
        assert store.runs() == (run,)
        assert store.check() == ()


def test_many_threads_save_at_once(store: Store) -> None:
    run = a_run()
    store.save_run(run)

    def save(thread: int) -> None:
        for number in range(20):
            store.save_step(a_step(run, node_id=f"n{thread}", attempt=number + 1))

    threads = [threading.Thread(target=save, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    steps = store.steps(run.id)
    assert len(steps) == 160
    for thread_number in range(8):
        own = [step.attempt for step in steps if step.node_id == f"n{thread_number}"]
        assert own == sorted(own)


def test_orphans_are_interrupted_with_their_open_steps(tmp_path: Path) -> None:
    path = tmp_path / "agent.db"
    orphan, over = a_run(status=Status.RUNNING), a_run(status=Status.DONE)
    with Store.open(path, owner="dead") as dead:
        for run in (orphan, over):
            dead.save_run(run)
        dead.save_step(a_step(orphan, node_id="done", status=Status.DONE))
        dead.save_step(a_step(orphan, node_id="open", status=Status.RUNNING))
    with Store.open(path, owner="alive") as store:
        mine = a_run(status=Status.RUNNING)
        store.save_run(mine)
        asked: list[str] = []

        def alive(owner: str) -> bool:
            asked.append(owner)
            return owner == "alive"

        (interrupted,) = store.interrupt_orphans(alive)
        assert sorted(asked) == ["alive", "dead"]
        assert interrupted.id == orphan.id
        assert interrupted.status is Status.INTERRUPTED
        assert interrupted.error is not None
        assert interrupted.ended_at is not None
        assert [step.status.value for step in store.steps(orphan.id)] == ["done", "interrupted"]
        assert store.run(over.id) == over
        assert store.run(mine.id) == mine
        assert store.interrupt_orphans(alive) == ()


def test_a_backup_is_a_whole_database_and_replaces_the_older_one(store: Store, tmp_path: Path) -> None:
    run = a_run()
    store.save_run(run)
    copy = tmp_path / "backups" / "agent.db"
    for _ in range(2):
        assert store.backup(copy) == copy
    assert sorted(path.name for path in copy.parent.iterdir()) == ["agent.db"]
    with Store.open(copy) as restored:
        assert restored.runs() == (run,)


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "agent.db"
    script = (
        "import sys; from pathlib import Path; from agent.store import Store; from agent.core.run import Run, new_id\n"
        "with Store.open(Path(sys.argv[1])) as store:\n"
        "    for _ in range(50): store.save_run(Run(id=new_id(), workflow_id=sys.argv[2], workflow_name='W'))\n"
    )
    processes = [subprocess.Popen([sys.executable, "-c", script, str(path), name]) for name in ("a", "b", "c")]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    with Store.open(path) as store:
        assert [len(store.runs(limit=1000, workflow_id=name)) for name in ("a", "b", "c")] == [50, 50, 50]


def test_opening_and_writing_bring_no_orm(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from agent.store import Store; from agent.core.run import Run, new_id\n"
        "store = Store.open(Path(sys.argv[1])); run = Run(id=new_id(), workflow_id='w', workflow_name='W')\n"
        "store.save_run(run); store.steps(run.id); store.find_run(run.id); store.interrupt_orphans(bool)\n"
        "sys.exit(sum(name in sys.modules for name in ('sqlmodel', 'sqlalchemy')))"
    )
    assert subprocess.run([sys.executable, "-c", script, str(tmp_path / "a.db")], check=False).returncode == 0
