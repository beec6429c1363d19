"""`Terms`: what a credential's record says beside its fields, as it is written into the keychain."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError

from agent.core.binding import UNBOUND, Binding, Credential
from agent.core.errors import VaultError


class _Written(BaseModel):
    """The JSON of the entry. Unknown keys of later versions are refused: they may forbid what we would allow."""

    model_config = ConfigDict(extra="forbid")

    process: str | None = None
    window: str | None = None
    origin: str | None = None
    shows_user: bool = True


@dataclass(frozen=True, slots=True)
class Terms:
    """Where a credential may be used, and what of it may be seen."""

    binding: Binding = UNBOUND
    shows_user: bool = True

    @classmethod
    def of(cls, credential: str, text: str | None) -> Terms:
        """Read the entry; a credential without one has no terms. Raises VaultError rather than to guess."""
        if text is None:
            return cls()
        try:
            written = _Written.model_validate_json(text)
            binding = Binding(process=written.process, window=written.window, origin=written.origin)
        except ValidationError as error:
            raise VaultError(
                "What the keychain says of where {credential} may be used is damaged or too new.",
                "Say it again with: tla credential bind {credential}",
                credential=credential,
            ) from error
        return cls(binding, written.shows_user)

    @classmethod
    def or_strict(cls, credential: str, text: str | None) -> Terms:
        """`of`, to be changed and written anew; of what cannot be read, nothing may be seen."""
        try:
            return cls.of(credential, text)
        except VaultError:
            return cls(shows_user=False)

    def to_text(self) -> str:
        """The entry."""
        return _Written(**self.binding.model_dump(), shows_user=self.shows_user).model_dump_json(exclude_none=True)

    def changed(self, binding: Binding | None, shows_user: bool | None) -> Terms:
        """With what is not None in place of what was there."""
        return Terms(
            self.binding if binding is None else binding, self.shows_user if shows_user is None else shows_user
        )

    def shows(self, field: str) -> bool:
        """Whether this field may be seen."""
        return field == "user" and self.shows_user

    def told_of(self, name: str, fields: tuple[str, ...]) -> Credential:
        """What may be told of the credential."""
        return Credential(name, fields, self.binding, self.shows_user)
