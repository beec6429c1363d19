"""`FakeClipboard`: a clipboard in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from agent.core.clipboard import Clip, ClipFormat, Snapshot

_FOREIGN = "application/x-foreign"


class FakeClipboard:
    """Holds one clip, and may hold a foreign format beside it that only a snapshot keeps."""

    def __init__(self) -> None:
        self.clip = Clip()
        self.foreign = b""
        """Something that another program has copied in a format of its own."""
        self.history: list[Clip] = []
        """All that was ever set: what a clipboard manager would have seen."""
        self.later: list[tuple[Snapshot, float]] = []
        """What is to be put back, and after how many seconds."""
        self.is_read: bool | None = True
        """Whether programs read what is set."""

    def formats(self) -> frozenset[ClipFormat]:
        """What it can be read as."""
        return self.clip.formats

    def text(self) -> str:
        """The text, with line ends as ``\\n``."""
        return self.clip.text.replace("\r\n", "\n")

    def html(self) -> str:
        """The HTML."""
        return self.clip.html

    def image(self) -> bytes:
        """The picture as a PNG file."""
        return self.clip.image

    def files(self) -> tuple[Path, ...]:
        """The copied files."""
        return self.clip.files

    def set(self, clip: Clip) -> None:
        """Put it there."""
        self.clip, self.foreign = clip, b""
        self.history.append(clip)

    def snapshot(self) -> Snapshot:
        """All that is there."""
        clip = self.clip
        parts = {
            "text": clip.text.encode(),
            "html": clip.html.encode(),
            "image": clip.image,
            "files": "\n".join(map(str, clip.files)).encode(),
            _FOREIGN: self.foreign,
        }
        return Snapshot({name: ("", data) for name, data in parts.items() if data})

    def restore(self, snapshot: Snapshot) -> None:
        """Make it hold what it held."""
        parts = {name: data for name, (_, data) in snapshot.parts.items()}
        files = parts.get("files", b"").decode().splitlines()
        self.clip = Clip(
            text=parts.get("text", b"").decode(),
            html=parts.get("html", b"").decode(),
            image=parts.get("image", b""),
            files=tuple(map(Path, files)),
        )
        self.foreign = parts.get(_FOREIGN, b"")

    def restore_later(self, snapshot: Snapshot, seconds: float) -> None:
        """Keep it in `later`; no time passes here."""
        self.later.append((snapshot, seconds))

    def await_reader(self, window_id: int, *, wait_s: float, check: Callable[[], None] = lambda: None) -> bool | None:
        """What `is_read` says, at once."""
        check()
        return self.is_read
