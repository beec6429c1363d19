"""What can be wrong with a database file, each with its sentence; the file itself is never touched for it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.core.errors import StoreError
from agent.core.run import Run, Step, new_id
from agent.store import Store


def a_run() -> Run:
    return Run(id=new_id(), workflow_id="w", workflow_name="W")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, 2 MB large."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux can mount a small disk")
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], check=False).returncode != 0:
        pytest.skip("mounting is not allowed here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_damaged_file_is_named_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "agent.db"
    path.write_bytes(b"this is no database, but something that somebody may want back" * 100)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="is damaged") as caught:
        Store.open(path)
    assert "backup" in caught.value.hint
    assert path.read_bytes() == before


def test_damage_in_the_middle_is_found(tmp_path: Path) -> None:
    path = tmp_path / "agent.db"
    with Store.open(path) as store:
        run = a_run()
        store.save_run(run)
        for number in range(300):
            store.save_step(Step(run_id=run.id, node_id=f"n{number}", action="x.y", inputs={"text": "x" * 200}))
    data = bytearray(path.read_bytes())
    for page in range(3, len(data) // 4096, 2):
        data[page * 4096 : page * 4096 + 512] = b"\xff" * 512
    path.write_bytes(data)
    with Store.open(path) as store:
        assert store.check() != ()
        with pytest.raises(StoreError, match="is damaged"):
            store.steps(run.id)


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    (tmp_path / "agent.db").touch()
    with Store.open(tmp_path / "agent.db") as store:
        assert store.runs() == ()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be reached"):
        Store.open(tmp_path / "file" / "agent.db")


def test_a_folder_instead_of_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "agent.db").mkdir()
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(tmp_path / "agent.db")


def test_a_read_only_disk_is_named(small_disk: Path) -> None:
    with Store.open(small_disk / "agent.db"):
        pass
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(StoreError, match="read-only"):
        Store.open(small_disk / "agent.db").save_run(a_run())


def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    if os.name != "posix" or os.geteuid() == 0:
        pytest.skip("nothing is read-only for root")
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match=r"cannot be (opened|reached|written)"):
        Store.open(tmp_path / "agent.db")
    tmp_path.chmod(0o700)


def test_a_full_disk_is_named_and_what_was_saved_stays(small_disk: Path) -> None:
    path = small_disk / "agent.db"
    run = a_run()
    saved = 0
    with Store.open(path) as store:
        store.save_run(run)
        with pytest.raises(StoreError, match="The disk is full"):
            while True:
                store.save_step(Step(run_id=run.id, node_id=f"n{saved}", action="x.y", inputs={"text": "x" * 20_000}))
                saved += 1
        assert saved > 10
        assert len(store.steps(run.id)) == saved
    with Store.open(path) as store:
        assert len(store.steps(run.id)) == saved
        assert store.check() == ()


def test_a_database_that_may_not_grow_is_a_full_disk(tmp_path: Path) -> None:
    with Store.open(tmp_path / "agent.db") as store:
        run = a_run()
        store.save_run(run)
        store._commits._connection.execute("PRAGMA max_page_count = 20")
        with pytest.raises(StoreError, match="The disk is full"):
            store.save_step(Step(run_id=run.id, node_id="n", action="x.y", inputs={"text": "x" * 200_000}))
        assert store.steps(run.id) == ()


def test_a_lock_that_lasts_too_long_is_named(tmp_path: Path) -> None:
    path = tmp_path / "agent.db"
    with Store.open(path) as store:
        viewer = sqlite3.connect(path, isolation_level=None)
        viewer.execute("BEGIN IMMEDIATE")
        store._commits._connection.execute("PRAGMA busy_timeout = 10")
        with pytest.raises(StoreError, match=r"kept the database .* locked") as caught:
            store.save_run(a_run())
        assert "database viewer" in caught.value.hint
        viewer.execute("ROLLBACK")
        viewer.close()
        store.save_run(a_run())


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "agent.db")
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.save_run(a_run())
