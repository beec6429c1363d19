"""`Desk`: gives steps their turn, and shares the desktop with the other processes of this user."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from agent.core.errors import AgentError, ErrorRecord
from agent.core.events import DesktopAwaited, EventBus
from agent.core.journal import DesktopLease
from agent.core.run import Run
from agent.engine.arbiter import Arbiter, Claim
from agent.engine.presence import Presence

T = TypeVar("T")

_News = tuple[str, ErrorRecord | None]
"""(who has the desktop, why it is away): one of both."""

POLL_S = 0.1
"""Between two tries to get the desktop from another process, or a desktop that is away."""


class Desk(Generic[T]):
    """An `Arbiter` with the process-wide lease behind it, that tells the bus who waits for whom.

    The lease is held as long as a run of this process has the desktop. Not thread-safe but for `left_alone`.
    """

    def __init__(self, threads: int, lease: DesktopLease, bus: EventBus, presence: Presence) -> None:
        self._arbiter: Arbiter[T] = Arbiter(threads)
        self._lease = lease
        self._bus = bus
        self._presence = presence
        self._seeing: set[Claim[T]] = set()
        """The claims, waiting and at work, that need the desktop to be there."""
        self._away: ErrorRecord | None = None
        self._names: dict[str, str] = {}
        """By run: what others read who wait for it."""
        self._elsewhere = ""
        """Who outside this process had the desktop when we last asked."""
        self._refusals: dict[str, ErrorRecord] = {}
        self._told: dict[str, _News] = {}
        """By waiting run: what was announced last."""
        self._has_lease = False
        self._lease_lock = threading.Lock()
        self._changed = False

    @property
    def is_polling(self) -> bool:
        """Whether somebody waits for another process or the desktop, so `grant` must be called again after `POLL_S`."""
        return bool(self._elsewhere) or self._away is not None

    @property
    def stranded(self) -> tuple[tuple[T, ...], ErrorRecord | None]:
        """Who waits because the desktop is locked or lost, and why it is."""
        if self._away is None:
            return (), None
        return tuple(claim.item for claim in self._arbiter.waiting_to_see()), self._away

    def look_again(self) -> None:
        """Something else may be known of the desktop."""
        self._changed = True

    def enter(self, run: Run) -> None:
        """A run begins."""
        self._names[run.id] = f'"{run.workflow_name}" (process {os.getpid()})'

    def leave(self, run_id: str) -> None:
        """A run is over; the desktop is free, unless one of its steps hangs in it."""
        self._arbiter.end(run_id)
        if not self.has_desktop(run_id):
            self._names.pop(run_id, None)
        self._give_back()

    def has_desktop(self, run_id: str) -> bool:
        """Whether the desktop belongs to this run."""
        return self._arbiter.owner == run_id

    @contextmanager
    def left_alone(self, run_id: str) -> Iterator[bool]:
        """Whether no other run, of this process or another, acts on the desktop; nobody begins to while this lasts.

        For any thread. Who gets yes must be quick, because others wait for it.
        """
        with self._lease_lock:
            # With the lease but without an owner, the desktop is just being given to a run.
            borrowed = not self._has_lease and not self._lease.take(self._names.get(run_id, ""))
            try:
                yield borrowed or self._arbiter.owner == run_id
            finally:
                if borrowed:
                    self._lease.give_back()

    def claim(self, item: T, **wish: Any) -> Claim[T]:
        """See `Arbiter.claim`."""
        self._changed = True
        claim = self._arbiter.claim(item, **wish)
        if claim.sees:
            self._seeing.add(claim)
        return claim

    def withdraw(self, claim: Claim[T]) -> None:
        """See `Arbiter.withdraw`."""
        self._arbiter.withdraw(claim)
        self._seeing.discard(claim)
        self._changed = True

    def release(self, claim: Claim[T]) -> None:
        """See `Arbiter.release`."""
        self._arbiter.release(claim)
        self._seeing.discard(claim)
        self._give_back()

    def leave_behind(self, claim: Claim[T]) -> None:
        """See `Arbiter.leave_behind`."""
        self._arbiter.leave_behind(claim)
        self._changed = True

    def grant(self) -> tuple[list[T], list[tuple[T, ErrorRecord]]]:
        """Who may go now, and who never will, with the reason: the lease itself failed."""
        if not self._changed and not self.is_polling:
            return [], []
        self._changed, self._elsewhere = False, ""
        self._presence.need(bool(self._seeing))
        there = self._presence.is_there() if any(self._arbiter.waiting_to_see()) else True
        self._away = None if there else self._presence.away
        granted = [claim.item for claim in self._arbiter.grant(self._may_own, desktop_is_there=there)]
        refused = self._refused()
        self._tell()
        return granted, refused

    def _may_own(self, run_id: str) -> bool:
        with self._lease_lock:
            try:
                self._elsewhere = self._lease.take(self._names[run_id])
            except AgentError as error:
                self._refusals[run_id] = error.record()
                return False
            self._has_lease = not self._elsewhere
            return self._has_lease

    def _refused(self) -> list[tuple[T, ErrorRecord]]:
        if not self._refusals:
            return []
        claims = [claim for claim in self._arbiter.waiting_for_desktop() if claim.run_id in self._refusals]
        for claim in claims:
            self._arbiter.withdraw(claim)
        refused = [(claim.item, self._refusals[claim.run_id]) for claim in claims]
        self._refusals.clear()
        self._changed = True  # the next run in the queue has not been asked for yet
        return refused

    def _tell(self) -> None:
        """Announce to each waiting run once for whom or what it waits, and the end of the wait."""
        owner = self._arbiter.owner
        holder = self._names.get(owner, "") if owner else self._elsewhere
        news = {claim.run_id: (holder, None) for claim in self._arbiter.waiting_for_desktop()}
        stranded: dict[str, _News] = {claim.run_id: ("", self._away) for claim in self._arbiter.waiting_to_see()}
        # A desktop that is away is the reason for all, whoever has it.
        waiting: dict[str, _News] = news | stranded if self._away is not None else {**news}
        for run_id in [run_id for run_id in self._told if run_id not in waiting]:
            del self._told[run_id]
            self._bus.publish(DesktopAwaited(run_id, ""))
        for run_id, why in waiting.items():
            if any(why) and self._told.get(run_id) != why:
                self._told[run_id] = why
                self._bus.publish(DesktopAwaited(run_id, *why))

    def _give_back(self) -> None:
        self._changed = True
        with self._lease_lock:
            if self._has_lease and not self._arbiter.owner:
                self._has_lease = False
                self._lease.give_back()
