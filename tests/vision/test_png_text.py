"""Texts in PNG files: kept by others' readers, read back, and read with care."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from agent.vision.png_text import read_texts, with_texts


def plain() -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.arange(48, dtype=np.uint8).reshape(4, 4, 3)).save(file, "PNG")
    return file.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_texts_are_read_back_and_other_programs_read_them_too(tmp_path: Path) -> None:
    path, texts = tmp_path / "a.png", {"Screen Scale": "1.5", "Title": "Schaltfläche"}
    path.write_bytes(with_texts(plain(), texts))
    assert read_texts(path) == texts
    with Image.open(path) as image:
        assert {key: image.info[key] for key in texts} == texts
        assert np.asarray(image).ravel().tolist() == list(range(48))


@pytest.mark.parametrize("texts", [{"": "a"}, {"n" * 80: "a"}, {"a\0b": "c"}, {"a": "b\0c"}, {"a": "€"}])
def test_what_the_format_cannot_hold_is_refused(texts: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        with_texts(plain(), texts)


def test_texts_are_put_into_png_files_only() -> None:
    with pytest.raises(ValueError, match="PNG files only"):
        with_texts(b"GIF89a", {"a": "b"})


def test_of_two_texts_of_one_name_the_first_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(with_texts(with_texts(plain(), {"a": "second"}), {"a": "first"}))
    assert read_texts(path) == {"a": "first"}


def test_a_damaged_text_and_what_follows_is_left_out(tmp_path: Path) -> None:
    path, data = tmp_path / "a.png", with_texts(plain(), {"a": "one", "b": "two", "c": "three"})
    at = data.index(b"two")
    path.write_bytes(data[:at] + b"TWO" + data[at + 3 :])
    assert read_texts(path) == {"a": "one"}


def test_a_chunk_that_says_it_is_endless_is_not_followed(tmp_path: Path) -> None:
    path, data = tmp_path / "a.png", plain()
    path.write_bytes(data[:33] + struct.pack(">I", 2**32 - 1) + b"tEXta\0b" + data[33:])
    assert read_texts(path) == {}


def test_a_text_without_a_name_is_left_out(tmp_path: Path) -> None:
    path, data = tmp_path / "a.png", plain()
    path.write_bytes(data[:33] + chunk(b"tEXt", b"no zero byte") + chunk(b"tEXt", b"a\0b") + data[33:])
    assert read_texts(path) == {"a": "b"}


@given(st.binary(max_size=200))
def test_whatever_a_file_holds_is_read_without_an_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.png"
    path.write_bytes(data)
    assert read_texts(path) == {}
    path.write_bytes(plain()[:33] + data)
    assert isinstance(read_texts(path), dict)
