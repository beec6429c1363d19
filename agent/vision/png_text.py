"""Short texts inside a PNG file (its tEXt chunks, https://www.w3.org/TR/png-3/#11tEXt): written, and read with care."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER_END = len(_SIGNATURE) + 12 + 13
"""Where the first chunk, the header, ends; texts come next, so that they are near the beginning of the file."""
_LOOKED_AT = 64 * 1024
"""Bytes at the beginning of a file in which texts are looked for."""
_LONGEST_NAME = 79


def with_texts(png: bytes, texts: Mapping[str, str]) -> bytes:
    """The PNG file with the texts in it.

    Raises ValueError for what the format cannot hold: it takes Latin-1, and names of 1 to 79 characters.
    """
    if not png.startswith(_SIGNATURE):
        raise ValueError("texts are put into PNG files only")
    return png[:_HEADER_END] + b"".join(map(_chunk, texts, texts.values())) + png[_HEADER_END:]


def read_texts(path: Path) -> dict[str, str]:
    """The texts at the beginning of the file, of those of one name the first; {} for what is no PNG file.

    Damaged chunks, and what comes after them, are left out. Raises OSError.
    """
    with path.open("rb") as file:
        data = file.read(_LOOKED_AT)
    texts: dict[str, str] = {}
    at = len(_SIGNATURE) if data.startswith(_SIGNATURE) else len(data)
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        at += 12 + length
        if at > len(data) or kind == b"IDAT" or zlib.crc32(kind + body) != int.from_bytes(data[at - 4 : at]):
            break
        name, zero, text = body.partition(b"\0")
        if kind == b"tEXt" and zero:
            texts.setdefault(name.decode("latin-1"), text.decode("latin-1"))
    return texts


def _chunk(name: str, text: str) -> bytes:
    keyword = name.encode("latin-1")
    if not 0 < len(keyword) <= _LONGEST_NAME or "\0" in name + text:
        raise ValueError(f"a PNG file cannot hold a text called {name!r}")
    body = b"tEXt" + keyword + b"\0" + text.encode("latin-1")
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
