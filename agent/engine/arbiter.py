"""`Arbiter`: whose turn it is. Pure: it gives out threads and exclusive resources, and the desktop to whole runs."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from agent.core.action import DESKTOP

T = TypeVar("T")


class Claim(Generic[T]):
    """A step's wish for its turn: for a thread, and for every resource that it uses, all at once."""

    __slots__ = ("granted", "item", "rank", "run_id", "sees", "uses")

    def __init__(self, item: T, run_id: str, uses: frozenset[str], rank: tuple[int, int], *, sees: bool) -> None:
        self.item = item
        self.run_id = run_id
        self.uses = uses
        self.sees = sees
        """Whether it can do nothing while the desktop is locked or lost."""
        self.rank = rank
        """(-priority, number): by priority, then by waiting time."""
        self.granted = False


class Arbiter(Generic[T]):
    """Keeps the claims of all runs. Not thread-safe: it belongs to the engine thread.

    - A resource is used by one step at a time; a step gets all of its resources together or none, so steps cannot
      wait for each other in a circle.
    - By priority, then waiting time. What a waiting step needs is kept for it: a step behind it cannot snatch it.
    - The desktop belongs to one run from its first desktop step to its end, so that two workflows never
      interleave their clicks. A step that waits only for *that* keeps nothing: the owner might need it to end.
    - While the desktop is locked or lost, no step that sees it begins; those keep nothing either.
    """

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._waiting: list[Claim[T]] = []
        self._busy: set[str] = set()
        self._running = 0
        self._numbers = itertools.count()
        self.owner = ""
        """The run that has the desktop."""
        self._owner_ended = False

    def claim(
        self, item: T, *, run_id: str, uses: Iterable[str] = (), priority: int = 0, sees: bool = False
    ) -> Claim[T]:
        """Stand in the queue."""
        claim = Claim(item, run_id, frozenset(uses), (-priority, next(self._numbers)), sees=sees)
        bisect.insort(self._waiting, claim, key=_rank)
        return claim

    def withdraw(self, claim: Claim[T]) -> None:
        """Leave the queue without a turn; nothing happens when the claim is not in it."""
        if claim in self._waiting:
            self._waiting.remove(claim)

    def waiting_for_desktop(self) -> Iterator[Claim[T]]:
        """The claims, in order, that wait until another run (or process) has done with the desktop."""
        return (claim for claim in self._waiting if DESKTOP in claim.uses and claim.run_id != self.owner)

    def waiting_to_see(self) -> Iterator[Claim[T]]:
        """The claims, in order, that wait and need a desktop that is there."""
        return (claim for claim in self._waiting if claim.sees)

    def grant(
        self, may_own: Callable[[str], bool] = lambda run_id: True, *, desktop_is_there: bool = True
    ) -> list[Claim[T]]:
        """Give turns to all who can have one now.

        `may_own` is asked at most once, before a run becomes the desktop's owner: whether this process has it.
        """
        granted: list[Claim[T]] = []
        kept: set[str] = set()
        refused = False
        for claim in tuple(self._waiting):
            if self._running >= self._threads:
                break
            if claim.sees and not desktop_is_there:
                continue
            if claim.uses & kept or claim.uses & self._busy:
                if not self._is_foreign(claim):
                    kept |= claim.uses
                continue
            if DESKTOP in claim.uses and claim.run_id != self.owner:
                if self.owner or refused:
                    continue
                if not may_own(claim.run_id):
                    refused = True
                    continue
                self.owner, self._owner_ended = claim.run_id, False
            self._give(claim)
            granted.append(claim)
        return granted

    def release(self, claim: Claim[T]) -> None:
        """The turn is over: its resources are free."""
        if claim.granted:
            claim.granted = False
            self._running -= 1
        self._busy -= claim.uses
        self._free_desktop()

    def leave_behind(self, claim: Claim[T]) -> None:
        """The step does not react: its thread is not counted any more, its resources stay taken until `release`."""
        if claim.granted:
            claim.granted = False
            self._running -= 1

    def end(self, run_id: str) -> None:
        """The run is over; the desktop is free once none of its steps uses it any more."""
        if self.owner == run_id:
            self._owner_ended = True
            self._free_desktop()

    def _give(self, claim: Claim[T]) -> None:
        self._waiting.remove(claim)
        claim.granted = True
        self._busy |= claim.uses
        self._running += 1

    def _is_foreign(self, claim: Claim[T]) -> bool:
        return DESKTOP in claim.uses and bool(self.owner) and claim.run_id != self.owner

    def _free_desktop(self) -> None:
        if self._owner_ended and DESKTOP not in self._busy:
            self.owner, self._owner_ended = "", False


def _rank(claim: Claim[T]) -> tuple[int, int]:
    return claim.rank
