"""`Devices`: the Protocols of the machine that a step acts on, and what they speak."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from agent.core.binding import Asker
from agent.core.clipboard import Clipboard, NoClipboard
from agent.core.errors import AgentError, DesktopAway, ErrorRecord
from agent.core.frame import Frame
from agent.core.geometry import Point, Region
from agent.core.secret import Secret
from agent.core.spent import Spent
from agent.core.target import WindowInfo, WindowState

Button = Literal["left", "right", "middle"]
Check = Callable[[], None]
"""Raises `Stop` or `StepTimeout` when it is time; long work calls it often (at least every 50 ms)."""
Still = Callable[[WindowInfo], bool]
"""Whether a window that was fit for a secret is so still; of what it is given, only id, title, pid and class count."""


@dataclass(frozen=True, slots=True)
class Monitor:
    """One screen: its place on the virtual desktop and its scale (1.5 is 150 %)."""

    region: Region
    scale: float = 1.0
    primary: bool = False


class Screen(Protocol):
    """Sees. Thread-safe. Raises NoDisplay."""

    def monitors(self) -> tuple[Monitor, ...]:
        """All screens, the primary first."""
        ...

    def capture(self, region: Region | None = None, *, cursor: bool = False) -> Frame:
        """The pixels of the region, clipped to the virtual desktop; all of it for None.

        With `cursor` the mouse pointer is in the picture, where the system can give it (X11).
        """
        ...

    def spent(self) -> Spent:
        """What the captures have cost so far."""
        ...


class Keyboard(Protocol):
    """Types. Part of `Input`."""

    def type_text(
        self,
        text: str | Secret,
        *,
        into: int | None = None,
        delay_s: float = 0.0,
        check: Check = lambda: None,
        still: Still | None = None,
    ) -> int:
        """Type every character on any keyboard layout; returns how many.

        With `into`, a window id: before each character that window must be the active one (and `still` must say yes
        to it as it is then), else WrongWindow (its value ``typed`` counts the characters that had gone before) and
        nothing more is typed. Raises ActionError for a character that cannot be typed, before the first one is.
        """
        ...

    def hotkey(
        self, keys: Sequence[str], *, into: int | None = None, hold_s: float = 0.0, check: Check = lambda: None
    ) -> None:
        """Press the keys in order and release them in reverse: ``["ctrl", "shift", "s"]``.

        With `into`, a window id, nothing is pressed unless that window is the active one, else WrongWindow.
        """
        ...


class Mouse(Protocol):
    """Points and clicks. Part of `Input`.

    With `into`, a window id, a button is pressed or the wheel turned only if that window (or a menu of it) is what
    lies at the place at that moment, else WrongWindow and nothing is pressed. A place outside of the screen is an
    ActionError, and so is a click that the system does not let through.
    """

    def position(self) -> Point:
        """Where the pointer is."""
        ...

    def move(self, point: Point, *, duration_s: float = 0.0, check: Check = lambda: None) -> None:
        """Move the pointer, at once or along a line."""
        ...

    def click(
        self,
        point: Point,
        *,
        button: Button = "left",
        count: int = 1,
        modifiers: Sequence[str] = (),
        hold_s: float = 0.0,
        into: int | None = None,
        check: Check = lambda: None,
    ) -> None:
        """Move there and click, with the modifier keys held; the button stays down for `hold_s` each time."""
        ...

    def drag(
        self,
        places: Sequence[Point],
        *,
        button: Button = "left",
        modifiers: Sequence[str] = (),
        duration_s: float = 0.5,
        into: int | None = None,
        check: Check = lambda: None,
    ) -> None:
        """Press at the first place (in the window `into`), move along the others and let go at the last one.

        It moves in small steps and rests before it lets go, so that programs notice a drag, however short
        `duration_s` is. Whatever happens, the button is up afterwards.
        """
        ...

    def scroll(
        self,
        dx: int,
        dy: int,
        *,
        at: Point | None = None,
        modifiers: Sequence[str] = (),
        into: int | None = None,
        check: Check = lambda: None,
    ) -> None:
        """Turn the wheel by notches, at a place (None: where the pointer is); positive is right and down."""
        ...


class Input(Keyboard, Mouse, Protocol):
    """Acts. Raises NoDisplay."""

    def release_all(self) -> None:
        """Let go of every key and button that is still held. Never raises; called on stop and failure."""
        ...


class Windows(Protocol):
    """Knows the top-level windows. Raises NoDisplay."""

    def list(self) -> tuple[WindowInfo, ...]:
        """All, the topmost first."""
        ...

    def active(self) -> WindowInfo | None:
        """The one that gets the keystrokes."""
        ...

    def at(self, point: Point) -> WindowInfo | None:
        """The topmost one at this pixel."""
        ...

    def focus(self, window_id: int) -> None:
        """Raise and activate it, un-minimising it; returns when it is active. Raises WindowNotFound, WrongWindow."""
        ...

    def set_state(self, window_id: int, state: WindowState) -> None:
        """Minimise, maximise or restore it; returns when that is done. Raises WindowNotFound, ActionError."""
        ...

    def move(self, window_id: int, region: Region) -> Region:
        """Put it (with its frame) there, restoring it first; returns where it is then.

        That may be elsewhere: programs have smallest sizes. Raises WindowNotFound, ActionError.
        """
        ...

    def close(self, window_id: int) -> None:
        """Ask it politely to close. Raises WindowNotFound."""
        ...


class Apps(Protocol):
    """Starts and ends programs."""

    def launch(
        self,
        command: Sequence[str],
        *,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> int:
        """Start a program without a shell; returns its process id. Raises ActionError when there is none such."""
        ...

    def family(self, pid: int) -> frozenset[int]:
        """The process and its descendants that are alive; empty when it has ended."""
        ...

    def find(self, name: str) -> tuple[int, ...]:
        """The ids of the user's processes with this program name."""
        ...

    def end(self, pid: int, *, force: bool = False, wait_s: float = 5.0, check: Check = lambda: None) -> int | None:
        """End a process (politely, or at once) and wait for it; its exit code where the system tells it.

        Raises NotInTime when it is still there after `wait_s`.
        """
        ...


