"""`Turn`: one attempt and the person at the machine, who goes first. Here it is decided what may be done afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from agent.core.devices import Check
from agent.core.errors import Disturbed, Interfered

T = TypeVar("T")

_LOOKS = frozenset({"position", "release_all"})
_KEYS = frozenset({"type_text", "hotkey"})
_AT_ONE_GO = frozenset({"click", "scroll"})
"""They take some milliseconds; half a double click would be worse than that."""
_NEWS_S = 0.02
"""So long may it take until we hear of the person."""


class Way(Protocol):
    """Whether the person leaves mouse and keyboard to us. The engine gives one to each step that uses the desktop."""

    def is_free(self) -> bool:
        """False once the person has moved, clicked or typed. Quick: asked before each character. Raises Stop."""
        ...

    def give(self) -> bool:
        """Wait until the person has done, and put pointer and window back; whether they clicked or typed meanwhile.

        The clock of the step stands still. Raises Stop.
        """
        ...

    def went(self, name: str, args: tuple[Any, ...], options: Mapping[str, Any]) -> None:
        """A device call was made: what is to be put back may be elsewhere now."""
        ...


@dataclass(slots=True)
class Turn:
    """Halts when the person comes, and goes on only with what is certain to be right.

    - Looking goes on (a look that was halted is made again).
    - A step that has done nothing yet begins again, so its target is looked for again, with all guards.
    - The person has only moved the pointer: the step goes on where it was, a text with its next character.
    - The person has clicked or typed: nobody knows where the next key or click would go. What is known to be
      repeatable (see `repeatable`) is done again from the step's start; else the step ends as `Interfered`.
    """

    clock_check: Check
    way: Way | None = None
    committed: bool = False
    """Whether something was done that must not be done twice."""
    _begun: bool = False
    _moved: bool = False
    """The person was here since the step began."""
    _unsure: set[str] = field(default_factory=set)
    """Of what the person has touched: “place” until something is found anew, “keys” until something is clicked anew."""
    _halting: bool = False
    _repeatable: int = 0

    def check(self) -> None:
        """Raise Stop or StepTimeout when it is time; while the person has the mouse, wait here."""
        self.clock_check()
        if self.way is None or self.way.is_free():
            return
        if self._halting:
            raise Disturbed
        self._give()

    def look(self, look: Callable[[], T]) -> T:
        """What `look` sees; what it had seen before the person came counts for nothing."""
        seen = self._undisturbed(look)
        self._unsure.discard("place")
        return seen

    def act(self, name: str, call: Callable[..., T], *args: Any, **options: Any) -> T:
        """A call of mouse or keyboard. Raises Disturbed when the step has to begin again."""
        self.check()
        if name in _LOOKS:
            return call(*args, **options)
        self._require(name)
        if name in _AT_ONE_GO and not options.get("hold_s"):
            options.pop("check", None)  # which could wait in the middle of it, for a place that is no longer right
            done = call(*args, **options)
        elif name == "move":
            done = self._undisturbed(lambda: call(*args, **options))
        else:
            done = self._act_with_halts(name, call, *args, **options)
        self._note(name)
        if self.way is not None:
            self.way.went(name, args, options)
        return done

    @contextmanager
    def repeatable(self) -> Iterator[None]:
        """What is done inside may be done again from the step's start, such as clicking into a field to empty it."""
        self._repeatable += 1
        try:
            yield
        finally:
            self._repeatable -= 1

    def commit(self) -> None:
        """Something is done now that must not be done twice."""
        self._begun = True
        self.committed |= not self._repeatable

    def upset(self) -> bool:
        """Whether the person may be why the step has just failed, so that it should rather begin again."""
        if self.way is None or self.committed:
            return False
        if not self._moved and self.way.is_free():
            time.sleep(_NEWS_S)  # a click that took the window away may not have been heard of yet
        return self._moved or not self.way.is_free()

    def begin_again(self) -> None:
        """The step begins from its start. Raises Interfered when it cannot."""
        if self.committed:
            raise Interfered(
                "Somebody used mouse or keyboard while the step was in the middle of its work, so it was not finished.",
                "Look at what it has done so far. It is not repeated by itself, because that could do things twice.",
            )
        self._begun = self._moved = False
        self._unsure.clear()

    def _undisturbed(self, call: Callable[[], T]) -> T:
        """The call, made again whenever the person came in between."""
        while True:
            try:
                with self._halts():
                    return call()
            except Disturbed:
                self._give()

    def _act_with_halts(self, name: str, call: Callable[..., T], *args: Any, **options: Any) -> T:
        try:
            with self._halts():
                return call(*args, **options)
        except Disturbed as halt:
            if halt.done != 0:
                self._note(name)
            self._give()
            self._require(name)
            if halt.done == 0:
                return self._act_with_halts(name, call, *args, **options)
            raise

    def _require(self, name: str) -> None:
        """Raise Disturbed unless the call goes where it was meant to go."""
        if (self._moved and not self._begun) or ("keys" if name in _KEYS else "place") in self._unsure:
            raise Disturbed

    def _note(self, name: str) -> None:
        self._begun = True
        self.committed |= name != "move" and not self._repeatable
        if name == "click":
            self._unsure.discard("keys")

    def _give(self) -> None:
        assert self.way is not None  # noqa: S101 - nobody else raises Disturbed
        if self.way.give():
            self._unsure = {"place", "keys"}
        self._moved = True

    @contextmanager
    def _halts(self) -> Iterator[None]:
        """Inside, `check` raises Disturbed instead of waiting: the device lets go of everything first."""
        before, self._halting = self._halting, True
        try:
            yield
        finally:
            self._halting = before
