"""PySide6 6.12.0 drops one reference to None on every void call under Python 3.11, and then the interpreter aborts."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import requires

import pytest
from packaging.requirements import Requirement

CALLS = 2_000
DRIFT = f"""
import sys
from PySide6.QtCore import QCoreApplication, QTimer
app, timer = QCoreApplication([]), QTimer()
before = sys.getrefcount(None)
for _ in range({CALLS}):
    timer.stop()
print(before - sys.getrefcount(None))
"""


def test_the_metadata_keep_the_broken_version_out() -> None:
    pins = [pin for pin in map(Requirement, requires("trusted-login-agent") or ()) if "pyside6" in pin.name.lower()]
    assert pins
    for pin in pins:
        assert not pin.specifier.contains("6.12.0") and not pin.specifier.contains("6.12.1")
        assert pin.specifier.contains("6.8.0") and pin.specifier.contains("6.11.3")


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12")
def test_void_calls_do_not_eat_none() -> None:
    # In a process of its own: the broken version would take the tests down with it.
    told = subprocess.run(
        [sys.executable, "-c", DRIFT],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert int(told.stdout) < 100
