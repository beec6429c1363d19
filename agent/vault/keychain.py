"""`Keychain`: credentials in the keychain of the operating system, one entry a field."""

from __future__ import annotations

import difflib
import json
import re
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

from agent.core.errors import CredentialNotFound, KeychainLocked, VaultError
from agent.core.requirement import Requirement
from agent.core.secret import Secret
from agent.vault.backend import backend_errors, system_backend, translated
from agent.vault.totp import OneTimeCodes

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "trusted-login-agent"
WAIT_S = 20.0
"""How long a call may take: somebody may have to type the keychain's own password into its prompt."""

LARGEST_ON_WINDOWS = 2560
"""Bytes in UTF-16: CRED_MAX_CREDENTIAL_BLOB_SIZE of the Windows Credential Manager."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,99}")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,31}")
_PAGE = 1000
"""Characters of one page of the index, with room to spare under the limit of Windows."""

T = TypeVar("T")


class Keychain:
    """The real `agent.core.context.Vault`. Thread-safe.

    Without `backend` the system's own keychain is used, found at the first call. `on_secret` hears of every
    secret that goes in or out, so that it can be hidden from then on: ``keychain.on_secret = redactor.add``.
    """

    def __init__(self, backend: KeyringBackend | None = None, *, wait_s: float = WAIT_S) -> None:
        self.on_secret: Callable[[Secret], None] = lambda secret: None
        self._backend = backend
        self._wait_s = wait_s
        self._index_lock = threading.Lock()

    @property
    def backend_name(self) -> str:
        """Which keychain it is, for people. Raises KeychainUnavailable."""
        return self._call(lambda backend: str(backend.name))

    def secret(self, credential: str, field: str = "password") -> Secret:
        """A field of a credential. Raises CredentialNotFound, KeychainLocked, KeychainUnavailable."""
        value = self._get(credential, field)
        if value is None:
            raise self._missing(credential, field)
        self.on_secret(value)
        return value

    def has(self, credential: str, field: str) -> bool:
        """Whether the credential has this field."""
        return self._get(credential, field) is not None

    def totp(self, credential: str) -> Secret:
        """The one-time code of this moment, from the credential's field ``totp``."""
        code = OneTimeCodes.of(self.secret(credential, "totp")).code()
        self.on_secret(code)
        return code

    def set(self, credential: str, field: str, value: Secret) -> None:
        """Store a field, replacing what was there. The field ``totp`` is checked to be usable first."""
        _check_names(credential, field)
        self.on_secret(value)
        if not value:
            raise VaultError(
                "The value for {field} of {credential} is empty.",
                "Give a value, or remove the credential.",
                field=field,
                credential=credential,
            )
        if field == "totp":
            OneTimeCodes.of(value)
        _check_size(credential, field, value, sys.platform)
        self._write(_service(credential), field, value)
        self._note(credential, lambda fields: sorted({*fields, field}))

    def remove(self, credential: str) -> None:
        """Delete every field of a credential. Raises CredentialNotFound."""
        fields = self.names().get(credential)
        if fields is None:
            raise self._missing(credential, "password")
        for field in fields:
            if self.has(credential, field):
                self._delete(_service(credential), field)
        self._note(credential, lambda fields: [])

    def names(self) -> dict[str, tuple[str, ...]]:
        """Credential → its fields, sorted; never a value."""
        found = {name: tuple(fields) for page in self._pages() for name, fields in page.items()}
        return dict(sorted(found.items()))

    def _get(self, credential: str, field: str) -> Secret | None:
        _check_names(credential, field)
        return self._read(_service(credential), field)

    def _missing(self, credential: str, field: str) -> CredentialNotFound:
        names = self.names()
        if credential in names:
            return CredentialNotFound(
                "The credential {credential} has no {field}, only {fields}.",
                "Store it with: tla credential set {credential}",
                credential=credential,
                field=field,
                fields=", ".join(names[credential]),
            )
        near = difflib.get_close_matches(credential, names, n=1, cutoff=0.6)
        if near:
            return CredentialNotFound(
                "There is no credential {credential} in the keychain.",
                "Did you mean {closest}? Otherwise store it with: tla credential set {credential}",
                credential=credential,
                closest=near[0],
            )
        return CredentialNotFound(
            "There is no credential {credential} in the keychain.",
            "Store it with: tla credential set {credential}",
            credential=credential,
        )

    # The index. keyring cannot list its entries, so the names are kept as entries of their own: pages of JSON,
    # each complete in itself, because an entry on Windows holds only 1,280 characters.

    def _pages(self) -> Iterator[dict[str, list[str]]]:
        for number in range(1, 1000):
            text = self._read(SERVICE, f"index-{number}")
            if text is None:
                return
            yield _page(text.reveal())

    def _note(self, credential: str, change: Callable[[list[str]], list[str]]) -> None:
        """Change the fields of a credential in the index; without any it leaves the index."""
        with self._index_lock:
            pages = list(self._pages())
            number = next((n for n, page in enumerate(pages, 1) if credential in page), 0)
            fields = change(pages[number - 1].pop(credential) if number else [])
            if not number:
                number = next((n for n, page in enumerate(pages, 1) if len(json.dumps(page)) < _PAGE - 300), 0)
            if not number:
                pages.append({})
                number = len(pages)
            page = pages[number - 1] | ({credential: fields} if fields else {})
            self._write(SERVICE, f"index-{number}", Secret(json.dumps(page)))

    def _read(self, service: str, entry: str) -> Secret | None:
        value = self._call(lambda backend: backend.get_password(service, entry))
        return None if value is None else Secret(value)

    def _write(self, service: str, entry: str, value: Secret) -> None:
        self._call(lambda backend: backend.set_password(service, entry, value.reveal()))

    def _delete(self, service: str, entry: str) -> None:
        self._call(lambda backend: backend.delete_password(service, entry))

    def _call(self, call: Callable[[KeyringBackend], T]) -> T:
        """Run the call in a thread of its own, because a keychain may show a prompt that nobody answers."""
        outcome: Future[T] = Future()

        def work() -> None:
            try:
                outcome.set_result(call(self._found()))
            except BaseException as error:  # noqa: BLE001 - handed to the caller's thread, which raises it
                outcome.set_exception(error)

        threading.Thread(target=work, name="keychain", daemon=True).start()
        try:
            return outcome.result(self._wait_s)
        except TimeoutError:
            raise KeychainLocked(
                "The keychain did not answer within {seconds} s.",
                "It may be asking for its password: answer the prompt, or unlock the keychain, and try again.",
                seconds=self._wait_s,
            ) from None
        except backend_errors() as error:
            raise translated(error) from error

    def _found(self) -> KeyringBackend:
        if self._backend is None:
            self._backend = system_backend()
        return self._backend


