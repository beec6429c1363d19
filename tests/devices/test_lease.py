"""The desktop's lease, between processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.core.errors import DeviceError
from agent.devices.lease import FileLease, desktop_key, desktop_lease

HOLD = """
import sys
from pathlib import Path
from agent.devices.lease import FileLease
lease = FileLease(Path(sys.argv[1]), "desk")
print(repr(lease.take("the other run (process 4711)")), flush=True)
sys.stdin.readline()
if sys.argv[2] == "politely":
    lease.give_back()
    print("back", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def _holder(folder: Path, how: str = "until death") -> Iterator[subprocess.Popen[str]]:
    """Another process that has the lease."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder), how], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "''\n"
        try:
            yield process
        finally:
            process.kill()


def test_the_second_process_reads_who_has_the_desktop(tmp_path: Path) -> None:
    lease = FileLease(tmp_path, "desk")
    with _holder(tmp_path):
        assert lease.take("ours") == "the other run (process 4711)"


def test_the_lease_of_a_killed_process_is_free(tmp_path: Path) -> None:
    lease = FileLease(tmp_path, "desk")
    with _holder(tmp_path) as other:
        other.kill()
        other.wait()
        assert lease.take("ours") == ""
    lease.give_back()


def test_a_lease_that_is_given_back_can_be_taken(tmp_path: Path) -> None:
    lease = FileLease(tmp_path, "desk")
    with _holder(tmp_path, "politely") as other:
        assert lease.take("ours") != ""
        assert other.stdin is not None
        assert other.stdout is not None
        other.stdin.write("\n")
        other.stdin.flush()
        assert other.stdout.readline() == "back\n"
        assert lease.take("ours") == ""
        assert lease.take("ours again") == ""
    lease.give_back()
    lease.give_back()


def test_two_desktops_are_two_leases(tmp_path: Path) -> None:
    one, other = FileLease(tmp_path, "one"), FileLease(tmp_path, "other")
    assert (one.take("a"), other.take("b")) == ("", "")
    one.give_back()
    other.give_back()


def test_the_folder_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir(mode=0o777)
    lease = FileLease(folder, "desk")
    lease.take("ours")
    lease.give_back()
    assert folder.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DeviceError, match=r"lock file .* cannot be written"):
        FileLease(tmp_path / "file" / "desktop", "desk").take("ours")


def test_the_key_is_the_display_without_its_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":7.1")
    key = desktop_key()
    monkeypatch.setenv("DISPLAY", ":7")
    assert desktop_key() == key
    monkeypatch.setenv("DISPLAY", ":8")
    assert desktop_key() != key
    assert "/" not in key
    assert ":" not in key


def test_the_users_lease_lies_in_his_state_folder(tmp_path: Path) -> None:
    lease = desktop_lease()
    assert lease.take("ours") == ""
    assert list(tmp_path.rglob("*.holder"))
    lease.give_back()
