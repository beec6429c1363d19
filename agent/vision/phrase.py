"""`Phrase`: a text in the forms in which texts are compared, made once for each text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 400
"""Characters of a text that are compared; comparing costs their product."""
_DASHES = str.maketrans("‐‑‒–—−„“”‟’‘‚`´", "------\"\"\"\"'''''")
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS"})
_PUNCTUATION = r"""[-.,:;!?¡¿*_"'()\[\]{}<>|·•]"""
_ENDS = re.compile(rf"^(?:(?!-\d){_PUNCTUATION})+|{_PUNCTUATION}+$")
"""Not the minus of an amount, and no currency or percent sign: these are other texts."""
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Spelling:
    """Which differences count; by default neither that of upper and lower case nor that of a lost accent."""

    match_case: bool = False
    fold_umlauts: bool = False

    def plain(self, text: str) -> str:
        """The text with dashes and quotes alike, and all that the spelling does not tell apart."""
        text = unicodedata.normalize("NFKC", text).translate(_DASHES)
        if self.fold_umlauts:
            text = text.translate(UMLAUTS)
        return text if self.match_case else text.casefold()


AS_USUAL = Spelling()


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text, from strict to lenient; all forms without blanks, which OCR loses and invents."""

    exact: str
    plain: str
    """As `Spelling.plain` says."""
    folded: str
    """`plain` without punctuation at the ends."""
    bare: str
    """`folded` without accents, which OCR loses first."""
    numbers: tuple[str, ...]


@lru_cache(maxsize=16_384)
def phrase(text: str, spelling: Spelling = AS_USUAL) -> Phrase:
    """The forms of this text."""
    exact = "".join(unicodedata.normalize("NFC", text[:LONGEST]).split())
    plain = spelling.plain(exact)
    folded = _ENDS.sub("", plain)
    bare = folded
    if not folded.isascii():
        bare = "".join(letter for letter in unicodedata.normalize("NFD", folded) if not unicodedata.combining(letter))
    return Phrase(exact, plain, folded, bare, tuple(_NUMBER.findall(folded)))
