"""`Keychain`: credentials in the keychain of the operating system, one entry a field.

One more entry of a credential, ``terms.json``, says where it may be used and whether its user name is a secret. Without
it (records of earlier versions have none) the credential is bound to nothing, and its user name may be seen.
"""

from __future__ import annotations

import difflib
import json
import logging
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, TypeVar

from agent.core.binding import Binding, Credential, Seal
from agent.core.devices import Check
from agent.core.errors import CredentialNotFound, KeychainLocked, VaultError
from agent.core.requirement import Requirement
from agent.core.secret import Secret
from agent.vault.backend import backend_errors, system_backend, translated
from agent.vault.terms import Terms
from agent.vault.totp import OneTimeCodes

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

log = logging.getLogger(__name__)

SERVICE = "trusted-login-agent"
WAIT_S = 20.0
"""How long a call may take: somebody may have to type the keychain's own password into its prompt."""

LARGEST_ON_WINDOWS = 2560
"""Bytes in UTF-16: CRED_MAX_CREDENTIAL_BLOB_SIZE of the Windows Credential Manager."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,99}")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,31}")
_TERMS = "terms.json"
"""An entry that is no field: none has a dot in its name."""
_CHECK_S = 0.05
"""How often a waiting call looks at the stop flag."""
_PAGE = 1000
"""Characters of one page of the index, with room to spare under the limit of Windows."""

T = TypeVar("T")


class Keychain:
    """The real `agent.core.context.Vault`. Thread-safe.

    Without `backend` the system's own keychain is used, found at the first call. `on_secret` hears of every
    secret that goes in or out, so that it can be hidden from then on: ``keychain.on_secret = redactor.add``. It does
    not hear of user names that may be seen: people must be told who was signed in, and dots over each “admin” in a
    log would hide what it is there for.

    What it gives out is sealed with the credential's binding; see `Secret`.
    """

    def __init__(self, backend: KeyringBackend | None = None, *, wait_s: float = WAIT_S) -> None:
        self.on_secret: Callable[[Secret], None] = lambda secret: None
        self._backend = backend
        self._wait_s = wait_s
        self._index_lock = threading.Lock()
        self._warned: set[str] = set()

    @property
    def backend_name(self) -> str:
        """Which keychain it is, for people. Raises KeychainUnavailable."""
        return self._call(lambda backend: str(backend.name))

    def secret(self, credential: str, field: str = "password", *, check: Check = lambda: None) -> Secret:
        """A field of a credential. Raises CredentialNotFound, KeychainLocked, KeychainUnavailable."""
        value, terms = self._stored(credential, field, check)
        shown = terms.shows(field)
        if not shown:
            self.on_secret(value)
        return Secret(value.reveal(), Seal(credential, terms.binding, shown))

    def totp(self, credential: str, *, check: Check = lambda: None) -> Secret:
        """The one-time code of this moment, from the credential's field ``totp``."""
        stored, terms = self._stored(credential, "totp", check)
        self.on_secret(stored)
        code = OneTimeCodes.of(stored).code()
        self.on_secret(code)
        return Secret(code.reveal(), Seal(credential, terms.binding))

    def credential(self, name: str, *, check: Check = lambda: None) -> Credential:
        """What may be told of a credential. Raises CredentialNotFound."""
        return self._terms(name, check).told_of(name, self.must_exist(name, check=check))

    def must_exist(self, name: str, *, check: Check = lambda: None) -> tuple[str, ...]:
        """The fields of a credential. Raises CredentialNotFound."""
        fields = self.names(check=check).get(name)
        if fields is None:
            raise self._missing(name, "password")
        return fields

    def credentials(self) -> tuple[Credential, ...]:
        """`credential` for each, sorted by name."""
        return tuple(self._terms(name).told_of(name, fields) for name, fields in self.names().items())

    def set(self, credential: str, field: str, value: Secret) -> None:
        """Store a field, replacing what was there. The field ``totp`` is checked to be usable first."""
        _check_names(credential, field)
        if not self._terms(credential).shows(field):
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

    def bind(self, credential: str, binding: Binding | None = None, *, shows_user: bool | None = None) -> None:
        """Say where a credential may be used, and whether its user name may be seen; None leaves that as it is.

        It may be said before the first field is set, so that the credential is never there without its binding.
        """
        _check_names(credential, "user")
        written = self._read(_service(credential), _TERMS)
        terms = Terms.or_strict(credential, None if written is None else written.reveal())
        terms = terms.changed(binding, shows_user)
        text = Secret(terms.to_text())
        _check_size(credential, "binding", text, sys.platform)
        self._write(_service(credential), _TERMS, text)

    def remove(self, credential: str) -> None:
        """Delete every field of a credential. Raises CredentialNotFound."""
        fields = self.names().get(credential)
        if fields is None:
            raise self._missing(credential, "password")
        for entry in (*fields, _TERMS):  # the binding last: no field is ever there without it
            if self._read(_service(credential), entry) is not None:
                self._delete(_service(credential), entry)
        self._note(credential, lambda fields: [])

    def names(self, *, check: Check = lambda: None) -> dict[str, tuple[str, ...]]:
        """Credential → its fields, sorted; never a value."""
        found = {name: tuple(fields) for page in self._pages(check) for name, fields in page.items()}
        return dict(sorted(found.items()))

    def _stored(self, credential: str, field: str, check: Check) -> tuple[Secret, Terms]:
        """A field as it is kept, and the terms that hold for it, read in one go."""
        _check_names(credential, field)
        service = _service(credential)

        def read(backend: KeyringBackend) -> tuple[str | None, str | None]:
            return backend.get_password(service, field), backend.get_password(service, _TERMS)

        value, text = self._call(read, check)
        if value is None:
            raise self._missing(credential, field)
        terms = Terms.of(credential, text)
        if not terms.binding and credential not in self._warned:
            self._warned.add(credential)
            log.warning(
                "The credential %s is not bound: every window may get it. Use: tla credential bind.", credential
            )
        return Secret(value), terms

    def _terms(self, credential: str, check: Check = lambda: None) -> Terms:
        text = self._read(_service(credential), _TERMS, check)
        return Terms.of(credential, None if text is None else text.reveal())

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

    def _pages(self, check: Check = lambda: None) -> Iterator[dict[str, list[str]]]:
        for number in range(1, 1000):
            text = self._read(SERVICE, f"index-{number}", check)
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

    def _read(self, service: str, entry: str, check: Check = lambda: None) -> Secret | None:
        value = self._call(lambda backend: backend.get_password(service, entry), check)
        return None if value is None else Secret(value)

    def _write(self, service: str, entry: str, value: Secret) -> None:
        self._call(lambda backend: backend.set_password(service, entry, value.reveal()))

    def _delete(self, service: str, entry: str) -> None:
        self._call(lambda backend: backend.delete_password(service, entry))

    def _call(self, call: Callable[[KeyringBackend], T], check: Check = lambda: None) -> T:
        """Run the call in a thread of its own, because a keychain may show a prompt that nobody answers.

        What `check` raises ends the waiting, not the call: nothing can take a prompt away.
        """
        outcome: Future[T] = Future()

        def work() -> None:
            try:
                outcome.set_result(call(self._found()))
            except BaseException as error:  # noqa: BLE001 - handed to the caller's thread, which raises it
                outcome.set_exception(error)

        threading.Thread(target=work, name="keychain", daemon=True).start()
        until = time.monotonic() + self._wait_s
        while not wait((outcome,), min(_CHECK_S, max(0.0, until - time.monotonic()))).done:
            check()
            if time.monotonic() >= until:
                raise KeychainLocked(
                    "The keychain did not answer within {seconds} s.",
                    "It may be asking for its password: answer the prompt, or unlock the keychain, and try again.",
                    seconds=self._wait_s,
                )
        try:
            return outcome.result()
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
        credentials = keychain.credentials()
    except VaultError as error:
        return (Requirement.unmet("Keychain", error),)
    unbound = [each.name for each in credentials if not each.binding]
    found = Requirement("Keychain", True, f"{name} ({len(credentials)})")
    if not unbound:
        return (found,)
    return found, Requirement("Credentials that every window may get", True, ", ".join(unbound))


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
