"""`Crew`: puts nodes on step threads when it is their turn, and leaves behind those that do not react."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial

from agent.core.action import DESKTOP, Container, Round
from agent.core.context import Context, Eye, Vault
from agent.core.devices import Devices
from agent.core.errors import AgentError
from agent.core.run import Status
from agent.engine.arbiter import Claim
from agent.engine.attempt import Attempt, Outcome, is_wanted
from agent.engine.cache import ResultCache
from agent.engine.clock import Clock
from agent.engine.desk import POLL_S, Desk
from agent.engine.ledger import Ledger
from agent.engine.live import LiveRun, State, Task
from agent.engine.loop import Loop
from agent.engine.presence import Presence
from agent.engine.way import RightOfWay, StepWay

log = logging.getLogger(__name__)

Result = Outcome | Round | bool
"""What comes back: how an attempt ended, a container's next round, or what `run_if` said."""


class Crew:
    """Between the conductor, which decides, and the attempts, which do. Belongs to the engine thread."""

    def __init__(
        self,
        devices: Devices,
        eye: Eye,
        vault: Vault,
        *,
        ledger: Ledger,
        cache: ResultCache,
        desk: Desk[Task],
        presence: Presence,
        loop: Loop,
        right: RightOfWay,
        on_result: Callable[[Task, Result], None],
    ) -> None:
        self._devices = devices
        self._eye = eye
        self._vault = vault
        self._ledger = ledger
        self._cache = cache
        self._desk = desk
        self._presence = presence
        self._loop = loop
        self._right = right
        self._on_result = on_result
        self._is_polling = False

    def line_up(self, task: Task) -> None:
        """The task wants its turn: for its guard, its attempt, or a container's next move."""
        # A container works with a thread only: the desktop is for its children. So does the question of run_if.
        itself = task.guarded and not issubclass(task.action, Container)
        task.state = State.QUEUED
        task.claim = self._desk.claim(
            task,
            run_id=task.live.run.id,
            uses=task.action.info.uses if itself else (),
            priority=task.node.policy.priority,
            sees=itself and task.action.info.needs_display,
        )

    def withdraw(self, task: Task) -> None:
        """The task is not at work and shall not be."""
        if task.claim is not None:
            self._desk.withdraw(task.claim)
        self._loop.cancel(task.timer)
        if task.attempt is not None:  # a container between two moves
            self._loop.work(task.attempt.close)

    def give_turns(self) -> None:
        """Let everybody begin who can. Called after everything that may have changed that."""
        granted, refused = self._desk.grant()
        for task in granted:
            self._loop.do(task.live, partial(self._dispatch, task))
        for task, error in refused:
            if task in task.live.tasks:  # the refusal of one before it may have ended its scope
                outcome = Outcome(status=Status.FAILED, error=error)
                self._loop.do(task.live, partial(self._on_result, task, outcome))
        if self._desk.is_polling and not self._is_polling:
            self._is_polling = True
            self._loop.after(POLL_S, None, self._poll)

    def _poll(self) -> None:
        self._is_polling = False  # give_turns follows, as after everything

    def let_go_of_keys(self, live: LiveRun) -> None:
        """Release what is held down, if it may be this run that holds it."""
        if self._desk.has_desktop(live.run.id):
            self._loop.work(self._devices.input.release_all)

    def leave_behind(self, task: Task, outcome: Outcome) -> None:
        """The task's thread does not react: go on without it. It keeps what it uses until it returns."""
        claim = task.claim
        assert claim is not None  # noqa: S101 - a task at work has had its turn
        self._loop.cancel(task.timer)
        task.claim = None
        self._desk.leave_behind(claim)
        if task.attempt is not None:
            task.attempt.leave_behind()
        kept = ", ".join(sorted(claim.uses))
        log.warning(
            "%s in run %s does not react and is left behind (with: %s).", task.node.id, claim.run_id, kept or "-"
        )
        if kept:
            self._ledger.line(
                claim.run_id, task.node.id, "warning", f"Does not react; until it does, nobody else can use: {kept}."
            )
        if DESKTOP in claim.uses:
            self._loop.work(self._devices.input.release_all)
        self._on_result(task, outcome)

    # -- at work ---------------------------------------------------------------------------------------------

    def _dispatch(self, task: Task) -> None:
        claim = task.claim
        assert claim is not None  # noqa: S101 - it was granted just now
        task.state = State.RUNNING
        work: Callable[[], Result]
        if not task.guarded:
            work = partial(_ask, task)
        else:
            task.attempt = attempt = task.attempt or self._attempt(task)
            work = attempt.perform
            if issubclass(task.action, Container):
                work = partial(attempt.move, task.passes.ends() if task.passes else None)
            self._watch(task, attempt)
        self._loop.work(partial(self._work_on, task, claim, work))

    def _work_on(self, task: Task, claim: object, work: Callable[[], Result]) -> None:
        """On a step thread: do it, and tell the engine thread in any case."""
        result: Result | None = None
        try:
            result = work()
        finally:
            self._loop.post(task.live, partial(self._worked, task, claim, result))

    def _worked(self, task: Task, claim: object, result: Result | None) -> None:
        assert isinstance(claim, Claim)  # noqa: S101 - see _dispatch
        self._desk.release(claim)
        if task.claim is not claim:
            log.warning("%s in run %s has come back at last.", task.node.id, task.live.run.id)
            return
        task.claim = None
        self._loop.cancel(task.timer)
        if result is None:
            raise RuntimeError(f"The thread of {task.node.id} was torn down.")
        self._on_result(task, result)

    def _watch(self, task: Task, attempt: Attempt) -> None:
        left = attempt.overdue_in()
        task.timer = None
        if left < threading.TIMEOUT_MAX:
            task.timer = self._loop.after(left, task.live, partial(self._overdue, task, attempt))

    def _overdue(self, task: Task, attempt: Attempt) -> None:
        if attempt.overdue_in() > 0:
            return self._watch(task, attempt)
        keeps = task.claim is not None and bool(task.claim.uses)
        return self.leave_behind(task, attempt.given_up(keeps=keeps))

    def _attempt(self, task: Task) -> Attempt:
        live, node = task.live, task.node
        clock = Clock(live.stop)
        acts = DESKTOP in task.action.info.uses and not issubclass(task.action, Container)
        way = StepWay(self._right, live.run.id, live.trail, stop=live.stop, clock=clock) if acts else None
        context = Context(
            devices=self._devices,
            eye=self._eye,
            vault=self._vault,
            folder=live.folder,
            workflow_folder=live.workflow_folder,
            check=clock.check,
            sleep=clock.sleep,
            remaining=clock.remaining,
            log=partial(self._ledger.line, live.run.id, node.id),
            set_variable=live.variables.set,
            masks=live.masks,
            run_id=live.run.id,
            node_id=node.id,
            now=clock.now,
            way=way,
        )
        return Attempt(
            node,
            task.action,
            task.step or task.row(),
            task.scope.values(),
            context=context,
            clock=clock,
            ledger=self._ledger,
            cache=self._cache,
            release_keys=self._devices.input.release_all,
            may_picture=partial(self._desk.left_alone, live.run.id),
            away_since=self._presence.away_since,
            way=way,
        )


def _ask(task: Task) -> bool | Outcome:
    """On a step thread: what the node's `run_if` says."""
    try:
        return is_wanted(task.node, task.scope.values())
    except AgentError as error:
        return Outcome(status=Status.FAILED, error=error.record())
