"""The keychain of this system as a keyring backend: found, judged whether it encrypts, its errors made ours."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING, cast

from agent.core.errors import KeychainLocked, KeychainUnavailable, VaultError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

log = logging.getLogger(__name__)

# The backends that encrypt and ask the system. Others (keyrings.alt writes plain files) only on explicit wish.
_TRUSTED = tuple(f"keyring.backends.{name}." for name in ("Windows", "macOS", "SecretService", "libsecret", "kwallet"))
_LOCKED_NAMES = frozenset({"LockedException", "PromptDismissedException"})
"""From secretstorage, which exists on Linux only."""


def system_backend() -> KeyringBackend:
    """The system's keychain as keyring finds it, provided that it encrypts. Raises KeychainUnavailable."""
    import keyring

    try:
        found = keyring.get_keyring()
    except (ImportError, AttributeError, RuntimeError, ValueError) as error:
        # The environment variable or keyringrc.cfg names a backend that is not there or does not work.
        raise _unavailable(str(error)) from error
    # The chainer asks several keychains in turn, insecure ones among them: take the first that can be trusted.
    choices = cast("list[KeyringBackend]", list(getattr(found, "backends", [])) or [found])
    trusted = next((choice for choice in choices if _full_name(choice).startswith(_TRUSTED)), None)
    if trusted is not None:
        return trusted
    name = _full_name(found)
    if name.startswith(("keyring.backends.fail.", "keyring.backends.chainer.")):
        raise _unavailable("no keychain service was found")
    if os.environ.get("PYTHON_KEYRING_BACKEND") == name:
        log.warning("The keychain %s was set by PYTHON_KEYRING_BACKEND; whether it is safe is not known.", name)
        return found
    raise _unavailable(f"{name} was found, which may keep secrets unencrypted")


def _unavailable(reason: str) -> KeychainUnavailable:
    if sys.platform == "linux":
        return KeychainUnavailable(
            "No keychain can be used: {reason}.",
            "Install and start one: apt install gnome-keyring (or KWallet), then sign in to the desktop again.",
            reason=reason,
        )
    return KeychainUnavailable(
        "No keychain can be used: {reason}.",
        "Remove PYTHON_KEYRING_BACKEND and keyringrc.cfg, so that the system's own keychain is used.",
        reason=reason,
    )


def translated(error: Exception) -> VaultError:
    """A backend's error as ours. Its own text is kept: no backend puts the secret into it."""
    from keyring.errors import InitError, KeyringLocked, NoKeyringError

    if isinstance(error, NoKeyringError):
        return _unavailable("no keychain service was found")
    locked = isinstance(error, KeyringLocked | InitError) or type(error).__name__ in _LOCKED_NAMES
    if locked or "IsLocked" in str(error):
        return KeychainLocked(
            "The keychain is locked.",
            "Unlock it (on Linux: sign in to the desktop or open “Passwords and Keys”) and try again.",
        )
    return VaultError(
        "The keychain refused: {reason}.",
        "Run tla doctor to see which keychain is used and whether it works.",
        reason=f"{type(error).__name__}: {error}",
    )


def backend_errors() -> tuple[type[Exception], ...]:
    """What the backends of this system raise, beside keyring's own errors."""
    from keyring.errors import KeyringError

    errors: list[type[Exception]] = [KeyringError, OSError]
    if sys.platform == "linux":
        from jeepney import DBusErrorResponse
        from secretstorage.exceptions import SecretStorageException

        errors += [SecretStorageException, DBusErrorResponse]
    if sys.platform == "win32":
        from win32ctypes.pywin32 import pywintypes

        errors.append(pywintypes.error)
    return tuple(errors)


def _full_name(backend: object) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"
