"""`Requirement`: something that the machine must have, whether it has it, and how to get it."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.errors import AgentError, ErrorRecord


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of ``tla doctor``. `detail` says what was found; `remedy` is what to do when `ok` is false.

    Where an error says both, it is the `fault`, so that a face can tell it in the user's language.
    """

    name: str
    ok: bool
    detail: str = ""
    remedy: str = ""
    fault: ErrorRecord | None = None

    @classmethod
    def unmet(cls, name: str, error: AgentError) -> Requirement:
        """What is missing because of this error."""
        return cls(name, False, fault=error.record())
