"""`Requirement`: something that the machine must have, whether it has it, and how to get it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of ``tla doctor``. `detail` says what was found; `remedy` is what to do when `ok` is false."""

    name: str
    ok: bool
    detail: str = ""
    remedy: str = ""
