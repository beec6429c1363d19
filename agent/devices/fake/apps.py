"""`FakeApps`: processes that exist only here."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent.core.devices import Check
from agent.core.errors import ActionError, NotInTime


@dataclass(slots=True, eq=False)
class FakeProcess:
    """A program that was launched."""

    pid: int
    command: tuple[str, ...]
    folder: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    parent: int = 0
    exit_code: int | None = None
    stubborn: bool = False
    """Whether it does not end when asked politely."""

    @property
    def name(self) -> str:
        """The program's file name."""
        return Path(self.command[0]).name


class FakeApps:
    """Processes that exist only here. `on_launch` may open a window for each."""

    def __init__(self) -> None:
        self.processes: dict[int, FakeProcess] = {}
        self.missing: set[str] = set()
        """Programs that are not installed."""
        self.on_launch: Callable[[FakeProcess], None] | None = None
        self._pids = itertools.count(5001)

    def launch(
        self, command: Sequence[str], *, folder: Path | None = None, environment: Mapping[str, str] | None = None
    ) -> int:
        """A new process."""
        if command[0] in self.missing:
            raise ActionError(
                "There is no program {command}.", "Install it, or give its whole path.", command=command[0]
            )
        process = FakeProcess(next(self._pids), tuple(command), folder, dict(environment or {}))
        self.processes[process.pid] = process
        if self.on_launch is not None:
            self.on_launch(process)
        return process.pid

    def family(self, pid: int) -> frozenset[int]:
        """The process and its descendants that are alive."""
        alive = {each.pid: each.parent for each in self.processes.values() if each.exit_code is None}
        found = {pid} & alive.keys()
        while more := {child for child, parent in alive.items() if parent in found} - found:
            found |= more
        return frozenset(found)

    def find(self, name: str) -> tuple[int, ...]:
        """Those alive with this program name."""
        return tuple(each.pid for each in self.processes.values() if each.exit_code is None and each.name == name)

    def end(self, pid: int, *, force: bool = False, wait_s: float = 5.0, check: Check = lambda: None) -> int | None:
        """End it at once; a stubborn one only by force."""
        check()
        process = self.processes.get(pid)
        if process is None:
            return None
        if process.exit_code is None:
            if process.stubborn and not force:
                raise NotInTime(
                    "The process {pid} was still there after {wait_s} s.", "Use force.", pid=pid, wait_s=wait_s
                )
            process.exit_code = -9 if force else 0
        return process.exit_code
