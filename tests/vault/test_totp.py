"""One-time codes against the published test vectors."""

from __future__ import annotations

import base64

import pytest

from agent.core.errors import VaultError
from agent.core.secret import Secret
from agent.vault.totp import OneTimeCodes

# RFC 6238, appendix B; the seeds are the ASCII digits repeated to the length of the hash.
SEEDS = {
    "SHA1": b"12345678901234567890",
    "SHA256": b"12345678901234567890123456789012",
    "SHA512": b"1234567890123456789012345678901234567890123456789012345678901234",
}
VECTORS = [
    (59, "SHA1", "94287082"),
    (59, "SHA256", "46119246"),
    (59, "SHA512", "90693936"),
    (1111111109, "SHA1", "07081804"),
    (20000000000, "SHA256", "77737706"),
    (20000000000, "SHA512", "47863826"),
]


@pytest.mark.parametrize(("at", "algorithm", "code"), VECTORS)
def test_codes_are_those_of_the_rfc(at: int, algorithm: str, code: str) -> None:
    seed = base64.b32encode(SEEDS[algorithm]).decode()
    address = f"otpauth://totp/Orders:eva?secret={seed}&issuer=Orders&algorithm={algorithm}&digits=8&period=30"
    assert OneTimeCodes.of(Secret(address)).code(at).reveal() == code


@pytest.mark.parametrize(
    "text", ["JBSWY3DPEHPK3PXP", "jbsw y3dp ehpk 3pxp", "JBSW-Y3DP-EHPK-3PXP", " JBSWY3DPEHPK3PXP\n"]
)
def test_a_secret_is_read_as_sites_show_it(text: str) -> None:
    # 80 bits, which the library itself refuses and most sites hand out.
    assert OneTimeCodes.of(Secret(text)).code(0).reveal() == "282760"


def test_period_and_the_time_left_are_honoured() -> None:
    codes = OneTimeCodes.of(Secret("otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&period=60"))
    assert codes.code(0) == codes.code(59)
    assert codes.code(59) != codes.code(60)
    assert (codes.seconds_left(0), codes.seconds_left(59.5)) == (60, 0.5)


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        ("", "not base32"),
        ("canary-0189", "not base32"),
        ("A", "not base32"),
        ("otpauth://hotp/x?secret=JBSWY3DPEHPK3PXP&counter=1", "only time-based"),
        ("otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=12", "digits"),
        ("otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=six", "digits"),
        ("otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&period=0", "period"),
        ("otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&algorithm=MD5", "algorithm"),
        ("otpauth://totp/x", "not base32"),
    ],
)
def test_an_unusable_secret_is_told_without_showing_it(stored: str, reason: str) -> None:
    with pytest.raises(VaultError, match=reason) as caught:
        OneTimeCodes.of(Secret(stored))
    assert len(stored) < 2 or stored not in repr(caught.value.record())
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
