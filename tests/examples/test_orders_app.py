"""The application that the demo signs in to: its own logic, without pixels."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pyotp
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from agent.resources import path as resource

PROGRAM = resource("examples/orders_app.py")


def _loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("orders_app", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["orders_app"] = importlib.util.module_from_spec(spec)  # dataclasses look it up there
    spec.loader.exec_module(module)
    return module


app = _loaded(PROGRAM)
ACCOUNT = app.Account("anna", "Grüße €", app.DEMO_TOTP)


@pytest.fixture(params=["en", "de"])
def window(request: pytest.FixtureRequest, qtbot: QtBot) -> app.OrdersWindow:
    made = app.OrdersWindow(ACCOUNT, language=request.param, seed=3)
    qtbot.addWidget(made)
    return made


def fill(qtbot: QtBot, field: QLineEdit, text: str) -> None:
    field.setText(text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_a_wrong_password_is_refused_in_words_and_taken_away(window: app.OrdersWindow, qtbot: QtBot) -> None:
    window.sign_in.user.setText("anna")
    fill(qtbot, window.sign_in.password, "wrong")
    assert window.currentWidget() is window.sign_in
    assert window.sign_in.failure.text() == window.sign_in.say("User name or password is wrong.")
    assert window.sign_in.password.text() == ""


def test_the_right_password_and_code_lead_to_the_orders(window: app.OrdersWindow, qtbot: QtBot) -> None:
    window.sign_in.user.setText("anna")
    fill(qtbot, window.sign_in.password, "Grüße €")
    assert window.currentWidget() is window.second_factor
    fill(qtbot, window.second_factor.code, pyotp.TOTP(ACCOUNT.totp).now())
    assert window.currentWidget() is window.open_orders
    assert window.windowTitle() in ("Orders – Open orders", "Bestellungen – Offene Bestellungen")


@pytest.mark.qt_log_ignore("This plugin does not support")  # what the offscreen platform says of itself
def test_no_cell_of_the_table_is_marked_when_it_opens(window: app.OrdersWindow, qtbot: QtBot) -> None:
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.show_page(window.open_orders)
    assert window.open_orders.sign_out.hasFocus()
    assert not window.open_orders.table.currentIndex().isValid()


def test_a_wrong_code_is_refused(window: app.OrdersWindow, qtbot: QtBot) -> None:
    window.show_page(window.second_factor)
    right = pyotp.TOTP(ACCOUNT.totp).now()
    fill(qtbot, window.second_factor.code, f"{(int(right) + 500_000) % 1_000_000:06}")
    assert window.currentWidget() is window.second_factor
    assert window.second_factor.failure.text() == window.second_factor.say("The code is wrong or has expired.")


def test_signing_out_empties_the_form(window: app.OrdersWindow) -> None:
    window.sign_in.user.setText("anna")
    window.show_page(window.open_orders)
    window.open_orders.done.emit()
    assert window.currentWidget() is window.sign_in
    assert window.sign_in.user.text() == ""


def test_the_table_shows_what_is_printed(window: app.OrdersWindow, capsys: pytest.CaptureFixture[str]) -> None:
    language = window.open_orders.language
    assert app.main(["--print-table", "--language", language, "--seed", "3"]) == 0
    printed = [list(json.loads(line).values()) for line in capsys.readouterr().out.splitlines()]
    table = window.open_orders.table
    shown = [[table.item(row, column).text() for column in range(5)] for row in range(table.rowCount())]
    assert shown == printed
    assert len(shown) == 8


def test_another_seed_shows_other_orders_and_the_same_seed_the_same() -> None:
    assert app.orders(1, "en") == app.orders(1, "en")
    assert app.orders(1, "en") != app.orders(2, "en")


def test_the_secrets_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERS_APP_USER", "otto")
    monkeypatch.setenv("OTHER", "from elsewhere")
    chosen = app.options(["--password-env", "OTHER"])
    account = app.Account.from_environment(chosen.user_env, chosen.password_env, chosen.totp_env)
    assert account.admits("otto", "from elsewhere")
    assert not account.admits("otto", app.DEMO_PASSWORD)
    assert account.totp == app.DEMO_TOTP
