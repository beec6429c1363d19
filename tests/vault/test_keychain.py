"""The keychain over the real keyring API, with the in-memory backend."""

from __future__ import annotations

import json
import subprocess
import sys
import threading

import keyring.errors
import pytest
from keyring.backend import KeyringBackend

from agent.core.errors import CredentialNotFound, KeychainLocked, KeychainUnavailable, VaultError
from agent.core.secret import Secret
from agent.vault import Keychain, requirements
from agent.vault.keychain import _check_size
from agent.vault.memory import MemoryKeyring


@pytest.fixture
def keychain() -> Keychain:
    return Keychain(MemoryKeyring())


def test_a_credential_is_kept_field_by_field(keychain: Keychain) -> None:
    keychain.set("orders", "user", Secret("jürgen"))
    keychain.set("orders", "password", Secret("Grüße €"))
    assert keychain.secret("orders") == Secret("Grüße €")
    assert keychain.secret("orders", "user") == Secret("jürgen")
    assert keychain.names() == {"orders": ("password", "user")}


def test_names_are_found_again_by_another_keychain_object_and_hold_no_value() -> None:
    backend = MemoryKeyring()
    Keychain(backend).set("orders", "password", Secret("canary-4711"))
    other = Keychain(backend)
    assert "canary" not in str(other.names())
    assert other.names() == {"orders": ("password",)}


def test_removing_takes_every_field_and_the_name(keychain: Keychain) -> None:
    for field in ("user", "password"):
        keychain.set("orders", field, Secret("x" * 8))
    keychain.remove("orders")
    assert keychain.names() == {}
    assert not [service for service, _ in keychain._backend._passwords if service.endswith("/orders")]
    with pytest.raises(CredentialNotFound):
        keychain.remove("orders")


def test_hundreds_of_names_fit_because_the_index_has_pages() -> None:
    backend = MemoryKeyring()
    keychain = Keychain(backend)
    names = [f"credential-with-a-long-name-{number:03}" for number in range(150)]
    for name in names:
        keychain.set(name, "password", Secret("1234"))
    assert list(keychain.names()) == names
    index = [text for (service, _), text in backend._passwords.items() if service == "trusted-login-agent"]
    assert max(map(len, index)) <= 1280  # what one entry holds on Windows
    assert len(index) > 3


def test_a_missing_credential_is_told_with_the_closest_name_and_the_remedy(keychain: Keychain) -> None:
    keychain.set("orders", "user", Secret("eva"))
    with pytest.raises(CredentialNotFound) as caught:
        keychain.secret("ordres")
    assert caught.value.values["closest"] == "orders"
    assert "tla credential set" in caught.value.hint
    with pytest.raises(CredentialNotFound, match="The credential orders has no password, only user"):
        keychain.secret("orders")


def test_every_secret_that_goes_in_or_out_is_told_to_the_redactor(keychain: Keychain) -> None:
    told: list[str] = []
    keychain.on_secret = lambda secret: told.append(secret.reveal())
    keychain.set("orders", "totp", Secret("JBSWY3DPEHPK3PXP"))
    code = keychain.totp("orders")
    assert told == ["JBSWY3DPEHPK3PXP", "JBSWY3DPEHPK3PXP", code.reveal()]
    assert len(code.reveal()) == 6


def test_an_unusable_code_secret_is_refused_when_it_is_stored(keychain: Keychain) -> None:
    with pytest.raises(VaultError, match="one-time code secret"):
        keychain.set("orders", "totp", Secret("not base32!"))
    assert keychain.names() == {}


@pytest.mark.parametrize("name", ["", "a b", "../x", "-x", "ä", "x" * 101, "a\n"])
def test_a_name_that_could_confuse_a_keychain_is_refused(keychain: Keychain, name: str) -> None:
    with pytest.raises(VaultError, match="no name for a credential"):
        keychain.set(name, "password", Secret("1234"))
    with pytest.raises(VaultError, match="no name for a field"):
        keychain.secret("orders", name or "Password")


