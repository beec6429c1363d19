"""Where a credential may be used: by program, title and origin, each refused in words that say what asked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from agent.core.binding import Asker, Binding
from agent.core.errors import CredentialRefused
from agent.core.geometry import Region
from agent.core.target import WindowInfo

WINDOW = WindowInfo(7, "Orders – Sign in", Region(0, 0, 400, 300), pid=42, process="orders.exe", class_name="Orders")
ASKER = Asker(WINDOW, path="C:\\Program Files\\Shop\\orders.exe")
IN_BROWSER = replace(ASKER, origin="https://shop.example.com")


@pytest.mark.parametrize(
    "binding",
    [
        Binding(),
        Binding(process="orders"),
        Binding(process="ORDERS.EXE"),
        Binding(process="ord*"),
        Binding(process="c:/program files/*/orders.exe"),
        Binding(window="Orders*"),
        Binding(process="orders", window="*Sign in"),
        Binding(origin="https://shop.example.com/"),
        Binding(origin="https://*.example.com"),
    ],
)
def test_what_fits_is_let_through(binding: Binding) -> None:
    binding.check("shop", IN_BROWSER)


@pytest.mark.parametrize(
    ("binding", "told"),
    [
        (Binding(process="firefox"), r"which is only for the program firefox\."),
        (Binding(process="order"), "only for the program order"),
        (Binding(process="*/other/orders.exe"), "only for the program"),
        (Binding(window="Orders"), "only for windows named “Orders”"),
        (Binding(process="orders", window="Bank*"), "only for windows named “Bank*”"),
        (Binding(origin="https://shop.example.org"), "shows https://shop.example.com and asked"),
        (Binding(origin="http://shop.example.com"), "which is only for http://shop.example.com"),
    ],
)
def test_what_does_not_fit_is_refused_and_the_window_is_named(binding: Binding, told: str) -> None:
    with pytest.raises(CredentialRefused, match=told.replace("*", r"\*")) as caught:
        binding.check("shop", IN_BROWSER)
    assert caught.value.values["window"] == '"Orders – Sign in"'
    assert "orders.exe" in str(caught.value.values["program"])


def test_an_origin_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(CredentialRefused, match="shows cannot be read") as caught:
        Binding(origin="https://shop.example.com").check("shop", ASKER)
    assert "instead" in caught.value.hint


def test_a_path_is_refused_where_the_system_tells_none() -> None:
    with pytest.raises(CredentialRefused):
        Binding(process="*/orders.exe").check("shop", replace(ASKER, path=""))


@pytest.mark.parametrize("origin", ["shop.example.com", "https://", "https://a.b/path", "https://bank.com@evil.com"])
def test_what_is_no_origin_is_told(origin: str) -> None:
    with pytest.raises(ValidationError, match="scheme and host"):
        Binding(origin=origin)


def test_blanks_bind_to_nothing() -> None:
    assert not Binding(process=" ", window="", origin=None)
    assert str(Binding(process="orders", window="O*")) == 'orders, "O*"'


@pytest.mark.parametrize(
    ("binding", "change", "goes_on"),
    [
        (Binding(), {"title": "Another title"}, True),
        (Binding(), {"pid": 43}, False),
        (Binding(), {"class_name": "Thief"}, False),
        (Binding(window="Orders*"), {"title": "Orders – *"}, True),
        (Binding(window="Orders*"), {"title": "Bank"}, False),
        (Binding(origin="https://a.example"), {"title": "Another page"}, False),
    ],
)
def test_between_two_characters_the_window_must_stay_what_it_is(
    binding: Binding, change: dict[str, object], goes_on: bool
) -> None:
    assert binding.still_fits(WINDOW, replace(WINDOW, **change)) is goes_on
