"""The tree of errors. Each carries a finished sentence and a hint that says what to do next.

::

    AgentError
    ├── DocumentError             the workflow file cannot be read or written
    │   └── FormatTooNew          it was written by a newer program
    ├── ProblemsFound             the workflow can be read but not run; carries the list
    ├── ExpressionError           a ${...} is wrong; carries the position
    ├── ActionError               a step could not do its work
    │   ├── TargetNotFound        nothing on the screen fits; carries the closest candidate
    │   ├── AmbiguousTarget       more than one place fits, and guessing is not ours to do
    │   ├── WindowNotFound
    │   ├── WrongWindow           another window is in front or in the way; nothing more was typed
    │   ├── Elevated              the window's program has more rights than we have
    │   ├── Interfered            the person used mouse or keyboard in the middle of what cannot be done twice
    │   ├── LoginFailed
    │   ├── ChildFailed           a container hands on the error of a child, unchanged
    │   ├── NotInTime             an awaited thing did not happen within the step's own wait
    │   └── NotAsExpected         what was to be verified is otherwise
    ├── DeviceError               the machine lacks something
    │   ├── NoDisplay
    │   ├── DesktopAway           it is locked or lost for now; the engine lets the step wait for it
    │   ├── OcrLanguageMissing
    │   └── OcrFailed             Tesseract is there but does not read
    ├── VaultError
    │   ├── KeychainUnavailable
    │   ├── KeychainLocked
    │   ├── CredentialNotFound
    │   └── CredentialRefused     the credential is not for the window that asks
    └── StoreError                the local database or run folder cannot be written

    BaseException
    ├── Stop                      the person (or the run) said stop
    ├── StepTimeout               the step's time is over
    ├── TimeUp                    the time of one look within a step is over; see `Context.within`
    └── Disturbed                 the person at the machine came in between; see `agent.core.turn`

`Stop`, `StepTimeout`, `TimeUp` and `Disturbed` are BaseExceptions because actions may catch Exception.

Messages are templates in English (``"No text {text} in {where}."``) with their values apart, so that a
face can show them in the user's language: `agent.resources.language` translates the template, then fills it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from agent.core.frame import Frame
    from agent.core.geometry import Region


def fill(template: str, values: Mapping[str, Any]) -> str:
    """Put the values into the template; a template without values is returned as it is.

    >>> fill("No text {text}.", {"text": '"{x}"'})
    'No text "{x}".'
    """
    return template.format_map(values) if values else template


@dataclass(frozen=True, slots=True)
class ErrorRecord:
    """What is kept of an error: plain text and numbers, fit for the journal, a screen and another language."""

    type: str
    message: str
    hint: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return fill(self.message, self.values)

    def to_json(self) -> dict[str, Any]:
        """The record as a JSON object; `from_json` reads it back."""
        return asdict(self) | {"values": dict(self.values)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ErrorRecord:
        """Read what `to_json` wrote."""
        return cls(
            type=str(data["type"]),
            message=str(data["message"]),
            hint=str(data.get("hint", "")),
            values=dict(data.get("values", {})),
        )


class AgentError(Exception):
    """The root. `message` and `hint` are English templates; `values` fill both."""

    exit_code: ClassVar[int] = 1
    """What `tla` exits with when this error ends the command."""

    default_hint: ClassVar[str] = ""

    def __init__(self, message: str, hint: str = "", **values: Any) -> None:
        # Values become text here, once: a Secret prints as dots, an object cannot leak into the journal.
        self.message = message
        self.hint = hint or self.default_hint
        self.values = {
            key: value if isinstance(value, int | float | bool) else str(value) for key, value in values.items()
        }
        super().__init__(message, self.hint, self.values)

    def __str__(self) -> str:
        return fill(self.message, self.values)

    def __reduce__(self) -> tuple[Any, ...]:
        # Exception would call the class with `args`, which a pickle from another process cannot survive.
        return _restored, (type(self), self.args, self.__dict__)

    def record(self) -> ErrorRecord:
        """The error as a value that can be journalled."""
        return ErrorRecord(type(self).__name__, self.message, self.hint, dict(self.values))


def _restored(kind: type[AgentError], args: tuple[Any, ...], state: dict[str, Any]) -> AgentError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class DocumentError(AgentError):
    """The workflow file cannot be read or written."""

    exit_code = 3


class FormatTooNew(DocumentError):
    """The file's format version is one this program does not know."""


