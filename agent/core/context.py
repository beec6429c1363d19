"""`Context`: an action's only door to the world, and the Protocols of what lies behind it.

Every call through the door first looks at the stop flag and the deadline, so an action stops in time without
its author's help.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar, cast

from agent.core.events import Level
from agent.core.frame import Frame
from agent.core.geometry import Point, Region
from agent.core.secret import Secret
from agent.core.target import Match, Target, WindowInfo, WindowQuery
from agent.core.text import TextRead

Button = Literal["left", "right", "middle"]
ReadMode = Literal["line", "block", "number"]
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

    def capture(self, region: Region | None = None) -> Frame:
        """The pixels of the region, clipped to the virtual desktop; all of it for None."""
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


class Eye(Protocol):
    """Reads and finds on the screen."""

    def find(self, target: Target, *, check: Check = lambda: None) -> Match:
        """The one match. Raises TargetNotFound (closest candidate in the hint), AmbiguousTarget, WindowNotFound."""
        ...

    def find_all(self, target: Target, *, check: Check = lambda: None) -> tuple[Match, ...]:
        """Every match from the top left; empty when there is none. `target.occurrence` is not looked at."""
        ...

    def read(
        self,
        region: Region | None = None,
        *,
        languages: str | None = None,
        mode: ReadMode = "block",
        min_confidence: float | None = None,
        check: Check = lambda: None,
    ) -> TextRead:
        """The text of a region. `languages` as Tesseract writes them (``deu+eng``); `min_confidence` 0 to 100."""
        ...

    def png(self, frame: Frame, *, masks: Sequence[Region] = ()) -> bytes:
        """The frame as a PNG file, with the masked regions (screen coordinates) painted over."""
        ...

    def changed(self, before: Frame, after: Frame) -> Region | None:
        """The smallest region around all pixels that differ, in screen coordinates; None when none does."""
        ...


class Vault(Protocol):
    """Holds the credentials. Raises VaultError."""

    def secret(self, credential: str, field: str = "password") -> Secret:
        """A field of a credential, such as ``user`` or ``password``. Raises CredentialNotFound."""
        ...

    def has(self, credential: str, field: str) -> bool:
        """Whether the credential has this field."""
        ...

    def totp(self, credential: str) -> Secret:
        """The code of this moment, from the credential's field ``totp``."""
        ...


@dataclass(frozen=True, slots=True)
class Devices:
    """The machine, as the engine hands it to the steps."""

    screen: Screen
    input: Input
    windows: Windows
    apps: Apps


@dataclass(slots=True)
class Masks:
    """Where secrets were typed in this run; every later screenshot of the run paints over these.

    A mask belongs to a window and moves with it; without one (id 0) it stays where it is on the screen.
    """

    _places: list[tuple[int, Region]] = field(default_factory=list)

    def add(self, region: Region, window: WindowInfo | None = None) -> None:
        """Hide this region (screen coordinates) from now on."""
        if window is None:
            self._places.append((0, region))
        else:
            self._places.append((window.id, region.moved(-window.region.x, -window.region.y)))

    def regions(self, windows: Sequence[WindowInfo]) -> tuple[Region, ...]:
        """The masks in screen coordinates now; those of vanished windows are gone with them."""
        corner = {window.id: window.region for window in windows}
        return tuple(
            region if window_id == 0 else region.moved(corner[window_id].x, corner[window_id].y)
            for window_id, region in self._places
            if window_id == 0 or window_id in corner
        )

    def __bool__(self) -> bool:
        return bool(self._places)


T = TypeVar("T")


class _Checked:
    """Stands before a device and calls `before` ahead of each of its methods."""

    def __init__(self, device: object, before: Callable[[str], None]) -> None:
        self._device = device
        self._before = before

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._device, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            self._before(name)
            return method(*args, **kwargs)

        return call


_LOOKS = frozenset({"position", "list", "active", "at", "family", "find", "focus"})
"""Methods of input, windows and apps that change nothing in the world, or nothing that must not happen twice."""


