"""`Devices`: the Protocols of the machine that a step acts on, and what they speak."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from agent.core.frame import Frame
from agent.core.geometry import Point, Region
from agent.core.secret import Secret
from agent.core.spent import Spent
from agent.core.target import WindowInfo

Button = Literal["left", "right", "middle"]
Check = Callable[[], None]
"""Raises `Stop` or `StepTimeout` when it is time; long work calls it often (at least every 50 ms)."""


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
    ) -> int:
        """Type every character on any keyboard layout; returns how many.

        With `into`, a window id: before each character that window must be the active one, else WrongWindow
        (its value ``typed`` counts the characters that had gone before) and nothing more is typed. Raises
        ActionError for a character that cannot be typed, before the first one is.
        """
        ...

    def hotkey(self, keys: Sequence[str], *, hold_s: float = 0.0, check: Check = lambda: None) -> None:
        """Press the keys in order and release them in reverse: ``["ctrl", "shift", "s"]``."""
        ...


class Mouse(Protocol):
    """Points and clicks. Part of `Input`."""

    def position(self) -> Point:
        """Where the pointer is."""
        ...

    def move(self, point: Point, *, duration_s: float = 0.0, check: Check = lambda: None) -> None:
        """Move the pointer, at once or along a line."""
        ...

    def click(self, point: Point, *, button: Button = "left", count: int = 1, modifiers: Sequence[str] = ()) -> None:
        """Move there and click, with the modifier keys held."""
        ...

    def scroll(self, dx: int, dy: int) -> None:
        """Turn the wheel by notches; positive is right and down."""
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


@dataclass(frozen=True, slots=True)
class Devices:
    """The machine, as the engine hands it to the steps."""

    screen: Screen
    input: Input
    windows: Windows
    apps: Apps
