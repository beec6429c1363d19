"""The form that a workflow's inputs make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QDate
from PySide6.QtWidgets import QCheckBox, QComboBox, QDateEdit, QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from agent.core.secret import Secret
from agent.core.workflow import Input, Node, Workflow
from agent.gui.forms import CredentialField
from agent.gui.run_dialog import RunDialog
from agent.gui.theme import Theme
from agent.resources.language import Language
from agent.vault import Keychain
from tests.gui.conftest import OpenWindow, WriteWorkflow

Ask = Callable[..., RunDialog]


@pytest.fixture
def ask(theme: Theme, qtbot: QtBot) -> Ask:
    """Open the form of these inputs."""

    def open_it(*inputs: Input, language: str = "en") -> RunDialog:
        workflow = Workflow(name="Test", inputs=inputs, nodes=(Node(id="a", action="log.message"),))
        dialog = RunDialog(workflow, theme, Language(language))
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return open_it


@pytest.mark.parametrize(
    ("known", "value"),
    [
        (Input(name="x", default="Grüße"), "Grüße"),
        (Input(name="x", type="number", default=2.5), 2.5),
        (Input(name="x", type="integer", default=3_000_000_000), 3_000_000_000),
        (Input(name="x", type="boolean", default=True), True),
        (Input(name="x", type="choice", choices=("en", "de"), default="de"), "de"),
        (Input(name="x", type="date", default="2026-11-24"), "2026-11-24"),
        (Input(name="x", type="credential", default="mail"), "mail"),
        (Input(name="x", type="file", default="a.csv"), "a.csv"),
        (Input(name="x", required=False), None),
        (Input(name="x", type="date", required=False), None),
        (Input(name="x", type="choice", choices=("en", "de"), required=False), None),
    ],
    ids=lambda given: given.type if isinstance(given, Input) else None,
)
@pytest.mark.parametrize("language", ["en", "de"])
def test_an_untouched_form_gives_the_defaults(ask: Ask, known: Input, value: Any, language: str) -> None:
    dialog = ask(known, language=language)
    dialog.run.click()
    assert dialog.values == {"x": value}


def test_each_type_has_the_field_that_fits(ask: Ask) -> None:
    dialog = ask(
        Input(name="a", type="boolean"),
        Input(name="b", type="choice", choices=("x",)),
        Input(name="c", type="date"),
        Input(name="d", type="integer"),
    )
    kinds = [type(field.focus) for field in dialog.form.fields.values()]
    assert kinds == [QCheckBox, QComboBox, QDateEdit, QLineEdit]


def test_what_was_entered_is_what_comes_out(ask: Ask) -> None:
    dialog = ask(Input(name="amount", type="number"), Input(name="day", type="date"))
    amount, day = (field.focus for field in dialog.form.fields.values())
    amount.setText("1.234,5")
    day.setDate(QDate(2026, 2, 28))
    dialog.run.click()
    assert dialog.values == {"amount": 1234.5, "day": "2026-02-28"}


def test_a_missing_or_wrong_value_is_told_at_its_field_and_the_form_stays(ask: Ask, qtbot: QtBot) -> None:
    dialog = ask(Input(name="name", title="Your name"), Input(name="count", type="integer", default=1))
    dialog.form.fields["count"].focus.setText("many")
    dialog.run.click()
    assert dialog.isVisible()
    assert dialog.form._told["name"].text() == "Please fill this in."
    assert "whole number" in dialog.form._told["count"].text()
    assert dialog.focusWidget() is dialog.form.fields["name"].focus
    assert dialog.form.fields["name"].focus.accessibleName() == "Your name"


def test_a_credential_is_chosen_from_the_names_in_the_keychain(
    keychain: Keychain, open_window: OpenWindow, write_workflow: WriteWorkflow, qtbot: QtBot
) -> None:
    keychain.set("shop", "password", Secret("x"))
    say = {"id": "say", "action": "log.message", "params": {"text": "${inputs.who}"}}
    write_workflow("A test", say, inputs=[{"name": "who", "type": "credential"}])
    window = open_window()
    window.runs.run.click()
    qtbot.waitUntil(lambda: window.starter.dialog is not None)
    dialog = window.starter.dialog
    assert dialog is not None
    field = dialog.form.fields["who"]
    assert isinstance(field, CredentialField)
    qtbot.waitUntil(lambda: field.box.count() == 1)
    dialog.run.click()
    qtbot.waitUntil(lambda: window._shown != "" and not window.book.page(window._shown).is_under_way)
    run = window.book.page(window._shown).run
    assert run is not None
    assert run.inputs == {"who": "shop"}


def test_a_closed_form_starts_nothing(open_window: OpenWindow, write_workflow: WriteWorkflow, qtbot: QtBot) -> None:
    write_workflow("A test", {"id": "say", "action": "log.message", "params": {"text": "x"}}, inputs=[{"name": "x"}])
    window = open_window()
    window.runs.run.click()
    qtbot.waitUntil(lambda: window.starter.dialog is not None)
    dialog = window.starter.dialog
    assert dialog is not None
    dialog.done(int(QDialog.DialogCode.Rejected))
    assert window.runs.run.isEnabled()
    assert window.book.under_way() == ()
