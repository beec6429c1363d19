"""The screens of the corpus (`screens.json`): which toolkit shows what, how. Two sets, strictly apart.

`tuning` is for whoever improves the reader. `held_out` is only measured: nobody looks at what is read wrongly there
and changes the reader for it, or its figures mean nothing any more. The two share no data, no layout, no font and no
pair of style and theme, except for what the toolkits do not let choose. `sequence` is a small window in which much
happens, for comparing readings with one another.

A screen says `toolkit`, `style`, `dark`, `scale` (percent), `font`, `size` (points), `domain`, `language` and `seed`
(see `content.py`), and `layout`: rows and columns of parts; ``[part, weight]`` takes a share of the room that is left.
With `story` things happen in it, and pictures are taken of that too (see `make.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_DATA = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))


def _screens(name: str) -> Iterator[dict[str, Any]]:
    for screen in _DATA["sets"][name]:
        yield {**screen, "layout": _DATA["layouts"][screen["layout"]]}


SETS: dict[str, tuple[dict[str, Any], ...]] = {name: tuple(_screens(name)) for name in _DATA["sets"]}
"""The screens of each set."""
