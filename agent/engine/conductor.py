"""`Conductor`: leads runs through their workflows, in the engine thread. It decides what happens; others do it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from agent.core.action import DONE, FAILED, Action, Registry, Round
from agent.core.errors import ActionError, AgentError, ErrorRecord, StoreError
from agent.core.expression import resolve
from agent.core.run import Status, Step, now
from agent.core.workflow import Node
from agent.engine.attempt import GRACE_S, Outcome, left_out
from agent.engine.crew import Crew, Result
from agent.engine.desk import Desk
from agent.engine.ledger import Ledger
from agent.engine.live import LiveRun, Passes, Scope, State, Task
from agent.engine.loop import Loop

log = logging.getLogger(__name__)


class Conductor:
    """Every decision about the runs under way. Belongs to the engine thread."""

    def __init__(
        self,
        registry: Registry,
        *,
        ledger: Ledger,
        desk: Desk[Task],
        loop: Loop,
        crew: Callable[[Callable[[Task, Result], None]], Crew],
        on_end: Callable[[LiveRun], None],
    ) -> None:
        self._registry = registry
        self._ledger = ledger
        self._desk = desk
        self._loop = loop
        self.crew = crew(self._on_result)
        self._on_end = on_end
        self._parked: set[LiveRun] = set()
        """Those that wait for a desktop which is locked or lost."""

    # -- a run -----------------------------------------------------------------------------------------------

    def begin(self, live: LiveRun) -> None:
        """Start the run's top level."""
        self._desk.enter(live.run)
        if live.stop.is_set():
            return self._end_run(live)
        try:
            live.run = self._ledger.run(replace(live.run, status=Status.RUNNING, started_at=now()))
        except StoreError as error:
            return self.break_off(live, error.record())
        live.root = Scope(live)
        return self._advance(live.root)

    def stop(self, live: LiveRun) -> None:
        """The stop flag is set: end everything, and leave behind what does not react."""
        if live.root is None or live.ended.is_set():
            return
        self._halt(live.root)
        self.crew.let_go_of_keys(live)
        self._loop.after(GRACE_S, live, partial(self._leave_all_behind, live))

    def break_off(self, live: LiveRun, error: ErrorRecord) -> None:
        """Let the run fail at once, whatever its workflow says. Said twice, it ends without further ceremony."""
        if live.breakdown is not None:
            return self._end_run(live)
        live.breakdown = error
        live.stop.set()
        return self.stop(live) if live.root is not None else self._end_run(live)

    def _leave_all_behind(self, live: LiveRun) -> None:
        for task in tuple(live.tasks):
            if task.state is State.RUNNING:
                self.crew.leave_behind(task, Outcome(status=Status.STOPPED))

    def _end_run(self, live: LiveRun) -> None:
        if live.ended.is_set():
            return
        run = replace(live.run, ended_at=now(), error=None)
        root = live.root
        if live.breakdown is not None:
            run = replace(run, status=Status.FAILED, error=live.breakdown)
        elif live.stop.is_set() or root is None:
            run = replace(run, status=Status.STOPPED)
        elif root.error is not None:
            run = replace(run, status=Status.FAILED, error=root.error)
        else:
            try:
                run = replace(run, status=Status.DONE, outputs=resolve(live.workflow.outputs, root.values()))
            except AgentError as error:
                run = replace(run, status=Status.FAILED, error=error.record())
        # First the desktop, then the news: who hears of the end may start the next run.
        self._desk.leave(run.id)
        try:
            live.run = self._ledger.run(run)
        except StoreError as error:
            log.error("The end of run %s could not be recorded: %s", run.id, error)
            run = replace(run, status=Status.FAILED, error=run.error or error.record())
            live.run = self._ledger.announce_run(run)
        self._on_end(live)

    def note_waits(self) -> None:
        """Record which runs can only wait, because the desktop is locked or lost, and which go on. After everything."""
        items, away = self._desk.stranded
        parked = {task.live for task in items if not any(other.state is State.RUNNING for other in task.live.tasks)}
        news, self._parked = parked ^ self._parked, parked
        for live in news:
            if live.run.status.is_final:
                continue
            waits = live in parked
            run = replace(live.run, status=Status.WAITING if waits else Status.RUNNING, error=away if waits else None)
            try:
                live.run = self._ledger.run(run)
            except StoreError as error:
                self.break_off(live, error.record())

    # -- a scope ---------------------------------------------------------------------------------------------

    def _advance(self, scope: Scope) -> None:
        """Start what may start now; end the scope when nothing is left."""
        while ready := scope.schedule.ready():
            scope.schedule.start(ready[0])
            self._enter(scope, scope.live.nodes[ready[0]])
        if scope.schedule.done and not scope.ended:
            scope.ended = True
            # Through the inbox, not called: ten thousand empty passes must not be ten thousand calls deep.
            self._loop.post(scope.live, partial(self._scope_ended, scope))

    def _scope_ended(self, scope: Scope) -> None:
        task = scope.holder
        if task is None:
            return self._end_run(scope.live)
        assert task.passes is not None  # noqa: S101 - the scope is a pass of its round
        task.children.discard(scope)
        end = scope.end()
        task.passes.end(scope.place, end)
        if end.error is not None:
            task.failures.append(end)
        return self._start_passes(task)

    def _halt(self, scope: Scope) -> None:
        """Nothing starts any more in the scope and below it; what is at work comes to its end."""
        if scope.halted:
            return
        scope.halted = True
        scope.schedule.fail()
        for task in tuple(scope.tasks):
            if task.state is State.IN_ROUND:
                for child in tuple(task.children):
                    self._halt(child)
            elif task.state is not State.RUNNING:
                self._give_up(task)
        self._advance(scope)

    # -- a node ----------------------------------------------------------------------------------------------

    def _enter(self, scope: Scope, node: Node) -> None:
        """A node's turn has come: pass it over, or line it up for a thread and what it uses."""
        action = self._registry.get(node.action)
        task = Task(scope, node, action or Action, guarded=not node.policy.run_if)
        scope.tasks.add(task)
        scope.live.tasks.add(task)
        if not node.policy.enabled:
            scope.seen[node.id] = {}
            self._pass_over(task, DONE)
        elif action is None:
            error = ActionError("There is no action {action}.", "Install what brings it along.", action=node.action)
            self._finish(task, Outcome(status=Status.FAILED, error=error.record()))
        else:
            self.crew.line_up(task)

    def _on_result(self, task: Task, result: Result) -> None:
        """A task is back from its thread."""
        if isinstance(result, Round):
            task.state = State.IN_ROUND
            task.passes = Passes(result)
            return self._start_passes(task)
        if result is True and not task.scope.halted:
            task.guarded = True
            return self.crew.line_up(task)
        if isinstance(result, Outcome):
            self._settle(task, result)
        elif result is True:
            self._give_up(task)
        else:
            self._pass_over(task, None)
        return self._advance(task.scope)

    def _settle(self, task: Task, outcome: Outcome) -> None:
        """An attempt is over: try again, or go on."""
        if task.attempt is not None:
            task.step = task.attempt.step
        if outcome.broken and outcome.error is not None and task.live.breakdown is None:
            self.break_off(task.live, outcome.error)
        elif outcome.status is Status.STOPPED and not task.live.stop.is_set():
            # A device said stop (a person pushed the mouse into the corner), not the run.
            task.live.stop.set()
            self.stop(task.live)
        if outcome.away and not task.scope.halted:
            return self._park(task, outcome)
        if not outcome.again or task.scope.halted:
            return self._finish(task, outcome)
        task.attempt = None
        self._record(task, outcome)
        # The record may have failed, and with it the run.
        return self._retry(task) if not task.scope.halted else self._give_up(task)

    def _park(self, task: Task, outcome: Outcome) -> None:
        """The desktop went away under the step: the same attempt is made again when it is back."""
        task.attempt = None
        task.step = replace(task.row(Status.WAITING), error=outcome.error)
        self._save(task.live, task.step)
        return self.crew.line_up(task) if not task.scope.halted else self._give_up(task)

    def _retry(self, task: Task) -> None:
        policy = task.node.policy
        delay_s = 0.0 if self._loop.immediate else policy.delay * policy.backoff ** (task.number - 1)
        task.number += 1
        task.state = State.RETRYING
        task.timer = self._loop.after(delay_s, task.live, partial(self.crew.line_up, task))
        task.step = task.row(Status.RETRYING)
        self._save(task.live, task.step)

    def _finish(self, task: Task, outcome: Outcome) -> None:
        """The node is settled for good: record it, fire its outlet."""
        scope, node = task.scope, task.node
        outlet = self._outlet(task, outcome)
        task.drop()
        self._record(task, outcome, outlet)
        if outcome.status is Status.DONE:
            scope.seen[node.id] = scope.outputs[node.id] = outcome.output
        elif outcome.error is not None:
            scope.seen[node.id] = left_out(outcome.error)
        if outlet is not None:
            return self._save_skipped(scope, scope.schedule.settle(node.id, outlet))
        # What would have come after it is not skipped: nobody decided against it, it was not reached.
        if outcome.error is not None:
            scope.fail(task, outcome.error, outcome.screenshot)
        self._halt(scope)
        return scope.schedule.withdraw(node.id)

    def _outlet(self, task: Task, outcome: Outcome) -> str | None:
        """What fires; None when the scope cannot go on."""
        if outcome.status is Status.DONE:
            return outcome.outlet
        if outcome.status is not Status.FAILED or outcome.broken:
            return None
        if task.node.policy.on_error == "continue":
            return DONE
        return FAILED if task.scope.schedule.leads(task.node.id, FAILED) else None

    def _pass_over(self, task: Task, outlet: str | None) -> None:
        """The node does not run: it is disabled (and as if done), or its `run_if` said no."""
        task.drop()
        self._save(task.live, task.row(Status.SKIPPED, outlet or ""))
        self._save_skipped(task.scope, task.scope.schedule.settle(task.node.id, outlet))

    def _give_up(self, task: Task) -> None:
        """The scope is halted and this node not at work: it stays undone."""
        self.crew.withdraw(task)
        task.drop()
        if task.attempt is not None:
            task.step = task.attempt.step
        if task.step is not None and not task.step.status.is_final:
            self._record(task, Outcome(status=Status.STOPPED))
        task.scope.schedule.withdraw(task.node.id)

    def _start_passes(self, task: Task) -> None:
        """Start the passes that may run now; when the round is over, let the container move on."""
        passes = task.passes
        assert passes is not None  # noqa: S101 - the callers are inside a round
        if task.scope.halted:
            passes.close()
        while (following := passes.next()) is not None:
            place, pass_ = following
            child = Scope(
                task.live,
                holder=task,
                section=pass_.section,
                place=place,
                path=f"{task.scope.path}/{task.node.id}[{task.passed}]".removeprefix("/"),
                variables=pass_.variables,
            )
            task.passed += 1
            task.children.add(child)
            self._advance(child)
        if passes.over and not task.scope.halted:
            self.crew.line_up(task)
        elif passes.over:
            self._give_up(task)
            self._advance(task.scope)

    # -- the record ------------------------------------------------------------------------------------------

    def _record(self, task: Task, outcome: Outcome, outlet: str | None = None) -> None:
        task.step = replace(
            task.step or task.row(),
            status=outcome.status,
            outlet=outlet or "",
            output=outcome.output,
            error=outcome.error,
            screenshot=outcome.screenshot,
            cached=outcome.cached,
            ended_at=now(),
        )
        self._save(task.live, task.step)

    def _save(self, live: LiveRun, step: Step) -> None:
        """Record and announce it. When the record cannot be written, the run breaks off, but the news is told."""
        try:
            self._ledger.step(step)
        except StoreError as error:
            self._ledger.announce_step(step)
            if live.breakdown is None:
                self.break_off(live, error.record())

    def _save_skipped(self, scope: Scope, node_ids: Iterable[str]) -> None:
        for node_id in node_ids:
            node = scope.live.nodes[node_id]
            action = self._registry.get(node.action) or Action
            self._save(scope.live, Task(scope, node, action).row(Status.SKIPPED))
