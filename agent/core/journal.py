"""The Protocols by which the engine writes the record and shares the desktop with other processes."""

from __future__ import annotations

from typing import Any, Protocol

from agent.core.run import Run, Step


class Journal(Protocol):
    """Keeps snapshots durably: when a call returns, neither a crash nor a power cut loses it. Thread-safe."""

    def save_run(self, run: Run) -> None:
        """Insert or replace the run. Raises StoreError."""
        ...

    def save_step(self, step: Step) -> None:
        """Insert or replace the step by its key. Raises StoreError."""
        ...


class DesktopLease(Protocol):
    """The one desktop of this user and display, across processes. Freed by the system when its process dies."""

    def take(self, holder: str) -> str:
        """Try to take it for this process, without waiting.

        `holder` is what others shall read, such as ``"Read the open orders" (process 4711)``. Returns "" when
        it is ours now (or was already), else the holder's own words.
        """
        ...

    def give_back(self) -> None:
        """Let others have it; nothing happens when it is not ours."""
        ...


class Redact(Protocol):
    """Replaces every secret that was handed out by dots, anywhere in a JSON value or text."""

    def __call__(self, value: Any) -> Any:
        """The value with secrets masked; the same object when there are none."""
        ...
