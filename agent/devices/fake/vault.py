"""`FakeVault`: credentials in memory."""

from __future__ import annotations

from collections.abc import Mapping

from agent.core.binding import UNBOUND, Binding, Credential, Seal
from agent.core.devices import Check
from agent.core.errors import CredentialNotFound
from agent.core.secret import Secret


class FakeVault:
    """Credentials in memory: ``FakeVault({"orders": {"user": "eva", "password": "geheim"}})``."""

    def __init__(self, credentials: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self.credentials = {name: dict(fields) for name, fields in (credentials or {}).items()}
        self.bindings: dict[str, Binding] = {}
        """By credential: where it may be used."""
        self.shows_user = True
        """Whether user names are no secret."""

    def secret(self, credential: str, field: str = "password", *, check: Check = lambda: None) -> Secret:
        """The field of the credential."""
        shown = field == "user" and self.shows_user
        seal = Seal(credential, self.bindings.get(credential, UNBOUND), shown)
        try:
            return Secret(self.credentials[credential][field], seal)
        except KeyError:
            raise CredentialNotFound(
                "The keychain has no {field} for the credential {credential}.",
                "`tla credential set` stores one.",
                field=field,
                credential=credential,
            ) from None

    def totp(self, credential: str, *, check: Check = lambda: None) -> Secret:
        """The field ``totp`` as it is: here it is the code itself."""
        return self.secret(credential, "totp")

    def credential(self, name: str, *, check: Check = lambda: None) -> Credential:
        """Its fields and where it may be used."""
        if name not in self.credentials:
            raise CredentialNotFound(
                "There is no credential {credential} in the keychain.",
                "Store it with: tla credential set {credential}",
                credential=name,
            )
        binding = self.bindings.get(name, UNBOUND)
        return Credential(name, tuple(sorted(self.credentials[name])), binding, self.shows_user)
