"""`RightOfWay`: the person at the machine goes first. A desktop step halts for them, and they can stop everything."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from agent.core.devices import Devices, Manners, PersonSign
from agent.core.errors import AgentError, Stop
from agent.core.events import EventBus, GaveWay
from agent.core.geometry import Point
from agent.engine.clock import Clock

log = logging.getLogger(__name__)

_POLL_S = 0.03
"""Between two looks whether the person has rested."""

_BY_HAND_S = 1.5
"""The hand that has just clicked “Run” or “Continue” may still be moving for so long."""

_BEGIN_S = 3.0
"""How long the first desktop step waits until the person can be heard of."""


@dataclass(slots=True)
class Trail:
    """What a run remembers from step to step: where its hand was, and what the person did that is settled."""

    stops: int = 0
    """How often the person had said stop when it began."""
    calm_from: float = field(default_factory=time.monotonic)
    """What the person did before counts no more."""
    forgiven_until: float = 0.0
    """Until then, moving the pointer is no interference."""
    pointer: Point | None = None
    window: int = 0
    """The one that the step acts in; 0 while it has not acted."""


class RightOfWay:
    """Hears of the person while runs are under way. Thread-safe."""

    def __init__(
        self,
        devices: Devices,
        bus: EventBus,
        manners: Manners,
        *,
        work: Callable[[Callable[[], None]], None],
        on_stop: Callable[[PersonSign], None],
    ) -> None:
        """`work` does something on another thread; `on_stop` is called when the person says stop."""
        self.devices = devices
        self.manners = manners
        self.bus = bus
        self._work = work
        self._on_stop = on_stop
        self._runs = 0
        self._counting = threading.Lock()
        self._watching = threading.Lock()
        self._unwatch: Callable[[], None] | None = None
        self._attending = threading.Event()
        self.at_work: StepWay | None = None
        """The step that acts on the desktop; there is at most one."""
        self.went_on = 0
        """How often the person said that it may go on at once."""

    def begin_run(self, *, by_hand: bool) -> Trail:
        """A run begins, perhaps by a click of the person."""
        with self._counting:
            self._runs += 1
            if self._runs == 1:
                self._work(self._follow)
        trail = Trail(stops=self.devices.person.stops())
        if by_hand:
            trail.forgiven_until = time.monotonic() + _BY_HAND_S
        return trail

    def end_run(self) -> None:
        """A run is over."""
        with self._counting:
            self._runs -= 1
            if self._runs == 0:
                self._work(self._follow)

    def go_on(self) -> None:
        """The person says that what has halted may go on, without the rest."""
        self.went_on += 1

    def attend(self) -> None:
        """Return when the person can be heard of, or it takes too long."""
        self._attending.wait(_BEGIN_S)

    def close(self) -> None:
        """Hear nothing more."""
        with self._counting:
            self._runs = 0
        self._follow()

    def _follow(self) -> None:
        """Watch while runs are under way, and only then."""
        with self._watching:
            if self._runs and self._unwatch is None:
                self._begin_to_watch()
            elif not self._runs and self._unwatch is not None:
                self._unwatch()
                self._unwatch = None
                self._attending.clear()

    def _begin_to_watch(self) -> None:
        manners = self.manners
        try:
            self._unwatch = self.devices.person.watch(
                self._heard, stop_keys=manners.stop_keys, stop_corner=manners.stop_corner
            )
        except AgentError as error:
            log.warning("Runs do not give way to the person, and the stop keys do not work: %s", error)
        self._attending.set()

    def _heard(self, sign: PersonSign) -> None:
        """In the person's thread."""
        if sign != "input":
            self._on_stop(sign)
        elif (step := self.at_work) is not None:
            step.notice()


class StepWay:
    """The `Way` (see `agent.core.turn`) of one attempt that acts on the desktop."""

    def __init__(self, right: RightOfWay, run_id: str, trail: Trail, *, stop: threading.Event, clock: Clock) -> None:
        self._right = right
        self._person = right.devices.person
        self._run_id = run_id
        self._trail = trail
        self._stop = stop
        self._clock = clock
        self._telling = threading.Lock()
        self._halted = False

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """The step acts inside. On its thread."""
        self._right.attend()
        self._trail.window = 0
        if self._person.idle_s() >= self._right.manners.rest_s:
            self._trail.calm_from = time.monotonic()  # they came and went between two steps
        self._right.at_work = self
        try:
            yield
        finally:
            self._right.at_work = None
            self._tell(halted=False)

    def is_free(self) -> bool:
        """See `agent.core.turn.Way`."""
        if self._person.stops() != self._trail.stops:
            raise Stop
        if not self._right.manners.give_way:
            return True
        last, calm_from = self._person.last_input(), self._trail.calm_from
        return last <= calm_from or (last <= self._trail.forgiven_until and self._person.last_touch() <= calm_from)

    def give(self) -> bool:
        """See `agent.core.turn.Way`."""
        trail = self._trail
        self._tell(halted=True)
        window = trail.window or self._active()
        with self._clock.standing():
            self._wait()
        touched = self._person.last_touch() > trail.calm_from
        # From here on they can come again.
        trail.calm_from = time.monotonic()
        self._put_back(window)
        self._tell(halted=False)
        return touched

    def went(self, name: str, args: tuple[Any, ...], options: Mapping[str, Any]) -> None:
        """See `agent.core.turn.Way`."""
        trail = self._trail
        trail.window = options.get("into") or 0
        if name in ("click", "move"):
            trail.pointer = args[0] if args else options["point"]
        elif name == "drag":
            trail.pointer = (args[0] if args else options["places"])[-1]

    def notice(self) -> None:
        """In the person's thread: tell at once that they have the mouse, though the step may be busy looking."""
        with suppress(Stop), self._telling:
            if not self.is_free():
                self._tell_now(halted=True)

    def _wait(self) -> None:
        """Until they have rested, or say that it may go on."""
        right = self._right
        went_on = right.went_on
        while self._person.idle_s() < right.manners.rest_s:
            if self._stop.wait(_POLL_S) or self._person.stops() != self._trail.stops:
                raise Stop
            if right.went_on != went_on:
                self._trail.forgiven_until = time.monotonic() + _BY_HAND_S
                return

    def _active(self) -> int:
        with suppress(AgentError):
            window = self._right.devices.windows.active()
            return window.id if window else 0
        return 0

    def _put_back(self, window: int) -> None:
        """Window and pointer as the step had them. What does not work, the step's own guards will tell."""
        devices, pointer = self._right.devices, self._trail.pointer
        with suppress(AgentError):
            if window and self._active() != window:
                devices.windows.focus(window)
        with suppress(AgentError):
            if pointer is not None and devices.input.position() != pointer:
                devices.input.move(pointer)

    def _tell(self, *, halted: bool) -> None:
        with self._telling:
            self._tell_now(halted=halted)

    def _tell_now(self, *, halted: bool) -> None:
        if halted != self._halted:
            self._halted = halted
            self._right.bus.publish(GaveWay(self._run_id, halted, self._right.manners.rest_s))