class ProblemsFound(AgentError):
    """The workflow has problems; `problems` lists all of them (see `agent.core.problems`)."""

    exit_code = 3

    def __init__(self, message: str, hint: str = "", *, problems: tuple[Any, ...] = (), **values: Any) -> None:
        super().__init__(message, hint, **values)
        self.problems = problems


class ExpressionError(AgentError):
    """A ``${...}`` cannot be read or evaluated; `position` is the 0-based character in the whole text."""

    exit_code = 3

    def __init__(self, message: str, hint: str = "", *, position: int = 0, **values: Any) -> None:
        super().__init__(message, hint, position=position, **values)
        self.position = position


class ActionError(AgentError):
    """A step could not do its work."""

    exit_code = 2


class TargetNotFound(ActionError):
    """Nothing on the screen fits the target."""


class AmbiguousTarget(ActionError):
    """More than one place may be meant, and nothing says which.

    `candidates` are these places (screen coordinates) in the order of the message, `frame` is the picture in which they
    were seen, and `masks` are the regions of it that no one may see.
    """

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        candidates: Sequence[Region] = (),
        frame: Frame | None = None,
        **values: Any,
    ) -> None:
        super().__init__(message, hint, **values)
        self.candidates = tuple(candidates)
        self.frame = frame
        self.masks: tuple[Region, ...] = ()


class WindowNotFound(ActionError):
    """No window fits."""


class WrongWindow(ActionError):
    """Another window is in front of, or instead of, the intended one."""


class Elevated(ActionError):
    """The window's program has more rights than this one, and the system would swallow our input in silence."""


class Interfered(ActionError):
    """The person used mouse or keyboard while the step was in the middle of something that cannot be done twice."""


class LoginFailed(ActionError):
    """The application refused the sign-in, or did not say whether it took it."""


class NotInTime(ActionError):
    """An awaited thing did not happen within the step's own wait."""


class NotAsExpected(ActionError):
    """What was to be verified is otherwise."""


class ChildFailed(ActionError):
    """A container ends with the error of one of its children; `record()` is the child's own."""

    def __init__(self, original: ErrorRecord) -> None:
        super().__init__(original.message, original.hint, **original.values)
        self.original = original

    def record(self) -> ErrorRecord:
        """The child's error, so that an outer *catch* sees its type."""
        return self.original


class DeviceError(AgentError):
    """The machine lacks something the step needs."""

    exit_code = 4


class NoDisplay(DeviceError):
    """There is no screen to see."""


class DesktopAway(DeviceError):
    """The desktop is locked or lost for now. The engine lets a step wait until it is there again."""


class OcrLanguageMissing(DeviceError):
    """The OCR data of a language are not installed."""


class OcrFailed(DeviceError):
    """Tesseract cannot be started, its data are damaged, or it has not read a picture in time."""


class VaultError(AgentError):
    """The keychain did not give the secret."""

    exit_code = 5


class KeychainUnavailable(VaultError):
    """This machine has no keychain service that we can reach."""


class KeychainLocked(VaultError):
    """The keychain is there but locked."""


class CredentialNotFound(VaultError):
    """The keychain holds no such credential or field."""


class CredentialRefused(VaultError):
    """The credential is bound to another program, window or page than the one that asks."""


class StoreError(AgentError):
    """The local database or the run's folder cannot be read or written."""

    exit_code = 6


class Stop(BaseException):
    """The run was told to stop. Not an Exception: an action's own `except Exception` must not swallow it."""


class StepTimeout(BaseException):
    """The step's time is over. Not an Exception, for the same reason as `Stop`."""


class TimeUp(BaseException):
    """The time that a part of a step was given is over. Not an Exception, for the same reason as `Stop`."""


class Disturbed(BaseException):
    """The person came in between: a device call ended early, or a step has to begin again. Never leaves the engine.

    `done` says how much of a call had been carried out: characters of a text, 0 for nothing; None when the device
    cannot tell.
    """

    def __init__(self, done: int | None = None) -> None:
        super().__init__()
        self.done = done
