"""`FakeVault`: credentials in memory."""

from __future__ import annotations

from collections.abc import Mapping

from agent.core.errors import CredentialNotFound
from agent.core.secret import Secret


class FakeVault:
    """Credentials in memory: ``FakeVault({"orders": {"user": "eva", "password": "geheim"}})``."""

    def __init__(self, credentials: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self.credentials = {name: dict(fields) for name, fields in (credentials or {}).items()}

    def secret(self, credential: str, field: str = "password") -> Secret:
        """The field of the credential."""
        try:
            return Secret(self.credentials[credential][field])
        except KeyError:
            raise CredentialNotFound(
                "The keychain has no {field} for the credential {credential}.",
                "`tla credential set` stores one.",
                field=field,
                credential=credential,
            ) from None

    def has(self, credential: str, field: str) -> bool:
        """Whether the credential has this field."""
        return field in self.credentials.get(credential, {})

    def totp(self, credential: str) -> Secret:
        """The field ``totp`` as it is: here it is the code itself."""
        return self.secret(credential, "totp")
