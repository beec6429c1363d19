"""`Attempt`: one try at one node, from its parameters to its outcome. The order is written here once, to be read."""

from __future__ import annotations

import logging
import math
import re
import threading
import time
import traceback
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from agent.core.action import DESKTOP, Action, Container, PassEnd, Round
from agent.core.context import Context
from agent.core.errors import (
    ActionError,
    AgentError,
    AmbiguousTarget,
    Disturbed,
    ErrorRecord,
    StepTimeout,
    Stop,
    StoreError,
    fill,
)
from agent.core.expression import evaluate, resolve
from agent.core.run import Status, Step, now
from agent.core.workflow import Node
from agent.engine.cache import ResultCache
from agent.engine.clock import Clock
from agent.engine.ledger import Ledger
from agent.engine.way import StepWay

log = logging.getLogger(__name__)

T = TypeVar("T")

GRACE_S = 0.1
"""How long after a stop or its deadline a step may take to come back before it is left behind."""

EVIDENCE_S = 3.0
"""How long a step that has come back may take to keep its screenshot."""

CANDIDATES = "They are numbered in the picture {picture}."

NOT_AGAIN = "It was not tried again, because it may have acted already."


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an attempt ended."""

    status: Status
    outlet: str = ""
    output: dict[str, Any] = field(default_factory=dict)
    """All of it, for expressions; the journal may get less."""
    error: ErrorRecord | None = None
    screenshot: str = ""
    cached: bool = False
    again: bool = False
    """Whether another attempt makes sense and is allowed."""
    away: bool = False
    """The desktop was locked or lost meanwhile: that is no failure, and the attempt is made when it is back."""
    broken: bool = False
    """The intent could not be recorded, so nothing was done and the run must not go on."""


class Attempt:
    """One try. `perform` (for a container: `move`) runs on a step thread, everything else belongs to the engine."""

    def __init__(
        self,
        node: Node,
        action_type: type[Action],
        step: Step,
        values: dict[str, Any],
        *,
        context: Context,
        clock: Clock,
        ledger: Ledger,
        cache: ResultCache,
        release_keys: Callable[[], None],
        may_picture: Callable[[], AbstractContextManager[bool]],
        away_since: Callable[[float], ErrorRecord | None],
        way: StepWay | None = None,
    ) -> None:
        self.node = node
        self.step = step
        """The row; with the parameters once the intent is recorded."""
        self.clock = clock
        self.context = context
        self._returned_at = 0.0
        """When the action came back (monotonic); after that only the evidence is kept."""
        self._type = action_type
        self._values = values
        self._ledger = ledger
        self._cache = cache
        self._release_keys = release_keys
        self._may_picture = may_picture
        self._away_since = away_since
        self._way = way
        self._generator: Generator[Round, tuple[PassEnd, ...], BaseModel] | None = None
        self._action: Action | None = None
        self._started = 0.0
        self._recording = threading.Lock()
        self._left_behind = False

    # -- the story of a step -------------------------------------------------------------------------------

    def perform(self) -> Outcome:
        """Parameters, cache, intent, clock, action, outcome. Never raises an Exception."""
        with self._way.at_work() if self._way is not None else nullcontext():
            return self._guard(self._perform)

    def _perform(self) -> Outcome:
        self.clock.check()
        action = self._resolved()
        policy = self.node.policy
        if known := self._cache.get(action, policy.cache_for):
            return Outcome(status=Status.DONE, outlet=known.outlet, output=known.output, cached=True)
        self._intend(action)
        if policy.screenshot == "before_after":
            self._picture("before")
        self._action = action
        self._started = time.monotonic()
        self.clock.start(policy.timeout)
        result = self._run(action)
        if self._type.info.effect == "pure" and (away := self._absence()) is not None:
            return self._parked(away)  # what it saw was the lock, and says nothing about what it looked for
        outcome = self._done(action, result)
        if policy.screenshot == "before_after":
            outcome = replace(outcome, screenshot=self._picture("after"))
        self._cache.put(action, policy.cache_for, outcome.output, outcome.outlet)
        return outcome

    def move(self, ends: tuple[PassEnd, ...] | None) -> Round | Outcome:
        """One move of a container: from its start (None) or the end of a round to the next round or its end."""
        self._returned_at = 0.0
        return self._guard(lambda: self._move(ends))

    def _move(self, ends: tuple[PassEnd, ...] | None) -> Round | Outcome:
        try:
            self.clock.check()
            if ends is None:
                container = self._resolved()
                assert isinstance(container, Container)  # noqa: S101 - the engine asks the class before it calls
                self._intend(container)
                self._action = container
                self._started = time.monotonic()
                self._generator = container.passes(self.context)
            assert self._generator is not None and self._action is not None  # noqa: S101 - set by the first move
            # The time is for the container's own work; its children have their own.
            self.clock.start(self.node.policy.timeout)
            try:
                return next(self._generator) if ends is None else self._generator.send(ends)
            except StopIteration as end:
                return self._done(self._action, end.value)
        finally:
            self.clock.halt()

    def close(self) -> None:
        """End a container's generator, which may have something to tidy up. Runs on a step thread."""
        if self._generator is not None:
            try:
                self._generator.close()
            except Exception:  # part of the action; its outcome is settled already
                log.exception("%s could not be closed.", self.step.action)

    def _run(self, action: Action) -> BaseModel:
        """Run it: from its start again when the person at the machine came in between and nothing is lost by that."""
        while True:
            try:
                return action.run(self.context)
            except Disturbed:
                self.context.begin_again()
            except ActionError:
                if not self.context.turn.upset():
                    raise
                self.context.begin_again()

    # -- its parts -----------------------------------------------------------------------------------------

    def _resolved(self) -> Action:
        """The action with its parameters. Raises AgentError, which names the parameter."""
        params = resolve(self.node.params, self._values)
        try:
            return self._type.model_validate(params)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            raise ActionError(
                "The parameter {field} of {action} is not right: {reason}.",
                "Look at what its expressions give in this run.",
                field=".".join(map(str, first["loc"])) or "?",
                action=self.step.action,
                reason=first["msg"],
            ) from error

    def _intend(self, action: Action) -> None:
        """Record what is about to be done. Raises StoreError (see `Outcome.broken`), Stop when left behind."""
        inputs = action.model_dump(mode="json", by_alias=True, exclude_unset=True)
        with self._recording:
            if self._left_behind:
                raise Stop
            self.step = replace(self.step, status=Status.RUNNING, inputs=inputs, error=None, started_at=now())
            try:
                self._ledger.step(self.step)
            except StoreError as error:
                raise _Unrecorded(error) from error

    def _done(self, action: Action, result: BaseModel) -> Outcome:
        self._stop_watch()
        if not isinstance(result, BaseModel):
            raise TypeError(f"it returned {type(result).__name__} instead of a Result")
        output = result.model_dump(mode="json")
        return Outcome(status=Status.DONE, outlet=action.outlet(result), output=output)

    def _guard(self, work: Callable[[], T]) -> T | Outcome:
        """Do the work; whatever it raises is an outcome."""
        try:
            return work()
        except _Unrecorded as error:
            return Outcome(status=Status.FAILED, error=error.original.record(), broken=True)
        except Stop:
            self._stop_watch()
            self._let_go()
            return Outcome(status=Status.STOPPED)
        except StepTimeout:
            return self._failed(too_late(self.node.policy.timeout))
        except AgentError as error:
            return self._failed(error.record(), error if isinstance(error, AmbiguousTarget) else None)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - an action may do anything, sys.exit() too; it is logged
            self._log_traceback()
            return self._failed(_unexpected(self.step.action, error))

    def _failed(self, error: ErrorRecord, ambiguous: AmbiguousTarget | None = None) -> Outcome:
        self._stop_watch()
        if (away := self._absence()) is not None:
            return self._parked(away)
        screenshot = ""
        if self._action is not None and self.node.policy.screenshot != "never":
            screenshot = self._picture("error")
            if ambiguous is not None:
                error = self._with_candidates(error, ambiguous)
        self._let_go()
        return self._verdict(error, screenshot)

    def _absence(self) -> ErrorRecord | None:
        """Why the desktop was away while the step was at work, when the step may begin again because of that."""
        if self._action is None or not self._type.info.needs_display or self._is_done_once():
            return None
        return self._away_since(self._started)

    def _parked(self, away: ErrorRecord) -> Outcome:
        self._stop_watch()
        self._let_go()
        return Outcome(status=Status.FAILED, error=away, away=True)

    def _is_done_once(self) -> bool:
        """Whether it has begun to do what must not be done twice."""
        return self.step.effect == "once" and self.context.acted

    def _verdict(self, error: ErrorRecord, screenshot: str = "", *, keeps: bool = False) -> Outcome:
        """Whether the failure may be followed by another attempt.

        Before the action began it was a parameter, and the same again would fail again. A container is not tried
        again at all: its children were, each by its own policy. Nor is a step that hangs in what it uses.
        """
        begun = self._action is not None and self._generator is None
        again = begun and not keeps and self.step.attempt < self.node.policy.attempts
        if again and self._is_done_once():
            again = False
            error = replace(error, hint=f"{error.hint}\n{NOT_AGAIN}".strip())
        return Outcome(status=Status.FAILED, error=error, screenshot=screenshot, again=again)

    def _stop_watch(self) -> None:
        """Take the time, once, before any evidence is kept."""
        self._returned_at = time.monotonic()
        if self._started:
            self.step = replace(self.step, elapsed_s=self._returned_at - self._started)

    def _let_go(self) -> None:
        if DESKTOP in self._type.info.uses:
            self._release_keys()

    def _with_candidates(self, error: ErrorRecord, ambiguous: AmbiguousTarget) -> ErrorRecord:
        """The error with a hint that names the picture of its candidates, which is kept beside the others."""
        # What a step saw that only watches may be of another run's turn.
        anew = DESKTOP not in self._type.info.uses
        name = self._keep("candidates", lambda name: self.context.picture_candidates(name, ambiguous, anew=anew))
        if not name:
            return error
        return replace(error, hint=f"{error.hint}\n{CANDIDATES}".strip(), values={**error.values, "picture": name})

    def _picture(self, moment: str) -> str:
        """Keep the screen as a file and return its name; empty when there is none to keep."""
        return self._keep(moment, self.context.screenshot)

    def _keep(self, moment: str, save: Callable[[str], Path | None]) -> str:
        if not self._type.info.needs_display:
            return ""
        step = self.step
        name = re.sub(r"[^A-Za-z0-9_.-]+", "-", f"{step.path}/{step.node_id}-{step.attempt}-{moment}").strip("-")
        try:
            # A step that only watches has no turn at the desktop: another run may just be typing a secret there.
            with self._may_picture() as alone:
                path = save(name) if alone else None
                return path.name if path is not None else ""
        except Exception:  # the evidence must not hide what it is evidence of
            log.warning("No screenshot of %s could be kept.", step.node_id, exc_info=True)
            return ""

    def _log_traceback(self) -> None:
        log.error("%s failed unexpectedly.\n%s", self.step.action, self._ledger.redact(traceback.format_exc()))

    # -- what the engine thread asks ------------------------------------------------------------------------

    def overdue_in(self) -> float:
        """Seconds until it counts as not reacting; infinite when its policy sets no timeout."""
        timeout_s = self.node.policy.timeout
        if not timeout_s:
            return math.inf
        if self._returned_at:
            return self._returned_at + EVIDENCE_S - time.monotonic()
        if self.clock.deadline < math.inf:
            return self.clock.deadline + GRACE_S - time.monotonic()
        return timeout_s + GRACE_S  # the clock has not started yet

    def given_up(self, *, keeps: bool) -> Outcome:
        """The outcome when it is overdue; `keeps` says whether it still has exclusive resources."""
        if self._started and not self._returned_at:
            self.step = replace(self.step, elapsed_s=time.monotonic() - self._started)
        return self._verdict(too_late(self.node.policy.timeout), keeps=keeps)

    def leave_behind(self) -> None:
        """Nothing of this attempt is recorded any more; its context refuses because its time is over."""
        with self._recording:
            self._left_behind = True


