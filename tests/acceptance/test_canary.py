"""Canary secrets go through every action that may carry one, and are nowhere to be found afterwards.

Looked through: every file of the program's home (database, log, report, pictures, files of the run), the pictures read
by our own OCR, the errors, what was printed and logged, the processes of this machine (command lines and
environments), and the selections of the display.
"""

from __future__ import annotations

import json
import logging
import re
import tkinter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from agent.app import Agent
from agent.core.events import Event
from agent.core.run import Run, Status, Step
from agent.core.secret import Secret
from agent.resources import path as resource
from agent.settings import Home, Settings
from agent.vault import Keychain
from agent.vault.memory import MemoryKeyring
from tests.acceptance.conftest import WriteWorkflow
from tests.acceptance.test_secrets import MISS, USER_FIELD, read

pytestmark = pytest.mark.desktop

VISIBLE = "Kanarienvogel"
"""Typed where it can be read."""
HIDDEN_USER = "Zaunkoenigin"
DEMO_PASSWORD, DEMO_TOTP = "Grüße-aus-Köln-7!", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""What the application expects: published, but no secret less for us."""
DEMO_USER = "jürgen.groß"


class Aviary:
    """An agent with canaries in its keychain, and everything that came out of it."""

    def __init__(self, home: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
        caplog.set_level(logging.DEBUG)
        self._caplog, self._capfd = caplog, capfd
        keychain = Keychain(MemoryKeyring())
        keychain.bind("shop", shows_user=False)
        for credential, field, value in (
            ("shop", "password", VISIBLE),
            ("shop", "user", HIDDEN_USER),
            ("shop", "totp", DEMO_TOTP),
            ("demo", "user", DEMO_USER),
            ("demo", "password", DEMO_PASSWORD),
            ("demo", "totp", DEMO_TOTP),
        ):
            keychain.set(credential, field, Secret(value))
        self.agent = Agent.open(Home(home), Settings(language="en"), keychain=keychain)
        self.agent.keep_log()
        self.canaries = {VISIBLE, HIDDEN_USER, DEMO_PASSWORD, DEMO_TOTP}
        self.steps: tuple[Step, ...] = ()
        self.events: list[Event] = []
        self.agent.subscribe(self.events.append)
        redact = keychain.on_secret

        def hear(secret: Secret) -> None:
            redact(secret)
            self.canaries.add(secret.reveal())  # the codes

        keychain.on_secret = hear

    def run(self, workflow: Path) -> Run:
        """Run it to its end, and let the agent write all that it still has."""
        run = self.agent.run(workflow)
        self.steps = self.agent.steps(run.id)
        self.agent.close()
        return run

    def texts(self, run: Run) -> Iterator[tuple[str, str]]:
        """(where, what) of all that is left."""
        for file in self.agent.home.root.rglob("*"):
            if file.is_file():
                yield str(file), file.read_bytes().decode("utf-8", "replace")
            if file.suffix == ".png":
                yield f"what can be read in {file}", read(file)
        steps = [(step.inputs, step.output, step.error and step.error.to_json()) for step in self.steps]
        yield "the record", json.dumps([run.outputs, steps], ensure_ascii=False, default=str)
        yield "the events", repr(self.events)
        yield "the log", self._caplog.text
        yield "what was printed", "".join(self._capfd.readouterr())
        yield from _processes()
        yield from _selections()

    def check(self, run: Run) -> None:
        """Fail for each place in which a canary is found."""
        texts = list(self.texts(run))
        found = [(where, canary) for where, text in texts for canary in self.canaries if canary in text]
        assert found == []
        assert {"agent.db", "agent.log", "report.html"} <= {Path(where).name for where, _ in texts}


def _processes() -> Iterator[tuple[str, str]]:
    for process in psutil.process_iter():
        try:
            yield f"the command line of {process.pid}", " ".join(process.cmdline())
            yield f"the environment of {process.pid}", str(process.environ())
        except psutil.Error:
            continue  # ended, or somebody else's


def _selections() -> Iterator[tuple[str, str]]:
    root = tkinter.Tk()
    root.withdraw()
    for name in ("PRIMARY", "SECONDARY", "CLIPBOARD"):
        try:
            yield f"the selection {name}", str(root.selection_get(selection=name, type="UTF8_STRING"))
        except tkinter.TclError:
            yield f"the selection {name}", ""  # nobody owns it
    root.destroy()


@pytest.fixture
def aviary(
    tmp_path: Path, orders_app: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Iterator[Aviary]:
    aviary = Aviary(tmp_path / "home", caplog, capfd)
    yield aviary
    aviary.agent.close()


def typing(field: str, **more: Any) -> dict[str, Any]:
    target = USER_FIELD | {"window": "Orders*"}
    return {
        "id": f"type_{field}",
        "action": "keyboard.type_secret",
        "params": {"credential": "shop", "field": field, "target": target} | more,
    }


def test_what_is_typed_read_told_and_logged_leaves_no_trace(aviary: Aviary, write_workflow: WriteWorkflow) -> None:
    run = aviary.run(
        write_workflow(
            {"id": "get", "action": "credential.get", "params": {"name": "shop", "parts": ["user", "password"]}},
            {"id": "code", "action": "credential.totp", "params": {"name": "shop"}},
            typing("user"),
            typing("totp"),
            typing("password"),
            {"id": "see", "action": "screen.screenshot"},
            {"id": "look", "action": "screen.read_text", "params": {"window": "Orders*"}},
            {"id": "set", "action": "data.set", "params": {"name": "seen", "value": "${nodes.look.text}"}},
            {
                "id": "say",
                "action": "log.message",
                "params": {"text": "${nodes.look.text} ${nodes.code.code} ${nodes.get}", "level": "warning"},
            },
            MISS,
            outputs={"seen": "${vars.seen}", "code": "${nodes.code.code}"},
        )
    )
    assert run.status is Status.FAILED
    assert run.error is not None and run.error.type == "TargetNotFound"
    aviary.check(run)


def test_a_whole_sign_in_leaves_no_trace(aviary: Aviary, write_workflow: WriteWorkflow) -> None:
    example = json.loads(resource("examples/sign_in_and_read_the_open_orders.workflow.json").read_text("utf-8"))
    (sign_in,) = (node for node in example["nodes"] if node["id"] == "sign_in")
    sign_in = {name: value for name, value in sign_in.items() if name not in ("parent", "section")}
    sign_in["params"]["credential"] = "demo"
    sign_in["policy"]["screenshot"] = "before_after"
    look = {"id": "look", "action": "screen.read_text", "params": {"window": "Orders*"}}
    run = aviary.run(write_workflow(sign_in, look, MISS))
    assert run.error is not None and run.error.type == "TargetNotFound"  # of MISS: the sign-in went well
    aviary.check(run)
    assert len(aviary.canaries) > 4  # a code was among them
    evidence = read(Path(run.folder) / aviary.steps[-1].screenshot)
    assert len(re.findall(r"\b105\d{3}\b", evidence)) == 8  # the page that came after the form hides nothing


def test_a_refused_sign_in_leaves_no_trace(aviary: Aviary, write_workflow: WriteWorkflow) -> None:
    aviary.agent.keychain.set("demo", "password", Secret("Rotkehlchen-0815"))
    aviary.canaries.add("Rotkehlchen-0815")
    example = json.loads(resource("examples/sign_in_and_read_the_open_orders.workflow.json").read_text("utf-8"))
    (sign_in,) = (node for node in example["nodes"] if node["id"] == "sign_in")
    sign_in = {name: value for name, value in sign_in.items() if name not in ("parent", "section")}
    sign_in["params"]["credential"] = "demo"
    run = aviary.run(write_workflow(sign_in))
    assert run.error is not None and run.error.type == "LoginFailed"
    aviary.check(run)