class Context:
    """What a step may use. Made by the engine for one attempt."""

    def __init__(
        self,
        *,
        devices: Devices,
        eye: Eye,
        vault: Vault,
        folder: Path,
        workflow_folder: Path,
        check: Check,
        sleep: Callable[[float], None],
        remaining: Callable[[], float],
        log: Callable[[Level, str], None],
        set_variable: Callable[[str, Any], None],
        masks: Masks,
        run_id: str = "",
        node_id: str = "",
    ) -> None:
        self.run_id = run_id
        self.node_id = node_id
        self.folder = folder
        """The run's own folder; it exists."""
        self.workflow_folder = workflow_folder
        """Where relative file names of the workflow are looked up (images, attachments)."""
        self.check = check
        """Raise Stop or StepTimeout when it is time."""
        self.sleep = sleep
        """Wait so many seconds, waking at once for a stop or the deadline."""
        self.remaining = remaining
        """Seconds that this attempt still has."""
        self.log = log
        self.set_variable = set_variable
        """Set ``vars.<name>`` of the run."""
        self.masks = masks
        self.acted = False
        """Whether this attempt has begun to change the world; then a `once` step is not tried again."""
        self._eye = eye
        self._vault = vault
        self._devices = devices
        self.screen = cast(Screen, _Checked(devices.screen, lambda name: self.check()))
        self.input = cast(Input, _Checked(devices.input, self._before))
        self.windows = cast(Windows, _Checked(devices.windows, self._before))
        self.apps = cast(Apps, _Checked(devices.apps, self._before))

    def acting(self) -> None:
        """Say that the world is about to change (a file is written, a message sent). Device calls say it themselves."""
        self.check()
        self.acted = True

    def _before(self, name: str) -> None:
        if name in _LOOKS:
            self.check()
        else:
            self.acting()

    def find(self, target: Target) -> Match:
        """The one place that fits now. Raises TargetNotFound, AmbiguousTarget, WindowNotFound."""
        self.check()
        return self._eye.find(self._located(target), check=self.check)

    def find_all(self, target: Target) -> tuple[Match, ...]:
        """Every place that fits now."""
        self.check()
        return self._eye.find_all(self._located(target), check=self.check)

    def read(
        self,
        region: Region | None = None,
        *,
        languages: str | None = None,
        mode: ReadMode = "block",
        min_confidence: float | None = None,
    ) -> TextRead:
        """Read the text of a region of the screen."""
        self.check()
        return self._eye.read(region, languages=languages, mode=mode, min_confidence=min_confidence, check=self.check)

    def window(self, query: WindowQuery) -> WindowInfo | None:
        """The topmost window that fits, or None."""
        return next((window for window in self.windows.list() if query.fits(window)), None)

    def secret(self, credential: str, field: str = "password") -> Secret:
        """A field of a credential from the keychain."""
        self.check()
        return self._vault.secret(credential, field)

    def has_secret(self, credential: str, field: str) -> bool:
        """Whether the credential has this field."""
        self.check()
        return self._vault.has(credential, field)

    def totp(self, credential: str) -> Secret:
        """The credential's one-time code of this moment."""
        self.check()
        return self._vault.totp(credential)

    def mask_change(self, before: Frame, window: WindowInfo | None) -> None:
        """Hide, in every later screenshot, what has changed on the screen since `before`: the secret just typed."""
        changed = self._eye.changed(before, self._devices.screen.capture(before.region))
        if changed is not None:
            self.masks.add(changed.grown(4), window)

    def screenshot(self, name: str, region: Region | None = None) -> Path:
        """Save the screen (secrets masked) as ``<name>.png`` in the run's folder.

        Does not look at the stop flag: it is also how the evidence of a stopped step is kept.
        """
        frame = self._devices.screen.capture(region)
        masks = self.masks.regions(self._devices.windows.list()) if self.masks else ()
        path = self.folder / f"{name}.png"
        path.write_bytes(self._eye.png(frame, masks=masks))
        return path

    def path(self, name: str) -> Path:
        """A file named in the workflow: absolute, from ``~``, or beside the run's other files."""
        path = Path(name).expanduser()
        return path if path.is_absolute() else self.folder / path

    def _located(self, target: Target) -> Target:
        """The target with its image file looked up beside the workflow."""
        if target.image is not None and not Path(target.image).is_absolute():
            return target.model_copy(update={"image": str(self.workflow_folder / target.image)})
        if target.anchor is not None:
            return target.model_copy(update={"anchor": self._located(target.anchor)})
        return target
