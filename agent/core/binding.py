"""`Binding` says where a credential may be used; an `Asker` is the window that wants it.

The rules, in the order in which they are told:

1. *Program*: its file name, or its whole path when the pattern holds a slash. The system says which program a window
   belongs to (`agent.core.devices.Askers`), because a window may call itself anything.
2. *Window*: the title, while the secret is typed as well. Alone it proves little, for any program can take any title.
3. *Origin*: scheme, host and port of the page that a browser shows. What cannot be read is not taken for right.

All that is given must fit; ``*`` stands for any text and case does not matter. A binding that says nothing lets the
credential go to every window.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, field_validator

from agent.core.errors import CredentialRefused
from agent.core.target import WindowInfo
from agent.core.wildcard import fits

_ORIGIN = re.compile(r"[a-z][a-z0-9+.*-]*://[^/\s@?#]+", re.IGNORECASE)
_LONGEST = 400
_OTHERWISE = "Nothing was typed. If this window is the right one, change that with: tla credential bind {credential}"


@dataclass(frozen=True, slots=True)
class Asker:
    """A window that wants a secret, as the system knows it."""

    window: WindowInfo
    """With the process that it really belongs to."""
    path: str = ""
    """The program's file with its folders; empty when the system does not tell."""
    origin: str | None = None
    """Such as ``https://shop.example.com``, for a browser's window; None when it cannot be read."""

    @property
    def program(self) -> str:
        """The program for a sentence."""
        return self.path or self.window.process or "?"


class Binding(BaseModel):
    """Where a credential may be used; see above."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    process: str | None = Field(None, max_length=_LONGEST)
    window: str | None = Field(None, max_length=_LONGEST)
    origin: str | None = Field(None, max_length=_LONGEST)

    @field_validator("process", "window", "origin")
    @classmethod
    def _says_something(cls, pattern: str | None) -> str | None:
        return pattern if pattern and pattern.strip() else None

    @field_validator("origin")
    @classmethod
    def _is_an_origin(cls, pattern: str | None) -> str | None:
        if pattern is None:
            return None
        pattern = pattern.removesuffix("/")
        if not _ORIGIN.fullmatch(pattern):
            raise ValueError("an origin is scheme and host, such as https://shop.example.com")
        return pattern

    def __bool__(self) -> bool:
        """Whether it binds to anything."""
        return any((self.process, self.window, self.origin))

    def __str__(self) -> str:
        parts = (self.process, self.window and f'"{self.window}"', self.origin)
        return ", ".join(part for part in parts if part)

    def check(self, credential: str, asker: Asker) -> None:
        """Raise CredentialRefused, which says what asked, unless the credential may go there."""
        told = {"credential": credential, "window": asker.window, "program": asker.program}
        if not self._fits_program(asker):
            raise CredentialRefused(
                "{window} of the program {program} asked for the credential {credential}, "
                "which is only for the program {wanted}.",
                _OTHERWISE,
                wanted=self.process,
                **told,
            )
        if not fits(self.window, asker.window.title):
            raise CredentialRefused(
                "{window} of the program {program} asked for the credential {credential}, "
                "which is only for windows named “{wanted}”.",
                _OTHERWISE,
                wanted=self.window,
                **told,
            )
        if self.origin is not None and asker.origin is None:
            raise CredentialRefused(
                "The credential {credential} is only for {wanted}, and which page {window} of the program {program} "
                "shows cannot be read.",
                "Nothing was typed. Bind it to the program and the window's title instead: "
                "tla credential bind {credential}",
                wanted=self.origin,
                **told,
            )
        if not fits(self.origin, asker.origin or ""):
            raise CredentialRefused(
                "{window} of the program {program} shows {origin} and asked for the credential {credential}, "
                "which is only for {wanted}.",
                "Nothing was typed. Look at the address twice: it may be a copy of the real page.",
                origin=asker.origin,
                wanted=self.origin,
                **told,
            )

    def still_fits(self, then: WindowInfo, seen: WindowInfo) -> bool:
        """Whether a window that was let through `then` may go on as it is `seen` now: between two characters.

        It must be the same window of the same process. Of a page, whose address cannot be read so often, the title must
        not change at all.
        """
        same = (seen.id, seen.pid, seen.class_name) == (then.id, then.pid, then.class_name)
        return same and fits(self.window, seen.title) and (self.origin is None or seen.title == then.title)

    def _fits_program(self, asker: Asker) -> bool:
        if self.process is None:
            return True
        if re.search(r"[/\\]", self.process):
            return bool(asker.path) and fits(self.process.replace("\\", "/"), asker.path.replace("\\", "/"))
        return fits(_plain(self.process), _plain(asker.window.process))


def _plain(program: str) -> str:
    return program.casefold().removesuffix(".exe")


UNBOUND = Binding()
"""Of a credential that every window may get."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What may be told of a credential: everything but its values."""

    name: str
    fields: tuple[str, ...]
    """Sorted."""
    binding: Binding = UNBOUND
    shows_user: bool = True
    """Whether the user name may be seen in pictures and records; all other fields never are."""


@dataclass(frozen=True, slots=True)
class Seal:
    """What a secret from the vault remembers of where it comes from."""

    credential: str
    binding: Binding
    shown: bool = False
    """Whether people may see it, as most user names."""
