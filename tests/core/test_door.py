"""No action types a secret where its credential may not go, whoever has written it."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.core.binding import Asker, Binding
from agent.core.errors import CredentialRefused, WrongWindow
from agent.core.geometry import Region
from agent.core.secret import Secret
from agent.core.target import WindowInfo
from agent.devices.fake import FakeWindow
from tests.actions.desk import Desk

SECRET = "Grüße-4711-€"
FORM = Region(100, 100, 400, 300)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def form(desk: Desk) -> FakeWindow:
    desk.vault.credentials["shop"] = {"password": SECRET}
    return desk.windows.open("Orders", FORM, pid=7, process="orders")


def bind(desk: Desk, **binding: str) -> Secret:
    desk.vault.bindings["shop"] = Binding(**binding)
    return desk.context.secret("shop")


@pytest.mark.parametrize("binding", [{}, {"process": "orders"}, {"window": "Ord*"}])
def test_a_secret_is_typed_into_the_window_that_it_is_for(
    desk: Desk, form: FakeWindow, binding: dict[str, str]
) -> None:
    assert desk.context.input.type_text(bind(desk, **binding), into=form.id) == len(SECRET)
    assert form.typed == SECRET


@pytest.mark.parametrize("binding", [{"process": "firefox"}, {"window": "Bank"}, {"origin": "https://shop.example"}])
def test_it_is_refused_before_the_first_character_and_before_the_step_has_acted(
    desk: Desk, form: FakeWindow, binding: dict[str, str]
) -> None:
    with pytest.raises(CredentialRefused, match='"Orders" of the program orders'):
        desk.context.input.type_text(bind(desk, **binding), into=form.id)
    assert desk.input.typed == ""
    assert not desk.context.acted


def test_a_program_with_the_same_title_is_refused(desk: Desk, form: FakeWindow) -> None:
    secret = bind(desk, process="orders", window="Orders")
    phish = desk.windows.open("Orders", FORM, pid=8, process="phish")
    with pytest.raises(CredentialRefused, match="of the program phish asked"):
        desk.context.input.type_text(secret, into=phish.id)
    assert phish.typed == ""


def test_the_word_of_the_system_counts_and_not_that_of_the_window(desk: Desk, form: FakeWindow) -> None:
    secret = bind(desk, process="*/bin/orders")
    with pytest.raises(CredentialRefused):
        desk.context.input.type_text(secret, into=form.id)
    desk.askers.paths[7] = "/usr/bin/orders"
    assert desk.context.input.type_text(secret, into=form.id) == len(SECRET)


@pytest.mark.parametrize(("title", "typed"), [("Bank", 4), ("Orders of Friday", len(SECRET))])
def test_a_window_that_is_renamed_meanwhile_gets_no_more_unless_the_name_fits(
    desk: Desk, form: FakeWindow, title: str, typed: int
) -> None:
    def rename(character: str) -> None:
        if len(form.typed) == 4:
            form.title = title

    form.on_type = rename
    secret = bind(desk, window="Orders*")
    if typed == len(SECRET):
        desk.context.input.type_text(secret, into=form.id)
    else:
        with pytest.raises(WrongWindow, match='turned into "Bank"') as caught:
            desk.context.input.type_text(secret, into=form.id)
        assert caught.value.values["typed"] == typed
    assert form.typed == SECRET[:typed]


@pytest.mark.parametrize("change", [{"pid": 8}, {"class_name": "Thief"}])
def test_a_window_whose_id_was_given_to_another_program_gets_no_more(
    desk: Desk, form: FakeWindow, change: dict[str, object]
) -> None:
    def turn(character: str) -> None:
        for name, value in change.items():
            setattr(form, name, value)

    form.on_type = turn
    with pytest.raises(WrongWindow, match="turned into"):
        desk.context.input.type_text(bind(desk), into=form.id)
    assert form.typed == SECRET[:1]


@pytest.mark.parametrize("into", [None, 999])
def test_a_secret_goes_into_a_window_or_nowhere(desk: Desk, form: FakeWindow, into: int | None) -> None:
    with pytest.raises(WrongWindow, match="No window was named"):
        desk.context.input.type_text(bind(desk), into=into)
    assert desk.input.typed == ""


def test_a_page_is_asked_for_its_origin_where_that_can_be_read(desk: Desk, form: FakeWindow) -> None:
    secret = bind(desk, origin="https://shop.example")
    desk.askers.origins[form.id] = "https://shop.example.evil.com"
    with pytest.raises(CredentialRefused, match=r"shows https://shop\.example\.evil\.com"):
        desk.context.input.type_text(secret, into=form.id)
    desk.askers.origins[form.id] = "https://shop.example"
    assert desk.context.input.type_text(secret, into=form.id) == len(SECRET)


def test_there_is_no_text_to_be_had_from_a_bound_secret(desk: Desk, form: FakeWindow) -> None:
    secret = bind(desk, process="orders")
    with pytest.raises(CredentialRefused, match="only typed, and only there"):
        secret.reveal()
    with pytest.raises(CredentialRefused):  # and a device that is reached around the door asks for it in vain
        desk.devices.input.type_text(secret, into=form.id)
    assert desk.input.typed == ""


def test_an_asker_is_checked_before_anything_is_touched(desk: Desk, form: FakeWindow) -> None:
    window = WindowInfo(form.id, "Orders", FORM, pid=7, process="orders")
    desk.context.check_may_type(bind(desk, process="orders"), window)
    with pytest.raises(CredentialRefused):
        desk.context.check_may_type(bind(desk, process="bank"), window)
    assert str(Asker(window).program) == "orders"
