"""A credential is handed on by its name, and a code as dots."""

from __future__ import annotations

import pytest

from agent.actions.credential import GetCredential, OneTimeCode
from agent.core.binding import Binding
from agent.core.errors import CredentialNotFound
from tests.actions.desk import Desk


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.vault.credentials["orders"] = {"user": "eva", "password": "canary-4711", "totp": "493817"}
    return desk


def test_a_credential_is_a_name_with_what_is_stored_and_where_it_may_be_used(desk: Desk) -> None:
    desk.vault.bindings["orders"] = Binding(process="orders", window="Orders*")
    result = GetCredential(name="orders", parts=["user", "password"]).run(desk.context)
    assert result.model_dump(mode="json") == {
        "credential": "orders",
        "parts": ["password", "totp", "user"],
        "only_for": 'orders, "Orders*"',
    }


def test_what_is_missing_is_told_by_name(desk: Desk) -> None:
    with pytest.raises(CredentialNotFound, match="The credential orders has no pin, only password, totp, user"):
        GetCredential(name="orders", parts=["pin"]).run(desk.context)
    with pytest.raises(CredentialNotFound, match="no credential bank"):
        GetCredential(name="bank").run(desk.context)


def test_a_code_is_a_secret_that_is_good_for_some_seconds(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 1_700_000_008.0 + desk.slept)  # 2 s before the period ends
    result = OneTimeCode(name="orders").run(desk.context)
    assert result.code.reveal() == "493817"
    assert "493817" not in result.model_dump_json() + repr(result)
    assert 29 < result.valid_s <= 30
