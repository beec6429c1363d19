"""Programs beyond the contract: what they inherit, their exit codes, their families."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from agent.core.errors import ActionError
from agent.devices.apps import SystemApps, is_alive, this_process
from tests.devices.device_contracts import SLEEPER, until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the scripts are for a POSIX shell")


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


@pytest.fixture
def apps() -> SystemApps:
    return SystemApps()


def test_a_program_gets_its_folder_and_environment(apps: SystemApps, tmp_path: Path) -> None:
    code = "import os, pathlib; pathlib.Path('told').write_text(os.environ['GREETING'])"
    apps.launch(_python(code), folder=tmp_path, environment={"GREETING": "grüß"})
    until(lambda: (tmp_path / "told").exists() and (tmp_path / "told").read_text() == "grüß")


def test_a_program_gets_nothing_of_ours_but_empty_streams(apps: SystemApps, tmp_path: Path) -> None:
    code = "import os, sys; open('told', 'w').write(f'{sys.stdin.read()!r} {os.getsid(0) == os.getpid()}')"
    with (tmp_path / "secret").open("w") as secret:
        os.set_inheritable(secret.fileno(), True)
        pid = apps.launch(_python(f"{code}; os.fstat({secret.fileno()})"), folder=tmp_path)
        until(lambda: not apps.family(pid))
    assert (tmp_path / "told").read_text() == "'' True"
    assert apps.end(pid) == 1  # fstat failed: the file is not open there


def test_the_exit_code_is_told_and_no_zombie_stays(apps: SystemApps) -> None:
    pid = apps.launch(_python("raise SystemExit(7)"))
    until(lambda: not apps.family(pid))
    assert apps.end(pid) == 7
    until(lambda: not Path(f"/proc/{pid}").exists())


def test_what_a_starter_script_leaves_belongs_to_the_family(apps: SystemApps) -> None:
    pid = apps.launch(["/bin/sh", "-c", f"{sys.executable} -c 'import time; time.sleep(600)' & exit 0"])
    until(lambda: pid not in apps.family(pid))
    (left,) = apps.family(pid)
    assert left != pid
    apps.end(pid, force=True)
    assert apps.family(pid) == frozenset()


def test_force_ends_the_children_too(apps: SystemApps) -> None:
    pid = apps.launch(["/bin/sh", "-c", f"{sys.executable} -c 'import time; time.sleep(600)'; true"])
    until(lambda: len(apps.family(pid)) == 2)
    apps.end(pid, force=True)
    assert apps.family(pid) == frozenset()


def test_a_polite_end_takes_what_the_program_has_started_with_it(apps: SystemApps) -> None:
    pid = apps.launch(["/bin/sh", "-c", f"{sys.executable} -c 'import time; time.sleep(600)'; true"])
    until(lambda: len(apps.family(pid)) == 2)
    apps.end(pid)
    assert apps.family(pid) == frozenset()


@pytest.mark.parametrize("command", [[], ["\0"]])
def test_what_cannot_be_started_is_a_sentence(apps: SystemApps, command: list[str]) -> None:
    with pytest.raises(ActionError, match=r"cannot be started: .+\."):
        apps.launch(command)


def test_a_file_that_is_no_program_is_told(apps: SystemApps) -> None:
    with pytest.raises(ActionError, match=r"The file /etc/passwd may not be executed\.") as caught:
        apps.launch(["/etc/passwd"])
    assert "executable" in caught.value.hint


def test_a_missing_folder_is_not_taken_for_a_missing_program(apps: SystemApps, tmp_path: Path) -> None:
    with pytest.raises(ActionError, match="There is no folder"):
        apps.launch(SLEEPER, folder=tmp_path / "nowhere")


def test_the_system_and_ourselves_are_not_ended(apps: SystemApps) -> None:
    for pid in (0, 1, os.getpid()):
        with pytest.raises(ActionError, match="not for a workflow to end"):
            apps.end(pid, force=True)


def test_this_process_is_alive_and_its_number_alone_is_not_enough() -> None:
    assert is_alive(this_process())
    assert not is_alive(f"{os.getpid()}@1000.0")
    assert not is_alive("999999@1.0")
    assert not is_alive("no process")
