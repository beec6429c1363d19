"""`Desk`: a fake machine with the context of one step, and no real waiting."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from agent.core.action import Container, Pass, PassEnd, Round
from agent.core.context import Context
from agent.core.masks import Masks
from agent.devices.fake import FakeDesktop, FakeVault


class Desk(FakeDesktop):
    """The fakes, the context over them, and what the step did with it. Its clock moves only when a step sleeps."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.vault = FakeVault()
        self.log: list[tuple[str, str]] = []
        self.variables: dict[str, Any] = {}
        self.slept = 0.0
        self.timeout_s = 30.0
        self.on_sleep: Callable[[], None] = lambda: None
        self.before_call: Callable[[], None] = lambda: None
        """What the door's check does: the moment to raise Stop."""
        self.eye.pause = self._sleep
        self.context = Context(
            devices=self.devices,
            eye=self.eye,
            vault=self.vault,
            folder=folder,
            workflow_folder=folder,
            check=self._check,
            sleep=self._sleep,
            remaining=lambda: self.timeout_s - self.slept,
            log=lambda level, text: self.log.append((level, text)),
            set_variable=self.variables.__setitem__,
            masks=Masks(),
            node_id="step",
            now=lambda: self.slept,
        )

    def _check(self) -> None:
        self.before_call()

    def _sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.on_sleep()

    def after_sleeps(self, count: int, happens: Callable[[], None]) -> None:
        """Let something happen during the so-manieth sleep from now."""
        left = count

        def tick() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                happens()

        self.on_sleep = tick

    def drive(self, container: Container, end: Callable[[Pass], PassEnd]) -> tuple[list[Round], Any]:
        """Run a container as the engine does: its rounds, and its result. `end` says how each pass ends."""
        rounds: list[Round] = []
        passes = container.passes(self.context)
        try:
            upcoming = next(passes)
            while True:
                rounds.append(upcoming)
                upcoming = passes.send(tuple(end(each) for each in upcoming.passes))
        except StopIteration as stop:
            return rounds, stop.value
