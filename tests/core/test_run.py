"""The record: ids that sort by time, statuses that end, times that are aware."""

from __future__ import annotations

import uuid
from datetime import UTC, timedelta

import pytest

from agent.core.run import Run, Status, Step, new_id, now


def test_ids_are_uuids_of_version_7_and_all_different() -> None:
    ids = [new_id() for _ in range(2_000)]
    assert len(set(ids)) == len(ids)
    assert {(uuid.UUID(one).version, uuid.UUID(one).variant) for one in ids} == {(7, uuid.RFC_4122)}


def test_ids_sort_by_the_time_they_were_made() -> None:
    started = [int(new_id().replace("-", "")[:12], 16) for _ in range(500)]
    assert started == sorted(started)
    assert abs(started[-1] / 1000 - now().timestamp()) < 60


@pytest.mark.parametrize("status", list(Status))
def test_a_status_is_final_or_under_way(status: Status) -> None:
    assert status.is_final is (status not in {"waiting", "running", "retrying"})


def test_elapsed_time_ends_with_the_run() -> None:
    run = Run(id="r", workflow_id="w", workflow_name="W")
    assert run.elapsed_s == 0.0
    start = now()
    ended = Run(id="r", workflow_id="w", workflow_name="W", started_at=start, ended_at=start + timedelta(seconds=90))
    assert ended.elapsed_s == 90.0
    running = Run(id="r", workflow_id="w", workflow_name="W", started_at=start - timedelta(hours=1))
    assert running.elapsed_s >= 3600


def test_a_step_is_known_by_run_node_path_and_attempt() -> None:
    step = Step(run_id="r", node_id="n", path="each[3]", attempt=2, action="demo.say")
    assert step.key == ("r", "n", "each[3]", 2)


def test_times_are_aware_and_in_utc() -> None:
    assert now().tzinfo is UTC
    assert Run(id="r", workflow_id="w", workflow_name="W").created_at.tzinfo is UTC
