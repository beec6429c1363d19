"""`Clipboard`: the Protocol of the clipboard, and what is put there: a `Clip`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NoReturn, Protocol, get_args

from agent.core.errors import ActionError, DeviceError
from agent.core.secret import Secret

ClipFormat = Literal["text", "html", "image", "files"]
FORMATS: tuple[ClipFormat, ...] = get_args(ClipFormat)


@dataclass(frozen=True, slots=True)
class Clip:
    """One thing to copy, in one format or several; what is empty is not there. Never a secret: raises ActionError.

    Any program may read the clipboard at any time, and clipboard managers keep what was there.
    """

    text: str = ""
    html: str = ""
    image: bytes = b""
    """A PNG file."""
    files: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        if any(isinstance(each, Secret) for each in (self.text, self.html, self.image, *self.files)):
            raise ActionError(
                "A secret is never put on the clipboard.",
                "Every program can read it there. Use keyboard.type_secret, which types it into one window only.",
            )

    @property
    def formats(self) -> frozenset[ClipFormat]:
        """Those that are not empty."""
        return frozenset(name for name in FORMATS if getattr(self, name))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a clipboard held, in all formats of its owner, as the backend that took it wants it back."""

    parts: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    """By the system's name of each format: (the type of its data, the data)."""

    def __repr__(self) -> str:
        return f"Snapshot({', '.join(self.parts)})"  # not what a person has copied


class Clipboard(Protocol):
    """What a person copies and pastes by. Thread-safe.

    Raises NotInTime when the program that owns the content does not hand it out, NoDisplay, and DeviceError when
    the system refuses.
    """

    def formats(self) -> frozenset[ClipFormat]:
        """What it can be read as; empty when there is nothing, or something that is none of these."""
        ...

    def text(self) -> str:
        """The text, with line ends as ``\\n``; empty when there is none."""
        ...

    def html(self) -> str:
        """The HTML; empty when there is none."""
        ...

    def image(self) -> bytes:
        """The picture as a PNG file; empty when there is none."""
        ...

    def files(self) -> tuple[Path, ...]:
        """The copied files and folders; empty when there are none."""
        ...

    def set(self, clip: Clip) -> None:
        """Put it there instead of what was there. An empty clip empties the clipboard."""
        ...

    def snapshot(self) -> Snapshot:
        """All that is there, in all formats, to be put back by `restore`."""
        ...

    def restore(self, snapshot: Snapshot) -> None:
        """Make it hold what it held."""
        ...

    def restore_later(self, snapshot: Snapshot, seconds: float) -> None:
        """`restore` after so many seconds, unless something else has been put there by then. Returns at once."""
        ...

    def await_reader(self, window_id: int, *, wait_s: float, check: Callable[[], None] = lambda: None) -> bool | None:
        """Wait until the window's program has read what was set here last; True as soon as it has.

        After `wait_s`, False when nobody has read it, None when the system does not tell who has.
        """
        ...


class NoClipboard:
    """The clipboard of a machine that has none."""

    def formats(self) -> frozenset[ClipFormat]:
        """Raises DeviceError, as all of these do."""
        self._refuse()

    def text(self) -> str:
        self._refuse()

    def html(self) -> str:
        self._refuse()

    def image(self) -> bytes:
        self._refuse()

    def files(self) -> tuple[Path, ...]:
        self._refuse()

    def set(self, clip: Clip) -> None:
        self._refuse()

    def snapshot(self) -> Snapshot:
        self._refuse()

    def restore(self, snapshot: Snapshot) -> None:
        self._refuse()

    def restore_later(self, snapshot: Snapshot, seconds: float) -> None:
        self._refuse()

    def await_reader(self, window_id: int, *, wait_s: float, check: Callable[[], None] = lambda: None) -> bool | None:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise DeviceError("This machine has no clipboard.", "Use keyboard.type, which needs none.")