def requirements(keychain: Keychain) -> tuple[Requirement, ...]:
    """What ``tla doctor`` shows of the keychain: which it is, and whether it can be read."""
    try:
        name = keychain.backend_name
        count = len(keychain.names())
    except VaultError as error:
        return (Requirement.unmet("Keychain", error),)
    return (Requirement("Keychain", True, f"{name} ({count})"),)


def _service(credential: str) -> str:
    return f"{SERVICE}/{credential}"


def _page(text: str) -> dict[str, list[str]]:
    try:
        page = json.loads(text)
    except ValueError:
        page = None
    if not isinstance(page, dict) or not all(isinstance(fields, list) for fields in page.values()):
        raise VaultError(
            "The list of credentials in the keychain is damaged.",
            "Delete the entry “{service}” in the system's keychain program and store the credentials again.",
            service=SERVICE,
        )
    return {str(name): [str(field) for field in fields] for name, fields in page.items()}


def _check_names(credential: str, field: str) -> None:
    if not _NAME.fullmatch(credential):
        raise VaultError(
            "“{credential}” is no name for a credential.",
            "Use 1 to 100 letters, digits and . _ - @, and begin with a letter or digit.",
            credential=credential[:120],
        )
    if not _FIELD.fullmatch(field):
        raise VaultError(
            "“{field}” is no name for a field of a credential.",
            "Use lower-case letters, digits and _, such as user, password or totp.",
            field=field[:120],
        )


def _check_size(credential: str, field: str, value: Secret, platform: str) -> None:
    if platform == "win32" and len(value.reveal().encode("utf-16-le")) > LARGEST_ON_WINDOWS:
        raise VaultError(
            "The value for {field} of {credential} is too long for the Windows Credential Manager.",
            "It holds at most {most} characters.",
            field=field,
            credential=credential,
            most=LARGEST_ON_WINDOWS // 2,
        )
