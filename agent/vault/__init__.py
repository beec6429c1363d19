"""Secrets: the keychain that holds them, the one-time codes made from them, and the redactor that hides them."""

from __future__ import annotations

from agent.vault.keychain import Keychain, requirements
from agent.vault.redaction import Redactor
from agent.vault.totp import OneTimeCodes

__all__ = ["Keychain", "OneTimeCodes", "Redactor", "requirements"]
