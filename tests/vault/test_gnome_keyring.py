"""The real keychain of Linux desktops: gnome-keyring on a D-Bus session of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = ("dbus-run-session", "gnome-keyring-daemon")
pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, PROGRAMS)), reason=f"needs {' and '.join(PROGRAMS)} (packages dbus, gnome-keyring)"
)

IN_SESSION = """
import json, subprocess, sys
subprocess.run(
    ["gnome-keyring-daemon", "--unlock", "--components=secrets"],
    input=b"session password", check=True, stdout=subprocess.DEVNULL,
)
from contextlib import closing
import secretstorage
from agent.core.errors import AgentError
from agent.core.secret import Secret
from agent.vault import Keychain, requirements

def lock():
    with closing(secretstorage.dbus_init()) as bus:
        secretstorage.get_default_collection(bus).lock()

def told(call):
    try:
        call()
    except AgentError as error:
        return type(error).__name__
    return ""

keychain = Keychain(wait_s=5)
shown = {}
"""


def in_session(story: str, folder: Path) -> dict[str, object]:
    """Run the story with an unlocked, empty keyring; gives what it put into `shown`."""
    environment = {
        name: value
        for name, value in os.environ.items()
        # Without a display nobody can be asked for a password, so nothing waits for an answer.
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "PYTHON_KEYRING_BACKEND")
    }
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"):
        environment[name] = str(folder)
    done = subprocess.run(
        ["dbus-run-session", "--", sys.executable, "-c", f"{IN_SESSION}{story}\nprint(json.dumps(shown))"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_credential_is_kept_found_and_removed(tmp_path: Path) -> None:
    shown = in_session(
        """
shown["backend"] = keychain.backend_name
keychain.set("orders", "user", Secret("jürgen.groß"))
keychain.set("orders", "password", Secret("Grüße 日本 😀"))
keychain.set("orders", "password", Secret("Grüße 日本 😀 2"))
again = Keychain()
shown["same"] = again.secret("orders") == Secret("Grüße 日本 😀 2")
shown["names"] = again.names()
shown["doctor"] = requirements(again)[0].ok
again.remove("orders")
shown["after"] = keychain.names()
shown["missing"] = told(lambda: keychain.secret("orders"))
""",
        tmp_path,
    )
    assert "SecretService" in str(shown.pop("backend"))
    assert shown == {
        "same": True,
        "names": {"orders": ["password", "user"]},
        "doctor": True,
        "after": {},
        "missing": "CredentialNotFound",
    }


def test_a_binding_is_kept_with_its_credential_and_goes_with_it(tmp_path: Path) -> None:
    shown = in_session(
        """
from agent.core.binding import Binding
binding = Binding(process="orders", window="Größe*")
keychain.bind("orders", binding, shows_user=False)
keychain.set("orders", "password", Secret("canary-4711"))
again = Keychain().credential("orders")
shown["bound"] = again.binding == binding
shown["shows_user"] = again.shows_user
shown["fields"] = again.fields
shown["reveal"] = told(Keychain().secret("orders").reveal)
keychain.remove("orders")
keychain.set("orders", "password", Secret("canary-4711"))
shown["after"] = str(Keychain().credential("orders").binding)
""",
        tmp_path,
    )
    assert shown == {
        "bound": True,
        "shows_user": False,
        "fields": ["password"],
        "reveal": "CredentialRefused",
        "after": "",
    }


def test_a_locked_keychain_is_told_as_locked(tmp_path: Path) -> None:
    shown = in_session(
        """
keychain.set("orders", "password", Secret("canary-4711"))
lock()
shown["read"] = told(lambda: keychain.secret("orders"))
shown["write"] = told(lambda: keychain.set("orders", "password", Secret("other")))
shown["list"] = told(keychain.names)
shown["doctor"] = requirements(keychain)[0].ok
""",
        tmp_path,
    )
    assert shown == {"read": "KeychainLocked", "write": "KeychainLocked", "list": "KeychainLocked", "doctor": False}
