"""A canary goes everywhere a value can go, and is nowhere to be found afterwards."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from collections.abc import Callable

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from agent.core.binding import Asker, Binding, Seal
from agent.core.errors import AgentError, CredentialRefused
from agent.core.geometry import Region
from agent.core.secret import MASK, Secret
from agent.core.target import WindowInfo

TEXT = "canary-Grüße-4711"
CANARY = Secret(TEXT)
SEALED = Secret(TEXT, Seal("shop", Binding(process="orders")))


class Holder(BaseModel):
    """A model with a secret in it."""

    model_config = ConfigDict(frozen=True)
    secret: Secret


@pytest.mark.parametrize(
    "shown",
    [
        lambda: repr(CANARY),
        lambda: repr(SEALED) + str(SEALED) + str(SEALED.after(3)) + str(SEALED.seal) + f"{copy.copy(SEALED)}",
        lambda: str(CANARY),
        lambda: f"{CANARY} {CANARY!r} {CANARY:>30}",
        lambda: "%s %r" % (CANARY, CANARY),  # noqa: UP031 - the old way is one of the ways
        lambda: str([CANARY, {"a": CANARY}]),
        lambda: repr(Holder(secret=CANARY)),
        lambda: Holder(secret=CANARY).model_dump_json(),
        lambda: str(Holder(secret=CANARY).model_dump(mode="json")),
        lambda: json.dumps({"a": CANARY}, default=str, ensure_ascii=False),
        lambda: str(AgentError("Not {value}.", "Try {value}.", value=CANARY).record().to_json()),
        lambda: str(vars(Holder(secret=CANARY))),
        lambda: str(copy.deepcopy({"a": CANARY})) + str(copy.copy(CANARY)),
    ],
)
def test_no_way_of_showing_shows_it(shown: Callable[[], str]) -> None:
    assert TEXT not in shown()
    assert MASK in shown()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_cannot_be_pickled(protocol: int) -> None:
    with pytest.raises(TypeError, match="cannot be"):
        pickle.dumps({"a": CANARY}, protocol)


def test_json_refuses_it_and_does_not_quote_it() -> None:
    with pytest.raises(TypeError) as caught:
        json.dumps({"a": CANARY})
    assert TEXT not in str(caught.value)


def test_logging_and_exceptions_do_not_show_it(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        logging.getLogger("agent.test").exception("with %s", CANARY)
        assert TEXT not in "".join(traceback.format_exception(error))
    assert TEXT not in caplog.text
    assert MASK in caplog.text


def test_a_model_takes_no_plain_text_for_a_secret() -> None:
    with pytest.raises(ValidationError):
        Holder(secret="plain")  # type: ignore[arg-type]  # that is the point


def test_a_refusal_says_what_asked_and_not_what_for() -> None:
    asker = Asker(WindowInfo(1, "Thief", Region(0, 0, 1, 1), process="thief"))
    for refused in (SEALED.reveal, lambda: SEALED.opened_for(asker), lambda: SEALED.after(3).opened_for(asker)):
        with pytest.raises(CredentialRefused) as caught:
            refused()
        told = repr(caught.value.record()) + "".join(traceback.format_exception(caught.value))
        assert TEXT[3:] not in told
        assert "shop" in told