class _Unrecorded(Exception):
    """The intent could not be written; not to be confused with a StoreError of the action itself."""

    def __init__(self, original: StoreError) -> None:
        super().__init__(str(original))
        self.original = original


def is_wanted(node: Node, values: dict[str, Any]) -> bool:
    """What the node's `run_if` says. Raises ExpressionError."""
    return bool(evaluate(node.policy.run_if, values))


def too_late(timeout_s: float) -> ErrorRecord:
    """The error of a step whose time is over."""
    return ErrorRecord(
        "StepTimeout",
        "The step did not finish within {seconds} s.",
        "Raise the timeout of the node, or look at what it waited for.",
        {"seconds": round(timeout_s, 3)},
    )


def left_out(error: ErrorRecord) -> dict[str, Any]:
    """What expressions see of a failed node: ``nodes.<id>.error.message``, ``.type`` and ``.hint``."""
    return {"error": {"type": error.type, "message": str(error), "hint": fill(error.hint, error.values)}}


def _unexpected(action: str, error: BaseException) -> ErrorRecord:
    return ErrorRecord(
        type(error).__name__,
        "The action {action} failed unexpectedly: {reason}.",
        "The log file tells more. If it happens again, please report it.",
        {"action": action, "reason": str(error).rstrip(".") or type(error).__name__},
    )