def test_an_empty_value_is_refused(keychain: Keychain) -> None:
    with pytest.raises(VaultError, match="is empty"):
        keychain.set("orders", "password", Secret(""))


def test_a_value_too_long_for_windows_is_refused_there_only() -> None:
    _check_size("orders", "password", Secret("x" * 1281), "linux")
    _check_size("orders", "password", Secret("x" * 1280), "win32")
    with pytest.raises(VaultError, match="too long for the Windows Credential Manager") as caught:
        _check_size("orders", "password", Secret("x" * 1281), "win32")
    assert "1280" in repr(caught.value.record())


def test_a_damaged_list_of_names_is_told(keychain: Keychain) -> None:
    keychain.set("orders", "password", Secret("1234"))
    keychain._write("trusted-login-agent", "index-1", Secret("[half"))
    with pytest.raises(VaultError, match="is damaged"):
        keychain.names()


class Silent(MemoryKeyring):
    """Asks for its password in a prompt that nobody answers."""

    def __init__(self) -> None:
        super().__init__()
        self.answered = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.answered.wait()
        return None


class Failing(MemoryKeyring):
    """Raises what it is told."""

    error: Exception = keyring.errors.KeyringError("broken")

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error


def test_a_keychain_that_does_not_answer_counts_as_locked() -> None:
    backend = Silent()
    with pytest.raises(KeychainLocked, match="did not answer within"):
        Keychain(backend, wait_s=0.05).secret("orders")
    backend.answered.set()


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (keyring.errors.KeyringLocked("no"), KeychainLocked),
        (keyring.errors.InitError("no"), KeychainLocked),
        (keyring.errors.NoKeyringError("no"), KeychainUnavailable),
        (keyring.errors.KeyringError("no"), VaultError),
        (OSError("no"), VaultError),
    ],
)
def test_the_errors_of_keychains_become_ours_with_a_remedy(error: Exception, kind: type[VaultError]) -> None:
    backend = Failing()
    backend.error = error
    with pytest.raises(VaultError) as caught:
        Keychain(backend).secret("orders")
    assert type(caught.value) is kind
    assert caught.value.hint
    assert not requirements(Keychain(backend))[0].ok


def test_the_in_memory_keychain_says_what_it_is_and_is_never_chosen_by_itself(keychain: Keychain) -> None:
    (line,) = requirements(keychain)
    assert line.ok
    assert "in-memory" in line.detail
    assert MemoryKeyring not in set(KeyringBackend.get_viable_backends())


@pytest.mark.parametrize(
    ("backend", "told"),
    [
        ("keyring.backends.fail.Keyring", "no keychain service was found"),
        ("keyring.backends.null.Keyring", ""),
        ("no.such.Backend", "No module named"),
    ],
)
def test_a_machine_without_a_keychain_says_so(backend: str, told: str) -> None:
    shown = ask_new_process("Keychain().names()", PYTHON_KEYRING_BACKEND=backend)
    # `null` was named by the user for this process: that is explicit, so it is taken.
    assert shown["error"] == ("KeychainUnavailable" if told else "")
    assert told in shown["message"]


def test_a_backend_that_writes_plain_files_is_not_taken_unasked() -> None:
    shown = ask_new_process(
        "keyring.set_keyring(PlaintextLike()); Keychain().names()",
        before="""
from keyring.backend import KeyringBackend
class PlaintextLike(KeyringBackend):
    priority = 5
    def get_password(self, service, username): return None
    def set_password(self, service, username, password): raise SystemExit("it was written")
""",
    )
    assert shown["error"] == "KeychainUnavailable"
    assert "may keep secrets unencrypted" in shown["message"]


def ask_new_process(code: str, before: str = "", **environment: str) -> dict[str, str]:
    """Run the code where keyring has not chosen a backend yet; gives the error's type and message."""
    import os

    program = f"""
import json, keyring
from agent.core.errors import AgentError
from agent.vault import Keychain
{before}
shown = {{"error": "", "message": ""}}
try:
    {code}
except AgentError as error:
    shown = {{"error": type(error).__name__, "message": str(error)}}
print(json.dumps(shown))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout)
