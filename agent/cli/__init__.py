"""The command line: ``tla``. One file a command family; `main` turns errors into a sentence and an exit code."""

from __future__ import annotations

import sys


def main() -> int:
    """Run ``tla`` with the process's arguments."""
    from agent.devices.person import sentinel

    if sys.argv[1:2] == [sentinel.SENTINEL]:
        return sentinel.main(sys.argv[2])
    from agent.cli.command import run_app

    return run_app(sys.argv[1:])