class Origins(Protocol):
    """Reads which page a browser shows, from the UI element of its address bar. Thread-safe."""

    def origin(self, window: WindowInfo) -> str | None:
        """Scheme, host and port (``https://shop.example.com``); None when the window shows none that can be read."""
        ...


class Askers(Protocol):
    """Knows whose a window is by the word of the system, not of the window. Thread-safe."""

    def asker(self, window: WindowInfo) -> Asker:
        """The process, its file and (for a browser, where it can be read) the page that the window belongs to."""
        ...


class OwnWord:
    """The `Askers` of a machine that tells nothing: each window is what it says it is, and no path is known."""

    def asker(self, window: WindowInfo) -> Asker:
        """What the window says."""
        return Asker(window)


@dataclass(frozen=True, slots=True)
class DesktopState:
    """Whether the desktop can be seen and acted on now."""

    kind: Literal["ready", "locked", "gone"] = "ready"
    reason: ErrorRecord | None = None
    """Why it cannot, in words, with what to do."""

    @classmethod
    def locked(cls, error: AgentError) -> DesktopState:
        """It is there, but somebody has to unlock it."""
        return cls("locked", error.record())

    @classmethod
    def gone(cls, error: AgentError) -> DesktopState:
        """There is none, or it is somebody else's turn at the machine."""
        return cls("gone", error.record())

    def require(self) -> None:
        """Raise DesktopAway unless it is ready."""
        if self.reason is not None:
            raise DesktopAway(self.reason.message, self.reason.hint, **self.reason.values)


class Session(Protocol):
    """Knows whether the desktop is there. Thread-safe; one look takes a millisecond."""

    def state(self) -> DesktopState:
        """How it is now. Never raises. A lost display that is back is opened anew by the look after the first."""
        ...


class AlwaysThere:
    """The session of a machine without a desktop, or one that is not asked."""

    def state(self) -> DesktopState:
        """Ready."""
        return DesktopState()


PersonSign = Literal["input", "stop_keys", "stop_corner"]
"""The person moves, clicks or types; presses the stop keys; pushes the pointer into the stop corner."""
Corner = Literal["top_left", "top_right", "bottom_left", "bottom_right"]


class Person(Protocol):
    """Knows what the person at the machine does with mouse and keyboard, apart from what we do. Thread-safe.

    Everything that is not our own input counts as the person's: it may come from a remote desktop. Times are monotonic
    seconds. The questions cost a microsecond, so they can be asked before each key.
    """

    def watch(
        self, heard: Callable[[PersonSign], None], *, stop_keys: Sequence[str] = (), stop_corner: Corner | None = None
    ) -> Callable[[], None]:
        """Call `heard` (in a thread of its own) from now on; the returned function ends it. One watch at a time.

        Returns when it has begun. Raises DeviceError when this machine tells nothing.
        """
        ...

    def last_input(self) -> float:
        """When the person last moved, pressed or turned something, while we watched; minus infinity for never."""
        ...

    def last_touch(self) -> float:
        """When they last pressed a key or button or turned the wheel: more than moving the pointer."""
        ...

    def idle_s(self) -> float:
        """How long they have done nothing; 0 while they hold a key or button down."""
        ...

    def stops(self) -> int:
        """How often they have said stop, by the keys or the corner."""
        ...

    def keys_taken(self) -> bool:
        """Whether another program had the stop keys for itself when the watch began. They stop us all the same."""
        ...


class Nobody:
    """The `Person` of a machine where none is to be heard of."""

    def watch(
        self, heard: Callable[[PersonSign], None], *, stop_keys: Sequence[str] = (), stop_corner: Corner | None = None
    ) -> Callable[[], None]:
        """Nothing will ever be heard."""
        return lambda: None

    def last_input(self) -> float:
        """Never."""
        return -math.inf

    def last_touch(self) -> float:
        """Never."""
        return -math.inf

    def idle_s(self) -> float:
        """For ever."""
        return math.inf

    def stops(self) -> int:
        """Never."""
        return 0

    def keys_taken(self) -> bool:
        """By nobody."""
        return False


@dataclass(frozen=True, slots=True)
class Manners:
    """How we behave towards the person at the machine."""

    give_way: bool = True
    """Whether what acts on the desktop halts when the person uses mouse or keyboard."""
    rest_s: float = 3.0
    """How long the person must have rested before it goes on."""
    stop_keys: tuple[str, ...] = ("ctrl", "alt", "pause")
    """Pressed together, they stop everything; none for an empty tuple."""
    stop_corner: Corner | None = "top_left"
    """Pushing the pointer there stops everything."""


@dataclass(frozen=True, slots=True)
class Devices:
    """The machine, as the engine hands it to the steps."""

    screen: Screen
    input: Input
    windows: Windows
    apps: Apps
    session: Session = field(default_factory=AlwaysThere)
    askers: Askers = field(default_factory=OwnWord)
    person: Person = field(default_factory=Nobody)
    clipboard: Clipboard = field(default_factory=NoClipboard)
