"""Signing in, against a small application that behaves like a real one."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from agent.actions.login import Login
from agent.core.binding import Binding
from agent.core.errors import ActionError, CredentialNotFound, CredentialRefused, LoginFailed, WrongWindow
from agent.core.geometry import Point, Region
from tests.actions.desk import Desk

USER, PASSWORD, CODE = "jürgen.groß", "Grüße-€@{}-4711", "493817"
WINDOW = Region(100, 100, 400, 400)
PLACES = {
    "User": Region(150, 150, 100, 20),
    "Password": Region(150, 200, 100, 20),
    "Code": Region(150, 250, 100, 20),
    "Sign in": Region(150, 300, 100, 20),
    "Open orders": Region(150, 110, 100, 20),
}


class App:
    """A sign-in form: knows its fields by where the click goes, and answers to the button or Enter."""

    def __init__(self, desk: Desk, *, wants_code: str = "") -> None:
        self.desk = desk
        self.wants_code = wants_code
        self.fields = {"User": "somebody else", "Password": "", "Code": ""}
        self.tries = 0
        self._focus = ""
        self._selected = False
        self.window = desk.windows.open("Orders", WINDOW, pid=7, process="orders")
        self.window.on_click, self.window.on_type, self.window.on_hotkey = self._click, self._type, self._hotkey
        self.show("User", "Password", "Sign in", *(["Code"] if wants_code == "at once" else []))

    def show(self, *texts: str) -> None:
        self.desk.eye.texts.clear()
        self.desk.eye.texts.update({text: PLACES.get(text, Region(150, 350, 200, 20)) for text in texts})

    def answer(self) -> None:
        self.tries += 1
        if self.fields["User"] != USER or self.fields["Password"] != PASSWORD:
            self.show("User", "Password", "Sign in", "Wrong user or password")
        elif self.wants_code and self.fields["Code"] != CODE:
            self.show("Code", *(["Wrong code"] if self.fields["Code"] else []))
        else:
            self.show("Open orders")

    def _click(self, point: Point) -> None:
        there = [name for name in self.desk.eye.texts if PLACES.get(name, WINDOW).contains(point)]
        if "Sign in" in there:
            self.answer()
        self._focus = next((name for name in there if name in self.fields), "")

    def _type(self, character: str) -> None:
        if character == "\n":
            self.answer()
        elif self._focus:
            self.fields[self._focus] += character

    def _hotkey(self, keys: tuple[str, ...]) -> None:
        if keys == ("delete",) and self._selected:
            self.fields[self._focus] = ""
        self._selected = keys[-1] == "a"


@pytest.fixture
def app(desk: Desk):
    desk.vault.credentials["orders"] = {"user": USER, "password": PASSWORD, "totp": CODE}
    return App(desk)


def login(**changes: Any) -> Login:
    return Login(
        **{
            "credential": "orders",
            "user": "User",
            "password": "Password",
            "submit": "Sign in",
            "success": "Open orders",
            "failure": "Wrong user or password",
            "window": "Orders",
            "wait_s": 0.2,
        }
        | changes
    )


def test_it_fills_in_the_form_and_waits_for_success(desk: Desk, app: App) -> None:
    result = login().run(desk.context)
    assert result.model_dump() == {"logged_in": True, "reason": "signed in"}
    assert app.fields == {"User": USER, "Password": PASSWORD, "Code": ""}
    assert app.tries == 1


def test_without_a_button_enter_sends_the_form(desk: Desk, app: App) -> None:
    assert login(submit=None).run(desk.context).reason == "signed in"
    assert app.tries == 1


@pytest.mark.parametrize("when", ["at once", "on the next page"])
def test_the_question_for_a_code_is_answered(desk: Desk, app: App, when: str) -> None:
    app = App(desk, wants_code=when)
    assert login(code="Code").run(desk.context).reason == "signed in"
    assert app.fields["Code"] == CODE


def test_a_refusal_is_an_error_in_the_words_of_the_application(desk: Desk, app: App) -> None:
    desk.vault.credentials["orders"]["password"] = "old-password"
    with pytest.raises(LoginFailed) as caught:
        login().run(desk.context)
    assert str(caught.value) == "The application refused the sign-in: Wrong user or password"
    assert app.tries == 1
    assert desk.context.acted  # so the engine does not try again, and the account is not locked


def test_a_wrong_code_is_not_sent_twice(desk: Desk, app: App) -> None:
    app = App(desk, wants_code="on the next page")
    desk.vault.credentials["orders"]["totp"] = "000000"
    with pytest.raises(LoginFailed, match="Wrong code"):
        login(code="Code", failure="Wrong code").run(desk.context)
    assert app.tries == 2


def test_a_refusal_left_over_from_before_is_not_taken_for_the_answer(desk: Desk, app: App) -> None:
    app.show("User", "Password", "Sign in", "Wrong user or password")
    app.answer, after = (lambda: None), app.answer
    app.window.on_click = lambda point: (app._click(point), desk.after_sleeps(3, after))
    assert login(wait_s=1).run(desk.context).reason == "signed in"


def test_no_answer_is_an_error_that_says_what_was_waited_for(desk: Desk, app: App) -> None:
    with pytest.raises(LoginFailed, match='"Open oders" did not appear within') as caught:
        login(success="Open oders").run(desk.context)
    assert caught.value.hint


def test_when_signed_in_already_nothing_is_typed(desk: Desk, app: App) -> None:
    app.show("Open orders")
    assert login().run(desk.context).reason == "already signed in"
    assert (desk.input.typed, desk.input.clicks) == ("", [])


def test_it_waits_for_a_form_that_is_still_opening(desk: Desk, app: App) -> None:
    app.show()
    desk.after_sleeps(1, lambda: app.show("User", "Password", "Sign in"))
    assert login().run(desk.context).reason == "signed in"


def test_a_success_target_that_is_on_the_form_proves_nothing(desk: Desk, app: App) -> None:
    with pytest.raises(ActionError, match="cannot show that the sign-in worked"):
        login(success="Sign in").run(desk.context)
    assert desk.input.typed == ""


def test_success_may_show_in_another_window_once_the_form_is_gone(desk: Desk, app: App) -> None:
    def next_window() -> None:
        desk.windows.vanish(app.window)
        desk.windows.open("Main", WINDOW)
        app.show("Open orders")

    app.answer = next_window
    assert login().run(desk.context).reason == "signed in"


def test_all_secrets_are_fetched_before_the_form_is_touched(desk: Desk, app: App) -> None:
    del desk.vault.credentials["orders"]["password"]
    with pytest.raises(CredentialNotFound):
        login().run(desk.context)
    assert desk.input.clicks == []
    assert not desk.context.acted


@pytest.mark.parametrize("characters", [0, 3, len(USER), len(USER) + 5])
def test_a_thief_at_any_moment_gets_nothing(desk: Desk, app: App, characters: int) -> None:
    thief = desk.windows.open("Thief", Region(600, 600, 50, 50))
    desk.windows.focus(app.window.id)
    desk.input.before_key = lambda: len(desk.input.typed) == characters and desk.windows.activate(thief)
    with pytest.raises(WrongWindow):
        login().run(desk.context)
    assert (thief.typed, thief.hotkeys) == ("", [])
    assert len(desk.input.typed) == characters
    assert app.tries == 0


def test_without_a_window_all_fields_must_belong_to_one_program(desk: Desk, app: App) -> None:
    other = desk.windows.open("Phish", Region(600, 100, 300, 300), pid=8)
    desk.eye.texts["Password"] = Region(650, 200, 100, 20)
    with pytest.raises(WrongWindow, match='is in "Phish", which does not belong to "Orders"'):
        login(window=None).run(desk.context)
    assert other.typed == ""
    assert desk.input.typed == USER


def test_no_secret_is_in_result_log_or_error(desk: Desk, app: App, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    result = login().run(desk.context)
    desk.vault.credentials["orders"]["user"] = USER + "x"
    app.show("User", "Password", "Sign in")
    with pytest.raises(LoginFailed) as caught:
        login().run(desk.context)
    shown = caplog.text + result.model_dump_json() + repr(caught.value.record()) + str(desk.log)
    assert not [secret for secret in (USER, PASSWORD, CODE) if secret in shown]


def hidden(desk: Desk) -> set[str]:
    masks = desk.context.masks.regions(desk.windows.list())
    return {name for name in ("User", "Password") if any(mask.contains(PLACES[name].center) for mask in masks)}


def test_the_place_of_a_password_is_hidden_afterwards_and_that_of_a_user_name_on_wish(desk: Desk, app: App) -> None:
    login().run(desk.context)
    assert hidden(desk) == {"Password"}
    desk.vault.shows_user = False
    app.show("User", "Password", "Sign in")
    login().run(desk.context)
    assert hidden(desk) == {"User", "Password"}


def test_a_bound_credential_is_refused_before_the_form_is_touched(desk: Desk, app: App) -> None:
    desk.vault.bindings["orders"] = Binding(window="Bank*")
    with pytest.raises(CredentialRefused, match='"Orders" of the program orders asked for the credential orders'):
        login().run(desk.context)
    assert (desk.input.clicks, desk.input.typed) == ([], "")
    assert not desk.context.acted


def test_after_a_crash_only_success_tells_that_it_happened(desk: Desk, app: App) -> None:
    assert login().happened(desk.context) is None
    app.show("Open orders")
    assert login().happened(desk.context) is True
