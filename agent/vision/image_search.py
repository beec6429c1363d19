"""`ImageSearch`: finds pictures on a screen that is looked at again and again, and searches only what has changed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from agent.core.devices import Check
from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.target import Scales
from agent.vision.change import changes
from agent.vision.look import Look
from agent.vision.match_image import Question, Seen, search
from agent.vision.template import Template

_MOST_BYTES = 128 * 1024 * 1024
"""Of pixels and scores that are remembered: seven pictures that are waited for on full HD."""
_MOST_TEMPLATES = 64
_LARGEST_TEMPLATE = 4 * 1024 * 1024
"""Bytes: as large as half a screen; a larger one is read anew each time."""

_FileState = tuple[Path, int, int, int, int]
_Place = tuple[Template, Region, float]


@dataclass(slots=True)
class _Memory:
    """The last frame on which a template was searched in a region, and what was seen."""

    frame: Frame
    looks: dict[tuple[int, int], Look] = field(default_factory=dict)
    """By the size in which the template was searched."""
    answers: dict[Question, Seen] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.frame.pixels) + sum(look.size for look in self.looks.values())


class ImageSearch:
    """Remembers of each template and region the last frame and what was found there. Thread-safe, bounded.

    The answer is always that of `find_image` for the same frame. On a still screen it costs the comparison of two
    frames; when something changed, only the places where the template would touch that are searched again. (All of
    them, not just around the last hit: a second one, elsewhere, makes a target ambiguous.)
    """

    def __init__(self, *, most_bytes: int = _MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._memories: OrderedDict[_Place, _Memory] = OrderedDict()
        self._templates: OrderedDict[_FileState, Template] = OrderedDict()

    def load(self, path: Path) -> Template:
        """As `Template.load`, but a file that has not changed is decoded once."""
        try:
            state = path.stat()
        except (OSError, ValueError):
            return Template.load(path)  # it says what is wrong with the path
        key = (path, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)
        with self._lock:
            template = self._templates.get(key)
        if template is None:
            template = Template.load(path)
        if template.colours.nbytes <= _LARGEST_TEMPLATE:
            with self._lock:
                self._templates[key] = template
                self._templates.move_to_end(key)
                if len(self._templates) > _MOST_TEMPLATES:
                    self._templates.popitem(last=False)
        return template

    def find(
        self,
        frame: Frame,
        template: Template,
        *,
        min_score: float,
        scales: Scales = "likely",
        check: Check = lambda: None,
    ) -> Seen:
        """As `agent.vision.match_image.find_image`. The template should be the same object each time, as of `load`."""
        place, question = (template, frame.region, frame.scale), Question(min_score, scales)
        # Taken out while it is worked on: nobody waits for it, and what a stop leaves half done is forgotten.
        with self._lock:
            before = self._memories.pop(place, None)
        changed = changes(before.frame, frame) if before is not None else ()
        now = _Memory(frame)
        if before is not None and not changed:
            now = before
            if question in now.answers:
                self._keep(place, now)
                return now.answers[question]

        def see(wanted: Template) -> Look:
            size = wanted.height, wanted.width
            if size not in now.looks:
                old = before.looks.get(size) if before is not None else None
                now.looks[size] = Look(wanted, frame, check) if old is None else old.moved_on(frame, changed, check)
            return now.looks[size]

        seen = now.answers[question] = search(frame, template, question, see, check)
        self._keep(place, now)
        return seen

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._memories.clear()
            self._templates.clear()

    @property
    def size(self) -> int:
        """Bytes of pixels and scores that are remembered."""
        with self._lock:
            return sum(memory.size for memory in self._memories.values())

    def _keep(self, place: _Place, memory: _Memory) -> None:
        """Remember it as the newest, and forget the oldest ones that are too much."""
        with self._lock:
            self._memories[place] = memory
            self._memories.move_to_end(place)
            size = sum(each.size for each in self._memories.values())
            while size > self._most_bytes and self._memories:
                _, oldest = self._memories.popitem(last=False)
                size -= oldest.size
