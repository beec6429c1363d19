"""Where a credential may be used is kept with it in the keychain, and goes out with each of its secrets."""

from __future__ import annotations

import logging
import threading

import pytest

from agent.core.binding import Asker, Binding, Credential
from agent.core.errors import CredentialNotFound, CredentialRefused, Stop, VaultError
from agent.core.geometry import Region
from agent.core.secret import Secret
from agent.core.target import WindowInfo
from agent.vault import Keychain, requirements
from agent.vault.memory import MemoryKeyring

SEED = "JBSWY3DPEHPK3PXP"
BOUND = Binding(process="orders", window="Orders*")
RIGHT = Asker(WindowInfo(1, "Orders", Region(0, 0, 9, 9), process="orders"))
WRONG = Asker(WindowInfo(2, "Orders", Region(0, 0, 9, 9), process="thief"))


@pytest.fixture
def keychain() -> Keychain:
    keychain = Keychain(MemoryKeyring())
    keychain.bind("shop", BOUND)
    for field, value in (("user", "eva"), ("password", "canary-4711"), ("totp", SEED)):
        keychain.set("shop", field, Secret(value))
    return keychain


def test_every_secret_of_a_bound_credential_goes_only_where_it_may(keychain: Keychain) -> None:
    for secret in (keychain.secret("shop"), keychain.secret("shop", "user"), keychain.totp("shop")):
        assert secret.opened_for(RIGHT).reveal()
        with pytest.raises(CredentialRefused):
            secret.opened_for(WRONG)
        with pytest.raises(CredentialRefused, match="is bound to orders"):
            secret.reveal()


def test_it_is_told_with_fields_and_binding_and_no_value(keychain: Keychain) -> None:
    keychain.set("bank", "password", Secret("1234"))
    shop = Credential("shop", ("password", "totp", "user"), BOUND)
    assert keychain.credential("shop") == shop
    assert keychain.credentials() == (Credential("bank", ("password",)), shop)
    with pytest.raises(CredentialNotFound):
        keychain.credential("shap")


def test_an_old_record_is_read_works_and_is_told_as_unbound(caplog: pytest.LogCaptureFixture) -> None:
    backend = MemoryKeyring()
    backend.set_password("trusted-login-agent", "index-1", '{"old": ["password"]}')
    backend.set_password("trusted-login-agent/old", "password", "canary-4711")
    keychain = Keychain(backend)
    assert keychain.secret("old").reveal() == "canary-4711"
    assert keychain.secret("old").opened_for(WRONG).reveal() == "canary-4711"
    assert [record.levelno for record in caplog.records] == [logging.WARNING]  # once, not each time
    assert "old is not bound" in caplog.text
    keychain_line, warning = requirements(keychain)
    assert (keychain_line.ok, warning.ok, warning.detail) == (True, True, "old")


def test_a_binding_is_changed_and_taken_away_and_goes_with_the_credential(keychain: Keychain) -> None:
    keychain.bind("shop", Binding(window="Bank"))
    assert keychain.credential("shop").binding == Binding(window="Bank")
    keychain.bind("shop", Binding())
    assert keychain.secret("shop").reveal() == "canary-4711"
    keychain.remove("shop")
    keychain.set("shop", "password", Secret("1234"))
    assert not keychain.credential("shop").binding


def test_a_user_name_may_be_seen_unless_it_was_said_otherwise(keychain: Keychain) -> None:
    told: list[str] = []
    keychain.on_secret = lambda secret: told.append(secret.reveal())
    assert keychain.secret("shop", "user").shown
    assert not keychain.secret("shop", "password").shown
    keychain.bind("shop", shows_user=False)
    assert keychain.credential("shop").binding == BOUND
    assert not keychain.secret("shop", "user").shown
    keychain.set("shop", "user", Secret("anna"))
    assert told == ["canary-4711", "eva", "anna"]


@pytest.mark.parametrize("text", ["", "[1]", '{"process": 5}', '{"place": "new rule"}', '{"origin": "no origin"}'])
def test_what_cannot_be_read_lets_nothing_out_until_it_is_said_anew(keychain: Keychain, text: str) -> None:
    keychain._backend.set_password("trusted-login-agent/shop", "terms.json", text)
    with pytest.raises(VaultError, match="damaged or too new"):
        keychain.secret("shop")
    keychain.bind("shop", BOUND)
    assert keychain.secret("shop").opened_for(RIGHT).reveal() == "canary-4711"
    assert not keychain.secret("shop", "user").shown  # nothing was known, so nothing is shown


class Silent(MemoryKeyring):
    """Asks for its password in a prompt that nobody answers."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.answered = threading.Event(), threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.asked.set()
        self.answered.wait()
        return None


@pytest.mark.parametrize("call", ["secret", "totp", "credential"])
def test_a_stop_is_heard_while_the_keychain_asks_for_its_password(call: str) -> None:
    backend = Silent()

    def check() -> None:
        if backend.asked.is_set():
            raise Stop

    with pytest.raises(Stop):
        getattr(Keychain(backend, wait_s=60), call)("shop", check=check)
    backend.answered.set()
