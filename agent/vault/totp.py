"""One-time codes (TOTP, RFC 6238) from what the site shows at set-up: a base32 secret or an ``otpauth://`` address."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast, get_args
from urllib.parse import parse_qs, urlsplit

from agent.core.errors import VaultError
from agent.core.secret import Secret

if TYPE_CHECKING:
    from pyotp import TOTP

Algorithm = Literal["SHA1", "SHA256", "SHA512"]
_BASE32 = re.compile(r"[A-Z2-7]+=*")
_NOT_DIGITS = re.compile(r"[^0-9]")


@dataclass(frozen=True, slots=True)
class OneTimeCodes:
    """What makes the codes of one credential. `OneTimeCodes.of(secret)` reads it from the stored text."""

    seed: Secret
    digits: int = 6
    period_s: int = 30
    algorithm: Algorithm = "SHA1"

    @classmethod
    def of(cls, stored: Secret) -> OneTimeCodes:
        """Read a base32 secret (blanks, hyphens and lower case allowed) or an ``otpauth://totp/`` address.

        Raises VaultError, which says what is wrong but holds nothing of the secret.
        """
        text = stored.reveal().strip()
        codes = cls._of_address(text) if text.lower().startswith("otpauth:") else cls(_seed(text))
        # The seed is decoded once here, so that a wrong one is told when it is stored and not when it is needed.
        # The library's errors are not chained: they may quote what they could not decode.
        if not codes._decodes():
            raise _wrong("it is not base32 (the letters A to Z and the digits 2 to 7)")
        return codes

    @classmethod
    def _of_address(cls, text: str) -> OneTimeCodes:
        address = urlsplit(text)
        if address.netloc.lower() != "totp":
            raise _wrong("only time-based codes (otpauth://totp/…) are supported")
        given = {name: values[0] for name, values in parse_qs(address.query).items()}
        algorithm = given.get("algorithm", "SHA1").upper()
        if algorithm not in get_args(Algorithm):
            raise _wrong("its algorithm is not SHA1, SHA256 or SHA512")
        return cls(
            _seed(given.get("secret", "")),
            digits=_whole(given.get("digits", "6"), "its digits are not 6, 7 or 8", 6, 8),
            period_s=_whole(given.get("period", "30"), "its period is not 5 to 120 seconds", 5, 120),
            algorithm=cast(Algorithm, algorithm),
        )

    def code(self, at: float | None = None) -> Secret:
        """The code of the moment `at` (seconds since 1970), now by default."""
        return Secret(self._generator().at(time.time() if at is None else at))

    def seconds_left(self, at: float | None = None) -> float:
        """How long the code of that moment stays the current one; more than 0, at most the period."""
        return self.period_s - (time.time() if at is None else at) % self.period_s

    def _decodes(self) -> bool:
        try:
            self._generator()
        except ValueError:
            return False
        return True

    def _generator(self) -> TOTP:
        import hashlib

        import pyotp

        class AnyLength(pyotp.TOTP):
            # The library refuses seeds under 112 bits, but sites hand out 80 bits (16 letters) every day.
            min_secret_length_bits = 8

        digest = getattr(hashlib, self.algorithm.lower())
        return AnyLength(self.seed.reveal(), digits=self.digits, interval=self.period_s, digest=digest)


def _seed(text: str) -> Secret:
    compact = re.sub(r"[\s-]", "", text).upper()
    if not _BASE32.fullmatch(compact):
        raise _wrong("it is not base32 (the letters A to Z and the digits 2 to 7)")
    return Secret(compact.rstrip("="))


def _whole(text: str, problem: str, least: int, most: int) -> int:
    number = -1 if not text or _NOT_DIGITS.search(text) or len(text) > 3 else int(text)
    if not least <= number <= most:
        raise _wrong(problem)
    return number


def _wrong(reason: str) -> VaultError:
    return VaultError(
        "The one-time code secret cannot be used: {reason}.",
        "Store the base32 secret, or the whole otpauth:// address, that the site shows beside the QR code.",
        reason=reason,
    )
