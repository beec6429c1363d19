"""A keychain that is none: it keeps everything in memory and says so in its name. For the demo and the tests."""

from __future__ import annotations

from keyring.backend import KeyringBackend
from keyring.compat import properties
from keyring.errors import PasswordDeleteError


class MemoryKeyring(KeyringBackend):
    """Holds passwords in this process only; they are gone when it ends. Used only where somebody says so::

    keychain = Keychain(MemoryKeyring())
    """

    name = "in-memory keychain (nothing is kept)"

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring leaves it without annotations
        self._passwords: dict[tuple[str, str], str] = {}

    @properties.classproperty
    def priority(cls) -> float:  # noqa: N805 - a class property takes the class
        """Never chosen by itself: keyring takes a backend that raises here for one that cannot be used."""
        raise RuntimeError("The in-memory keychain is only used where it is asked for.")

    def get_password(self, service: str, username: str) -> str | None:
        """The password, or None."""
        return self._passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep the password for as long as this object lives."""
        self._passwords[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget the password. Raises PasswordDeleteError when there is none."""
        if self._passwords.pop((service, username), None) is None:
            raise PasswordDeleteError("There is no such password.")
