"""`ScreenEye`: reads and finds on the screen, each answer from a fresh capture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent.core.context import ReadMode
from agent.core.devices import Check, Screen, Windows
from agent.core.element import Elements
from agent.core.frame import Frame, PictureStyle
from agent.core.geometry import Region
from agent.core.target import Match, Target, WindowQuery
from agent.core.text import Table, TextRead
from agent.vision.album import Album
from agent.vision.finder import Finder
from agent.vision.memory import ReadMemory
from agent.vision.senses import Senses
from agent.vision.watch import Watch, Watcher, difference

if TYPE_CHECKING:
    from agent.vision.reader import TextReader


class ScreenEye:
    """The `Eye` for real pixels. Thread-safe.

    Which candidate is meant:

    - A text that fills a cell or button excludes those that contain it as a part (see `match_text`); a picture that
      is there pixel by pixel excludes similar ones (see `match_image`). What remains is what `find_all` returns, and
      what `occurrence` counts, from the top left in reading order.
    - Without `occurrence` the one of the best rank is meant (exact before similar). Others of that rank with a score
      within 0.05 of it are equally good, and then the target is ambiguous.
    - With text, image and element, or two of them, all that are there must lie together (see `evidence`).
    - With an `anchor` and a `relation` only what lies in that direction counts (see `agent.core.relation`). Of those
      that are equally good the nearest is meant, straight ahead before aside; two whose distance differs by 4 pixels
      or less are ambiguous. `find_all` and `occurrence` begin at the anchor.
    - With `window`, the pixels of the topmost window that fits are searched; candidates under another window do not
      count, and when nothing else is there, the error names the window that covers it.
    - `region` and `point` are in screen coordinates in any case; with `window` too, what both share is searched.
    """

    def __init__(
        self,
        screen: Screen,
        windows: Windows,
        *,
        languages: str,
        min_confidence: float,
        tessdata: str = "",
        reader: TextReader | None = None,
        album: Album | None = None,
        elements: Elements | None = None,
    ) -> None:
        """`languages` (``deu+eng``) and `min_confidence` (0 to 100) are what `read` takes by default.

        `elements` is None where this machine has no way to look up UI elements.
        """
        self._screen = screen
        self._languages = languages
        self._min_confidence = min_confidence
        self._watcher = Watcher(screen, windows)
        self._album = album or Album(screen)
        self._memory = ReadMemory(reader, tessdata=tessdata)
        self._finder = Finder(screen, windows, Senses(self._memory, languages=languages, elements=elements))

    def find(self, target: Target, *, check: Check = lambda: None) -> Match:
        """The one match. Raises TargetNotFound (closest candidates in the hint), AmbiguousTarget, WindowNotFound.

        Also WrongWindow, when all that fits lies under another window than the one the target names, and DeviceError
        for a UI element where none can be looked up.
        """
        return self._finder.find(target, check=check)

    def find_all(self, target: Target, *, check: Check = lambda: None) -> tuple[Match, ...]:
        """Every match from the top left; empty when there is none. `target.occurrence` is not looked at.

        Raises AmbiguousTarget when text, image and element point to different places.
        """
        return self._finder.find_all(target, check=check)

    def read(
        self,
        region: Region | None = None,
        *,
        languages: str | None = None,
        mode: ReadMode = "block",
        min_confidence: float | None = None,
        check: Check = lambda: None,
    ) -> TextRead:
        """The text of a region, of the whole virtual desktop for None. Raises OcrLanguageMissing, NoDisplay."""
        check()
        return self._memory.read(
            self._screen.capture(region),
            languages=languages or self._languages,
            mode=mode,
            min_confidence=self._min_confidence if min_confidence is None else min_confidence,
            check=check,
        )

    def read_table(
        self,
        region: Region | None = None,
        *,
        header: bool = True,
        languages: str | None = None,
        min_confidence: float | None = None,
        check: Check = lambda: None,
    ) -> Table:
        """The table in a region; empty, with a reason, when there is none. Raises as `read`."""
        from agent.vision.table import table_of

        read = self.read(region, languages=languages, min_confidence=min_confidence, check=check)
        return table_of(read, header=header)

    def watch(self, region: Region | None = None, *, window: WindowQuery | None = None) -> Watch:
        """Keep an eye on a part of the screen: see `agent.core.context.Eye.watch`."""
        return self._watcher.watch(region, window=window)

    def difference(self, before: Frame, after: Frame) -> float:
        """The share of the pixels that differ, 0 to 1; 1 for frames of different regions."""
        return difference(before, after)

    def recognises(self, before: Frame, after: Frame, *, apart_from: Region) -> bool:
        """Whether anything in `before`, outside of a part of it, is still to be seen at its place in `after`."""
        from agent.vision.surroundings import recognises

        return recognises(before, after, apart_from=apart_from)

    def png(self, frame: Frame, *, masks: Sequence[Region] = ()) -> bytes:
        """`picture` in the default style."""
        return self.picture(frame, masks=masks)

    def picture(self, frame: Frame, style: PictureStyle | None = None, *, masks: Sequence[Region] = ()) -> bytes:
        """The frame as a picture file (None: PNG), with the masked regions (screen coordinates) painted over."""
        return self._album.encode(frame, style or PictureStyle(), masks)

    def numbered(self, frame: Frame, places: Sequence[Region]) -> Frame:
        """The frame with a numbered box around each place (screen coordinates), from 1."""
        from agent.vision.picture_of_candidates import numbered

        return numbered(frame, places)

    def changed(self, before: Frame, after: Frame) -> Region | None:
        """The smallest region around all pixels that differ, in screen coordinates; None when none does."""
        from agent.vision.frame import changed

        return changed(before, after)
