"""`Engine`: runs workflows, many at once. The public face; what it is made of lies in the modules beside it."""

from __future__ import annotations

import logging
import math
import time
from collections import OrderedDict
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Self

from agent.core.action import Registry
from agent.core.context import Eye, Vault
from agent.core.devices import Devices, Manners, PersonSign
from agent.core.errors import ErrorRecord, StoreError
from agent.core.events import EventBus
from agent.core.journal import DesktopLease, Journal, Redact
from agent.core.run import Run, Status, new_id, now
from agent.core.workflow import Workflow
from agent.engine.cache import ResultCache
from agent.engine.conductor import Conductor
from agent.engine.crew import Crew
from agent.engine.desk import Desk
from agent.engine.ledger import Ledger
from agent.engine.live import LiveRun, Task
from agent.engine.loop import Loop
from agent.engine.presence import Presence
from agent.engine.way import RightOfWay

log = logging.getLogger(__name__)

REMEMBERED = 1000
"""Runs that are over and that `run_of` still knows; the store has all."""


class Engine:
    """Thread-safe. Start a workflow, wait for it, stop it; everything else is heard on the bus.

    One thread decides, step threads do. A run's steps and their outcomes are in the journal before the bus tells
    of them. With `immediate`, `start` does the whole run in the caller's thread and returns it when it is over:
    for tests.
    """

    def __init__(  # noqa: PLR0917 - each part has a type of its own, so they cannot be mixed up
        self,
        registry: Registry,
        devices: Devices,
        eye: Eye,
        vault: Vault,
        journal: Journal,
        bus: EventBus,
        lease: DesktopLease,
        redact: Redact,
        *,
        manners: Manners | None = None,
        threads: int = 64,
        immediate: bool = False,
    ) -> None:
        self.cache = ResultCache()
        self._ledger = Ledger(journal, bus, redact)
        self._runs: OrderedDict[str, LiveRun | Run] = OrderedDict()
        self._closed = False
        presence = self._presence = Presence(
            devices.session, immediate=immediate, tell=lambda: self._loop.post(None, desk.look_again)
        )
        desk: Desk[Task] = Desk(threads, lease, bus, presence)
        self._loop = Loop(immediate=immediate, after_each=self._after_each, on_fault=self._on_fault)
        self._right = RightOfWay(
            devices, bus, manners or Manners(), work=self._loop.work, on_stop=self._stop_for_the_person
        )
        crew = partial(
            Crew,
            devices,
            eye,
            vault,
            ledger=self._ledger,
            cache=self.cache,
            desk=desk,
            presence=presence,
            loop=self._loop,
            right=self._right,
        )
        self._conductor = Conductor(
            registry,
            ledger=self._ledger,
            desk=desk,
            loop=self._loop,
            crew=lambda on_result: crew(on_result=on_result),
            on_end=self._on_end,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def start(
        self,
        workflow: Workflow,
        inputs: Mapping[str, Any],
        *,
        folder: Path,
        workflow_folder: Path,
        by_hand: bool = False,
    ) -> Run:
        """Start a run of a workflow without problems and with checked inputs; returns it at once.

        `by_hand` says that the person has just clicked for it, and may still be moving the mouse.
        `folder` is the run's own, made when it is not there. A run that cannot even be recorded comes back as
        failed, with nothing done.
        """
        if self._closed:
            raise RuntimeError("The engine is closed.")
        run = Run(
            id=new_id(),
            workflow_id=workflow.id,
            workflow_name=workflow.name,
            inputs=dict(inputs),
            folder=str(folder),
        )
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            run = self._ledger.run(run)
        except (StoreError, OSError) as error:
            return self._stillborn(run, error)
        live = LiveRun(run, workflow, inputs, workflow_folder, self._right.begin_run(by_hand=by_hand))
        self._runs[run.id] = live
        self._loop.post(live, partial(self._conductor.begin, live))
        if self._loop.immediate:
            self._loop.drive(live.ended)
        return live.run

    def wait(self, run_id: str, timeout_s: float | None = None) -> Run:
        """Wait until the run is over, or the time is, and return it as it is then. Raises KeyError.

        Not from a bus listener: it would wait for itself.
        """
        live = self._runs[run_id]
        if isinstance(live, Run):
            return live
        until = math.inf if timeout_s is None else time.monotonic() + timeout_s
        # In small pieces, because on Windows Ctrl+C does not wake a wait (https://bugs.python.org/issue35935).
        while not live.ended.wait(max(0.0, min(0.1, until - time.monotonic()))):
            if time.monotonic() >= until:
                break
        return live.run

    def run_of(self, run_id: str) -> Run:
        """The run as it is now; the engine knows those under way and the latest that are over. Raises KeyError."""
        live = self._runs[run_id]
        return live.run if isinstance(live, LiveRun) else live

    @property
    def under_way(self) -> tuple[Run, ...]:
        """The runs that are not over, in the order they were started."""
        return tuple(live.run for live in self._live())

    def stop(self, run_id: str) -> None:
        """End a run now; nothing happens when it is over or unknown. Returns at once.

        No further device call is made, held keys are let go, and within 200 ms the run is over. A step that does
        not react is left behind, and keeps what it uses until it returns.
        """
        live = self._runs.get(run_id)
        if isinstance(live, LiveRun):
            live.stop.set()
            self._loop.post(live, partial(self._conductor.stop, live))

    def stop_all(self) -> None:
        """`stop` for every run."""
        for live in self._live():
            self.stop(live.run.id)

    def go_on(self) -> None:
        """What has halted because the person used mouse or keyboard goes on now, without waiting for their rest."""
        self._right.go_on()

    def close(self) -> None:
        """Stop all runs, wait until they are recorded, end the threads. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        self.stop_all()
        for live in self._live():
            if not live.ended.wait(2.0):
                log.warning("Run %s did not end in time.", live.run.id)
        self._right.close()
        self._presence.close()
        self._loop.close()

    # -- inside ----------------------------------------------------------------------------------------------

    def _live(self) -> list[LiveRun]:
        return [live for live in tuple(self._runs.values()) if isinstance(live, LiveRun)]

    def _stillborn(self, run: Run, error: StoreError | OSError) -> Run:
        """A run that cannot be recorded: it fails before anything was done."""
        if isinstance(error, OSError):
            error = StoreError(
                "The folder {folder} of the run cannot be made: {reason}.",
                "Free some space, or name another folder in the environment variable TLA_HOME. Nothing was done yet.",
                folder=run.folder,
                reason=error.strerror or error,
            )
        at = now()
        run = Run(
            id=run.id,
            workflow_id=run.workflow_id,
            workflow_name=run.workflow_name,
            status=Status.FAILED,
            inputs=run.inputs,
            error=error.record(),
            folder=run.folder,
            created_at=run.created_at,
            started_at=at,
            ended_at=at,
        )
        return self._remember(self._ledger.announce_run(run))

    def _on_end(self, live: LiveRun) -> None:
        """In the engine thread: the run is recorded and announced."""
        self._remember(live.run)
        self._right.end_run()
        live.ended.set()

    def _remember(self, run: Run) -> Run:
        self._runs[run.id] = run
        while len(self._runs) > REMEMBERED and isinstance(next(iter(self._runs.values())), Run):
            self._runs.popitem(last=False)
        return run

    def _stop_for_the_person(self, sign: PersonSign) -> None:
        by = "the stop keys" if sign == "stop_keys" else "the pointer in the stop corner"
        for live in self._live():
            self.stop(live.run.id)
            self._ledger.line(live.run.id, "", "warning", f"Stopped by the person: {by}.")

    def _after_each(self) -> None:
        self._conductor.crew.give_turns()
        self._conductor.note_waits()

    def _on_fault(self, live: LiveRun) -> None:
        """The engine itself failed on this run: the run must not be left running for ever."""
        self._conductor.break_off(
            live,
            ErrorRecord(
                "EngineFault",
                "The program met an unexpected error and broke the run off.",
                "The log file tells more. Please report it.",
            ),
        )
